using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;
using ActorLlm.Inspection;

namespace ActorLlm.Admin.Tests;

/// <summary>A cluster of two nodes with one conversation, <c>default/talk</c>, whose turns are given.</summary>
public sealed class FakeCluster : IInspection, ISteering, IConversationExport
{
    public const string Node = "10.0.0.1:4053";
    public const string Other = "10.0.0.2:4053";

    public static readonly DateTimeOffset Then = DateTimeOffset.FromUnixTimeSeconds(1_750_000_000);

    public static ConversationId Talk { get; } = ConversationId.Of("talk");

    /// <summary>What stands in the way of every call; null for nothing.</summary>
    public Exception? Trouble { get; set; }

    /// <summary>How many questions met it.</summary>
    public int Unanswered { get; private set; }

    /// <summary>The orders that were carried out.</summary>
    public ConcurrentQueue<string> Done { get; } = new();

    /// <summary>Called with each order before it is carried out.</summary>
    public Func<string, CancellationToken, Task> OnOrder { get; set; } = (_, _) => Task.CompletedTask;

    public ConcurrentDictionary<(ConversationId, TurnId), TurnState> Turns { get; } = new() { [(Talk, TurnId.Parse("t1"))] = TurnState.Failed };

    public ClusterPicture Picture { get; set; } = new(Node, Node, Node, [new MemberPicture(Node, "Up", true, ["worker"], "0.1.0", false), new MemberPicture(Other, "Up", true, [], "0.1.0", false)]);

    public ConversationFilter? Asked { get; private set; }

    /// <summary>How many turns were read for an export.</summary>
    public int TurnsRead { get; private set; }

    public int TurnsToExport { get; set; } = 3;

    public Exception? ExportBreaks { get; set; }

    public Task<ClusterPicture> GetClusterAsync(CancellationToken cancellationToken = default) => Answer(Picture);

    public Task<ShardsPicture> GetShardsAsync(CancellationToken cancellationToken = default) =>
        Answer(new ShardsPicture(100, [new RegionPicture(Node, [new ShardPicture(7, 2)])], [Other], [new ShardMove(7, null, Node, Then)]));

    public Task<WorkersPicture> GetWorkersAsync(CancellationToken cancellationToken = default) =>
        Answer(new WorkersPicture([new WorkerPicture(Node, 256, 3, 12.5, [new BackendPicture("main", 1, "503")])]));

    public Task<CapacityPicture> GetCapacityAsync(CancellationToken cancellationToken = default) =>
        Answer(new CapacityPicture(1, 13, [new StationPicture(null, 1, [new WindowPicture(60, 13, 6000, 100, 100, 0.1, 0, 0.005, 0.5, 10, 10, null, new LawPicture(10.5, 10.5, 0.05, LawVerdict.Holds))])]));

    public Task<ConversationPage> ListAsync(ConversationFilter filter, CancellationToken cancellationToken = default)
    {
        Asked = filter;
        return Answer(new ConversationPage([new ConversationSummary(Talk.Value, 4, "ReplyCommitted", Then)], 17));
    }

    public Task<ConversationPicture?> GetConversationAsync(ConversationId conversation, CancellationToken cancellationToken = default) =>
        Answer(conversation == Talk ? new ConversationPicture(Talk.Value, Then, 1, [new TurnSummary("t1", TurnState.Failed, Then, Then, 1, "no")]) : null);

