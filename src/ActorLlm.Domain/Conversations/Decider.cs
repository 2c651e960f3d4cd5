using System.Collections.Immutable;
using ActorLlm.Domain.Delivery;

namespace ActorLlm.Domain.Conversations;

/// <summary>The circumstances of a decision; the domain has no clock and no dice of its own.</summary>
/// <param name="Now">The time, in whole milliseconds.</param>
/// <param name="Jitter">A random number in [0, 1).</param>
/// <param name="Policy">The operator's settings.</param>
public readonly record struct Circumstances(DateTimeOffset Now, double Jitter, ConversationPolicy Policy);

/// <summary>What follows from a command: events to persist, and what the sender is told once they are durable.</summary>
public readonly record struct Decision(ImmutableArray<ConversationEvent> Events, DecisionAnswer Answer);

/// <summary>What the sender of a command is told.</summary>
public abstract record DecisionAnswer
{
    private DecisionAnswer()
    {
    }

    /// <summary>The turn's standing, read from the state after the events.</summary>
    public sealed record Standing : DecisionAnswer
    {
        /// <summary>The only instance.</summary>
        public static Standing Instance { get; } = new();
    }

    /// <summary>The command was refused.</summary>
    public sealed record Rejected(RejectionCode Code, string Reason) : DecisionAnswer;
}

/// <summary>Decides what a command does to a conversation. Pure: same state, command and circumstances, same decision.</summary>
public static class Decider
{
    /// <summary>Decides on a client's command.</summary>
    public static Decision Decide(ConversationState state, ConversationCommand command, in Circumstances at) => command switch
    {
        SubmitTurn submit => Submit(state, submit, at),
        // Its turns went with it; those that follow one are told how it ended.
        ReadTurn when state.Deleted => new Decision([], NoConversation(state)),
        FollowTurn or GetTurn or ReadTurn or InspectTurn => IfKnown(state, command.Turn, []),
        CancelTurn cancel => IfKnown(state, command.Turn, Cancel(state, command.Turn, at, cancel.By)),
        DecideApproval decide => StepDecider.Decide(state, decide, at),
        AcknowledgeReply => IfKnown(state, command.Turn, Acknowledge(state, command.Turn, at)),
        // Deleting what is deleted is a repeat, whose first answer may have been lost.
        DeleteTurn when state.Settled.GetValueOrDefault(command.Turn) is { Deleted: true } => new Decision([], DecisionAnswer.Standing.Instance),
        DeleteTurn => IfKnown(state, command.Turn, [.. Cancel(state, command.Turn, at), new TurnDeleted(command.Turn, at.Now)]),
        AddItems or DeleteItem or DescribeConversation or DeleteConversation => ItemDecider.Decide(state, command, at),
        _ => throw new InvalidOperationException($"Unknown conversation command {command.GetType().Name}."),
    };

    /// <summary>Decides on the end of an attempt. The first reply for the unfinished head wins, whichever attempt made it.</summary>
    public static ImmutableArray<ConversationEvent> Decide(ConversationState state, AttemptKey key, AttemptEnd end, in Circumstances at)
    {
        if (state.Head is not { } head || head.Id != key.Turn) return [];
        return end switch
        {
            AttemptEnd.Succeeded { Reply: var reply } when reply.ByteCount() > Limits.MaxReplyBytes =>
                Fail(head, key.Attempt, FailureKind.Content, $"The reply has more than {Limits.MaxReplyBytes} bytes.", null, at, end.Trace),
            AttemptEnd.Succeeded { Reply: var reply } => [new ReplyCommitted(head.Id, key.Attempt, Storable(reply), at.Now) { Trace = end.Trace?.Storable() }],
            AttemptEnd.Suspended => StepDecider.Suspend(head, key.Attempt, end.Trace, at),
            AttemptEnd.Failed failed => Fail(head, key.Attempt, failed.Kind, failed.Reason, failed.RetryAfter, at, end.Trace, failed.Final),
            _ => throw new InvalidOperationException($"Unknown attempt end {end.GetType().Name}."),
        };
    }

