using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using FsCheck;
using FsCheck.Fluent;

namespace ActorLlm.Serialization.Tests;

/// <summary>Random events, and the states that they make.</summary>
internal abstract class EventValues : ValueParts
{
    protected static readonly Gen<TurnAccepted> Accepted =
        from turn in Turn
        from content in Content
        from deadline in Maybe(Time)
        from at in Time
        from trace in Context
        select new TurnAccepted(turn, content, deadline, at) { Trace = trace };

    protected static readonly Gen<AttemptFailed> Failed =
        from turn in Turn
        from attempt in Int
        from kind in Enum<FailureKind>()
        from reason in Text
        from retryAt in Time
        from at in Time
        from trace in Trace
        from span in SpanId
        select new AttemptFailed(turn, attempt, kind, reason, retryAt, at) { Trace = trace, SpanId = span };

    protected static readonly Gen<ReplyCommitted> Committed =
        from turn in Turn
        from attempt in Int
        from reply in Reply
        from at in Time
        from trace in Trace
        select new ReplyCommitted(turn, attempt, reply, at) { Trace = trace };

    protected static readonly Gen<TurnFailed> GaveUp =
        from turn in Turn
        from attempt in Int
        from kind in Enum<FailureKind>()
        from reason in Text
        from at in Time
        from trace in Trace
        select new TurnFailed(turn, attempt, kind, reason, at) { Trace = trace };

    protected static readonly Gen<TurnCancelled> Cancelled =
        from turn in Turn
        from who in Enum<CancelledBy>()
        from at in Time
        select new TurnCancelled(turn, who, at);

    protected static readonly Gen<ItemsAdded> Added =
        from turn in Turn
        from messages in Messages
        from at in Time
        select new ItemsAdded(turn, messages, at);

    /// <summary>States as only events make them: some turns settled in any way, the rest pending after any number of failures.</summary>
    protected static Gen<ConversationState> States()
    {
        var life =
            from accepted in Accepted
            from failures in List(Failed)
            from ending in Gen.OneOf(
                Gen.Constant<ConversationEvent?>(null),
                Committed.Select(e => (ConversationEvent?)e),
                GaveUp.Select(e => (ConversationEvent?)e),
                Cancelled.Select(e => (ConversationEvent?)e))
            from acknowledged in Bool
            select (Accepted: accepted, Failures: failures, Ending: ending, Acknowledged: acknowledged);
        return List(life).Select(lives =>
        {
            var state = ConversationState.Empty;
            foreach (var (accepted, failures, ending, acknowledged) in lives.DistinctBy(life => life.Accepted.Turn))
            {
                Apply(accepted);
                foreach (var failed in failures) Apply(failed with { Turn = accepted.Turn });
                if (ending is null) continue;
                Apply(ending with { Turn = accepted.Turn });
                if (acknowledged) Apply(new ReplyAcknowledged(accepted.Turn, accepted.At));
            }

            return state;

            void Apply(ConversationEvent @event) => state = ConversationEvolve.Apply(state, @event);
        });
    }
}