    public Task<TurnLife?> ExplainAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default) => Answer(
        Turns.TryGetValue((conversation, turn), out var state)
            ? new TurnLife(conversation.Value, turn.Value, state, Then, null, "", Node, 0, [], null, "", null, null, null)
            : null);

    public Task<DoctorReport> ExamineAsync(CancellationToken cancellationToken = default) =>
        Answer(new DoctorReport(Node, Then, [new Finding("journal index", Severity.Good, "It is there.", "")]));

    public Task LeaveAsync(string node, CancellationToken cancellationToken = default) => OrderAsync("leave", node, cancellationToken);

    public Task DownAsync(string node, CancellationToken cancellationToken = default) => OrderAsync("down", node, cancellationToken);

    public Task ResumeAsync(string node, CancellationToken cancellationToken = default) => OrderAsync("resume", node, cancellationToken);

    public async Task<bool> DrainAsync(string node, TimeSpan patience, CancellationToken cancellationToken = default)
    {
        await OrderAsync($"drain for {patience.TotalSeconds}", node, cancellationToken);
        return node == Node;
    }

    public async Task<TurnAnswer> CancelAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default)
    {
        Known(conversation, turn);
        await OnOrder("cancel", cancellationToken);
        Turns[(conversation, turn)] = TurnState.Cancelled;
        Done.Enqueue($"cancel {conversation} {turn}");
        return new TurnSettled(conversation, turn, new Outcome.Cancelled(CancelledBy.Client), 0, false, Then);
    }

    public async Task<TurnId> RequeueAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default)
    {
        if (Known(conversation, turn) == TurnState.Committed)
            throw new TurnRejectedException(RejectionCode.TurnIdReused, $"The turn {turn} has a reply; only one that failed or was cancelled can run again.");
        await OnOrder("requeue", cancellationToken);
        Done.Enqueue($"requeue {conversation} {turn}");
        return TurnId.Parse($"{turn}-again");
    }

    public Task<ApprovalsPicture> ListApprovalsAsync(string? tenant, CancellationToken cancellationToken = default) =>
        Answer(new ApprovalsPicture(tenant is null or "default" ? [new ApprovalPicture(Talk.Value, "t1", "over-100", "service", "Refund 500?", Then)] : [], []));

    public async Task<TurnAnswer> DecideAsync(ApprovalDecision decision, CancellationToken cancellationToken = default)
    {
        Known(decision.Conversation, decision.Turn);
        if (decision.Step == "decided") throw new TurnRejectedException(RejectionCode.AlreadyDecided, "The approval 'decided' was refused by ann.");
        await OnOrder("decide", cancellationToken);
        Done.Enqueue($"decide {decision.Conversation} {decision.Turn} {decision.Step} {(decision.Granted ? "granted" : "refused")} by {decision.By}: {decision.Note}");
        return new TurnPending(decision.Conversation, decision.Turn, 0, 0, "");
    }

    public Task<IConversationReading?> OpenAsync(ConversationId conversation, CancellationToken cancellationToken = default) =>
        Answer<IConversationReading?>(conversation == Talk ? new Reading(this) : null);

    private TurnState Known(ConversationId conversation, TurnId turn) => Turns.TryGetValue((conversation, turn), out var state)
        ? state
        : throw new TurnRejectedException(RejectionCode.NotFound, "There is no such turn.");

    private async Task OrderAsync(string order, string node, CancellationToken cancellationToken)
    {
        if (Trouble is not null) throw Trouble;
        if (node is not (Node or Other)) throw new UnknownNodeException($"No member is {node}; there are {Node} and {Other}.");
        await OnOrder(order, cancellationToken);
        Done.Enqueue($"{order} {node}");
    }

    private Task<T> Answer<T>(T answer)
    {
        if (Trouble is not { } trouble) return Task.FromResult(answer);
        Unanswered++;
        return Task.FromException<T>(trouble);
    }

    private sealed class Reading(FakeCluster cluster) : IConversationReading
    {
        public ExportedConversation Head { get; } = new(Talk.Value, Then, "", cluster.TurnsToExport);

        public async IAsyncEnumerable<ExportedTurn> TurnsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            for (var number = 1; number <= Head.Turns; number++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (number > 1 && cluster.ExportBreaks is { } broken) throw broken;
                cluster.TurnsRead++;
                var content = new TurnContent("", [new Message(Role.User, $"Hi {number}")], GenerationSettings.Default);
                yield return new ExportedTurn(
                    $"t{number}", TurnState.Committed, Then, Then, null, 0, "stop", content, new Reply("Hello.", "sim-1", "sim", "stop", new Usage(1, 2)));
                await Task.Yield();
            }
        }
    }
}