    /// <summary>The events of a failed attempt: another attempt later, or the end of the turn. A failure that is already counted gives none.</summary>
    public static ImmutableArray<ConversationEvent> Fail(
        PendingTurn turn, int attempt, FailureKind kind, string reason, TimeSpan? retryAfter, in Circumstances at, AttemptTrace? trace, bool final = false)
    {
        if (attempt < turn.NextAttempt) return [];
        trace = trace?.Storable();
        reason = UnicodeText.Storable(reason, Limits.MaxReasonLength);
        var (policy, now) = (at.Policy, at.Now);
        var retryAt = now + RetryDelay(turn, kind, retryAfter, at);
        var last = final || kind switch
        {
            _ when kind.IsLasting() => turn.ContentFailures + 1 >= policy.MaxContentFailures,
            FailureKind.WorkerLost => turn.WorkerLosses + 1 >= policy.MaxWorkerLosses,
            // From the first failure and not from acceptance: waiting behind other turns, or for a cluster that was down, is no trial.
            FailureKind.Provider => retryAt >= (turn.ProviderFailingSince ?? now) + policy.TimeToLive,
            FailureKind.Interrupted => false,
            _ => true,
        };
        return last
            ? [new TurnFailed(turn.Id, attempt, kind, reason, now) { Trace = trace }]
            : [new AttemptFailed(turn.Id, attempt, kind, reason, retryAt, now) { Trace = trace }];
    }

    /// <summary>What a client is told of a turn, from the state; null when its reply must be read back from the journal.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="state">Its state.</param>
    /// <param name="turn">A turn that the state knows.</param>
    /// <param name="reply">The turn's reply, where it is at hand; else it is looked up in the history.</param>
    public static TurnAnswer? Standing(ConversationId conversation, ConversationState state, TurnId turn, Reply? reply = null)
    {
        var index = state.IndexOfPending(turn);
        if (index >= 0)
        {
            var pending = state.Pending[index];
            return new TurnPending(conversation, turn, index, pending.FailedAttempts - pending.SuspendedAttempts, pending.LastError)
            {
                ContentCheck = (ulong)pending.Fingerprint,
                Unfinished = state.Pending.Length,
            };
        }

        var settled = state.Settled[turn];
        var outcome = settled.Ending ?? ((reply ?? state.ReplyInHistory(turn)) is { } text ? new Outcome.Committed(text) : null);
        return outcome is null
            ? null
            : new TurnSettled(conversation, turn, outcome, settled.Attempts, settled.Acknowledged, settled.At)
            {
                ContentCheck = (ulong)settled.Fingerprint,
                Unfinished = state.Pending.Length,
            };
    }

    private static Decision Submit(ConversationState state, SubmitTurn submit, in Circumstances at)
    {
        if (Repeat(state, submit.Turn, submit.Content) is { } repeat) return repeat;
        if (Refusal(state, submit, at) is { } refusal) return new Decision([], refusal);
        var now = at.Now;
        var accepted = new TurnAccepted(submit.Turn, submit.Content, submit.Deadline is { } wait ? now + Whole(wait) : null, now) { Trace = submit.Trace };
        return new Decision(
            submit.Overlap == OverlapPolicy.Interrupt && !state.Pending.IsEmpty
                ? [.. state.Pending.Select(turn => new TurnCancelled(turn.Id, CancelledBy.LaterTurn, now)), accepted]
                : [accepted],
            DecisionAnswer.Standing.Instance);
    }

    private static DecisionAnswer.Rejected? Refusal(ConversationState state, SubmitTurn submit, in Circumstances at)
    {
        var policy = at.Policy;
        if (ContentRules.Error(submit.Content) is { } error) return error;
        if (state.Deleted || (submit.MustExist && !state.Exists)) return NoConversation(state);
        // What failed has left nothing to go on from.
        if (submit.After is { } last
            && (last != state.LastAccepted || state.Settled.GetValueOrDefault(last)?.Ending is Outcome.Failed or Outcome.Cancelled))
            return new DecisionAnswer.Rejected(RejectionCode.NotTheLast, $"The turn {last} is not the last one of the conversation, or has no reply.");
        if (submit.Deadline is { } deadline && (deadline < TimeSpan.FromMilliseconds(1) || deadline > Limits.MaxDeadline))
            return new DecisionAnswer.Rejected(
                RejectionCode.Invalid, $"The deadline is {deadline}; allowed is 00:00:00.001 to {Limits.MaxDeadline}.");
        if (submit.Overlap == OverlapPolicy.Reject && !state.Pending.IsEmpty)
            return new DecisionAnswer.Rejected(RejectionCode.Busy, "The conversation has an unfinished turn, and overlap policy 'reject' was asked for.");
        if (submit.Overlap != OverlapPolicy.Interrupt && state.Pending.Length >= policy.MaxPendingTurns)
            return new DecisionAnswer.Rejected(
                RejectionCode.TooManyPending, $"The conversation has {state.Pending.Length} unfinished turns, the most allowed. Try again later.");
        return Full(state, at);
    }

