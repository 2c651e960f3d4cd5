using System.Collections.Immutable;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Delivery;
using Akka.Actor;

namespace ActorLlm.Cluster.Conversations;

/// <summary>
/// A conversation's part in the turns that its modules sent to others: submits each until it is accepted, asks for its outcome, cancels it when nobody waits for
/// it any more. Which there are is derived from the state; what is kept here is only when to ask again, so that nothing is lost with it.
/// </summary>
internal sealed class Children(ConversationId id, ConversationRuntime runtime, IActorRef self)
{
    private Dictionary<(TurnId Turn, string Key), Asked>? _asked;

    /// <summary>Sends what is due; gives when something will be, or null while there are no children.</summary>
    public DateTimeOffset? Tend(ConversationState state, DateTimeOffset now)
    {
        if (_asked is null && !OwedChildren.Any(state)) return null;
        _asked ??= [];
        DateTimeOffset? next = null;
        var owed = OwedChildren.Of(state).ToArray();
        foreach (var child in owed)
        {
            var asked = Of(child);
            if (asked.AskAt <= now) Send(child, asked, now);
            if (next is null || asked.AskAt < next) next = asked.AskAt;
        }

        foreach (var gone in _asked.Keys.Except(owed.Select(child => (child.Turn, child.Key))).ToArray()) _asked.Remove(gone);
        if (_asked.Count == 0) _asked = null;
        return next;
    }

    /// <summary>Takes what a child's conversation says; gives what follows from it.</summary>
    public ImmutableArray<ConversationEvent> Take(ConversationState state, TurnAnswer answer, in Circumstances at)
    {
        var owed = OwedChildren.Of(state).Where(child => child.Key == answer.Turn.Value && ChildTurn.ConversationOf(id, child.Turn, child.Key) == answer.Conversation).ToArray();
        if (owed is not [var child]) return [];
        var asked = Of(child);
        switch (answer)
        {
            case TurnSettled settled:
                var (outcome, result) = ChildTurn.EndOf(settled.Outcome);
                return StepDecider.ChildEnds(state, child.Turn, child.Key, outcome, result, at);
            case TurnPending when child.IsWanted && !asked.Accepted:
                (asked.Accepted, asked.Sends) = (true, 0);
                return [];
            case TurnRejected { Code: RejectionCode.NotFound } when !child.IsWanted && !asked.Submits:
                // A request that is still under way would make it after all: it is made, to be cancelled.
                asked.Submits = true;
                Send(child, asked, at.Now);
                return [];
            case TurnRejected rejected:
                return StepDecider.ChildEnds(state, child.Turn, child.Key, child.IsWanted ? StepOutcome.Failed : StepOutcome.Cancelled, rejected.Reason, at);
            default:
                return [];
        }
    }

    private Asked Of(OwedChild child)
    {
        _asked ??= [];
        // A child that was wanted and is not any more is told so at once.
        if (_asked.TryGetValue((child.Turn, child.Key), out var asked) && asked.IsWanted == child.IsWanted) return asked;
        return _asked[(child.Turn, child.Key)] = new Asked(child.IsWanted);
    }

    private void Send(OwedChild child, Asked asked, DateTimeOffset now)
    {
        asked.AskAt = now + Backoff.Delay(++asked.Sends, Limits.ResendMin, Limits.ResendMax, runtime.Random.NextDouble());
        var request = child.Request(id, now);
        if (child.IsWanted && asked.Accepted)
        {
            runtime.Region().Tell(new FollowTurn(request.Conversation, request.Turn, Stream: false, FromOffset: 0), self);
            return;
        }

        if (child.IsWanted || asked.Submits) runtime.Region().Tell(request, self);
        if (!child.IsWanted) runtime.Region().Tell(new CancelTurn(request.Conversation, request.Turn) { By = CancelledBy.Parent }, self);
    }

    private sealed class Asked(bool isWanted)
    {
        public bool IsWanted { get; } = isWanted;

        /// <summary>Whether its turn is known to be durable.</summary>
        public bool Accepted { get; set; }

        /// <summary>Whether it is submitted before it is cancelled.</summary>
        public bool Submits { get; set; }

        public int Sends { get; set; }

        public DateTimeOffset AskAt { get; set; }
    }
}
