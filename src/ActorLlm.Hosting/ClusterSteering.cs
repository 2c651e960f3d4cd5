using ActorLlm.Cluster;
using ActorLlm.Cluster.Inspection;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Routing;
using Akka.Actor;

namespace ActorLlm.Hosting;

/// <summary>What an operator may do, through this node's part of the cluster.</summary>
internal sealed class ClusterSteering(
    ClusterDoor door, ClusterAsk cluster, IConversations conversations, IConversationRecords records, TimeProvider time) : ISteering
{
    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(250);

    public async Task LeaveAsync(string node, CancellationToken cancellationToken = default) =>
        Membership.Leave(await FindAsync(node, cancellationToken).ConfigureAwait(false));

    public async Task DownAsync(string node, CancellationToken cancellationToken = default) =>
        Membership.Down(await FindAsync(node, cancellationToken).ConfigureAwait(false));

    public async Task<bool> DrainAsync(string node, TimeSpan patience, CancellationToken cancellationToken = default)
    {
        var address = await FindAsync(node, cancellationToken).ConfigureAwait(false);
        var started = time.GetTimestamp();
        while (true)
        {
            // Asked for again each time: a node that has restarted meanwhile has forgotten it.
            var standing = await NodeReader.AskAsync(door.System!, address, DrainNode.Instance, cancellationToken).ConfigureAwait(false) ?? throw Silent(node);
            if (standing.Held == 0) return true;
            var left = patience - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero) return false;
            await Task.Delay(left < DrainPoll ? left : DrainPoll, time, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task ResumeAsync(string node, CancellationToken cancellationToken = default)
    {
        var address = await FindAsync(node, cancellationToken).ConfigureAwait(false);
        if (await NodeReader.AskAsync(door.System!, address, ResumeNode.Instance, cancellationToken).ConfigureAwait(false) is null) throw Silent(node);
    }

    public Task<TurnAnswer> CancelAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default) =>
        conversations.CancelAsync(conversation, turn, cancellationToken);

    public async Task<TurnId> RequeueAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default)
    {
        var standing = await conversations.GetAsync(conversation, turn, cancellationToken).ConfigureAwait(false);
        if (standing is not TurnSettled { Outcome: Outcome.Failed or Outcome.Cancelled })
            throw new TurnRejectedException(RejectionCode.Invalid, $"The turn {turn} {StateOf(standing)}. Only a turn that failed or was cancelled can be run again.");
        var record = await records.ReadAsync(conversation, turn, cancellationToken).ConfigureAwait(false);
        var next = RequeuedTurn.Of(turn);
        await conversations.SubmitAsync(new TurnRequest(conversation, next, record.Content), cancellationToken).ConfigureAwait(false);
        return next;
    }

    public Task<TurnAnswer> DecideAsync(ApprovalDecision decision, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(decision);
        return cluster.AskTurnAsync(
            new DecideApproval(decision.Conversation, decision.Turn, decision.Step, decision.Granted, decision.By, decision.Note), cancellationToken);
    }

    private Akka.Cluster.Cluster Membership => Akka.Cluster.Cluster.Get(door.System!);

    private static string StateOf(TurnAnswer standing) => standing switch
    {
        TurnSettled { Outcome: Outcome.Recorded } => "asked for no reply",
        TurnSettled => "has its reply",
        _ => "is unfinished",
    };

    private static ConversationsUnavailableException Silent(string node) => new(
        $"The node {node} did not answer within {Limits.InspectionPatience.TotalSeconds:0} s: it is starting, ending or out of reach. See whether it is reachable; one that is dead can be declared so.",
        TimeSpan.FromSeconds(2));

    private async Task<Address> FindAsync(string node, CancellationToken cancellationToken)
    {
        await cluster.EnterAsync(cancellationToken).ConfigureAwait(false);
        var members = Membership.State.Members.Select(member => member.Address).ToArray();
        return members.FirstOrDefault(address => address.Place() == node) ?? throw new UnknownNodeException(
            $"There is no member '{node}'. The members are: {string.Join(", ", members.Select(address => address.Place()))}.");
    }
}