    /// <summary>Why no further id can be remembered, or null.</summary>
    internal static DecisionAnswer.Rejected? Full(ConversationState state, in Circumstances at) =>
        ConversationEvolve.Forget(state, at.Now).Settled.Count + state.Pending.Length < at.Policy.MaxRememberedTurns
            ? null
            : new DecisionAnswer.Rejected(
                RejectionCode.ConversationFull,
                $"The conversation remembers {at.Policy.MaxRememberedTurns} turns of the last {Limits.RememberTurnsFor.TotalDays} days, the most allowed. Start another conversation.");

    /// <summary>What is decided where an id was used before; null where it was not.</summary>
    internal static Decision? Repeat(ConversationState state, TurnId turn, TurnContent content)
    {
        if (FingerprintOf(state, turn) is not { } known) return null;
        if (known != content.Fingerprint())
            return Reject(RejectionCode.TurnIdReused, $"The turn id {turn} was used with other content. Use a new id for new content.");
        return IfKnown(state, turn, []);
    }

    /// <summary>The answer where there is no such conversation.</summary>
    internal static DecisionAnswer.Rejected NoConversation(ConversationState state) =>
        new(RejectionCode.NotFound, state.Deleted ? "The conversation was deleted." : "There is no such conversation.");

    private static UInt128? FingerprintOf(ConversationState state, TurnId turn)
    {
        if (state.Settled.TryGetValue(turn, out var settled)) return settled.Fingerprint;
        var index = state.IndexOfPending(turn);
        return index >= 0 ? state.Pending[index].Fingerprint : null;
    }

    private static Decision IfKnown(ConversationState state, TurnId turn, ImmutableArray<ConversationEvent> events) =>
        FingerprintOf(state, turn) is null || state.Settled.GetValueOrDefault(turn) is { Deleted: true }
            ? Reject(RejectionCode.NotFound, $"The conversation has no turn {turn}, or no longer remembers it.")
            : new Decision(events, DecisionAnswer.Standing.Instance);

    private static ImmutableArray<ConversationEvent> Cancel(ConversationState state, TurnId turn, in Circumstances at, CancelledBy by = CancelledBy.Client) =>
        state.IndexOfPending(turn) >= 0 ? [new TurnCancelled(turn, by, at.Now)] : [];

    private static ImmutableArray<ConversationEvent> Acknowledge(ConversationState state, TurnId turn, in Circumstances at) =>
        state.Settled.TryGetValue(turn, out var settled) && !settled.Acknowledged ? [new ReplyAcknowledged(turn, at.Now)] : [];

    private static Reply Storable(Reply reply) => reply with
    {
        Text = UnicodeText.WellFormed(reply.Text),
        Model = UnicodeText.Storable(reply.Model, Limits.MaxModelLength),
        Backend = UnicodeText.Storable(reply.Backend, Limits.MaxModelLength),
        FinishReason = UnicodeText.Storable(reply.FinishReason, Limits.MaxModelLength),
        SystemFingerprint = UnicodeText.Storable(reply.SystemFingerprint, Limits.MaxModelLength),
        ServiceTier = UnicodeText.Storable(reply.ServiceTier, Limits.MaxModelLength),
        Refusal = UnicodeText.WellFormed(reply.Refusal),
        Reasoning = UnicodeText.WellFormed(reply.Reasoning),
        ToolCalls = [.. reply.ToolCalls.AsSpan().ToArray().Select(call => new ToolCall(
            UnicodeText.Storable(call.Id, Limits.MaxModelLength), UnicodeText.Storable(call.Name, Limits.MaxModelLength), UnicodeText.WellFormed(call.Arguments)))],
    };

    private static TimeSpan RetryDelay(PendingTurn turn, FailureKind kind, TimeSpan? retryAfter, in Circumstances at)
    {
        var (failures, min) = kind switch
        {
            _ when kind.IsLasting() => (turn.ContentFailures, at.Policy.RetryMin),
            FailureKind.Provider => (turn.ProviderFailures, at.Policy.RetryMin),
            // Another node stands ready: only the jitter keeps the turns of a lost worker from starting in one instant.
            _ => (0, TimeSpan.FromMilliseconds(100)),
        };
        var delay = Backoff.Delay(failures + 1, min, at.Policy.RetryMax, at.Jitter);
        if (retryAfter is not { } asked || asked <= delay) return delay;
        // A wait past the time-to-live is as good as none; unbounded it could stop the conversation for years, or pass the end of time.
        return asked < at.Policy.TimeToLive ? Whole(asked) : Whole(at.Policy.TimeToLive);
    }

    // Times are stored in milliseconds: a finer one would differ between the state that decided and the state that replays.
    private static TimeSpan Whole(TimeSpan time) => TimeSpan.FromMilliseconds(Math.Ceiling(time.TotalMilliseconds));

    private static Decision Reject(RejectionCode code, string reason) => new([], new DecisionAnswer.Rejected(code, reason));
}
