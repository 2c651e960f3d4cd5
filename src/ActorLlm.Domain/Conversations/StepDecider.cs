using System.Collections.Immutable;
using System.Text;

namespace ActorLlm.Domain.Conversations;

/// <summary>What follows from a worker's word about a step.</summary>
/// <param name="Events">Events to persist.</param>
/// <param name="Refusal">Why nothing is recorded; null where the answer is how the step stands after the events.</param>
/// <param name="Stale">Whether the attempt is no longer wanted.</param>
public readonly record struct StepDecision(ImmutableArray<ConversationEvent> Events, string? Refusal, bool Stale);

/// <summary>Decides on the steps of the turn that runs.</summary>
public static class StepDecider
{
    /// <summary>
    /// Decides on a step's beginning. Only the attempt that is wanted may begin one: of two that run at once, neither then calls a tool behind the other's back.
    /// </summary>
    public static StepDecision Begin(ConversationState state, BeginStep begin, in Circumstances at)
    {
        var (key, step) = (begin.Key, Normal(state, begin.Step));
        if (state.Head is not { } head || head.Id != key.Turn || head.NextAttempt != key.Attempt || head.Waits) return Stale(key);
        if (head.Find(step.Key) is { } known)
        {
            if (known.Request != step)
                return Refuse($"The step '{step.Key}' was taken before as another one. A key names one step of its turn, and a module must ask for the same steps in each attempt.");
            return begin.Again && step.Kind == StepKind.Tool && known.End is null && known.Attempt != key.Attempt
                ? Record(Event(key, step, at.Now))
                : Record();
        }

        if (StepRules.Error(head, step) is { } error) return Refuse(error);
        return step.Kind == StepKind.Child && StepRules.LineageError(head.Content, step.Name) is { } lineage
            ? Record(Event(key, step, at.Now), new ChildEnded(key.Turn, step.Key, StepOutcome.Failed, lineage, at.Now))
            : Record(Event(key, step, at.Now));
    }

    /// <summary>
    /// Decides on what came of a tool. An attempt that was given up may say it too: it was called, and the next attempt is better told. The first word stays.
    /// </summary>
    public static StepDecision End(ConversationState state, EndStep end, in Circumstances at)
    {
        var index = state.IndexOfPending(end.Key.Turn);
        if (index < 0) return Stale(end.Key);
        if (state.Pending[index].Find(end.Step) is not { Request.Kind: StepKind.Tool } step) return Refuse($"The turn has no tool's step '{end.Step}'.");
        if (step.End is not null) return Record();
        var (outcome, result) = Bounded(state.Pending[index], end.Outcome == StepOutcome.Done ? StepOutcome.Done : StepOutcome.Failed, end.Result);
        return Record(new StepEnded(end.Key.Turn, end.Step, outcome, result, "", at.Now));
    }

    /// <summary>What the worker is told, from the state after the events.</summary>
    public static AttemptMessage Answer(ConversationState state, AttemptKey key, string step, in StepDecision decision)
    {
        if (decision.Refusal is { } refusal) return new StepRefused(key, step, decision.Stale, refusal);
        return state.IndexOfPending(key.Turn) is >= 0 and var index && state.Pending[index].Find(step) is { } known
            ? new StepStanding(key, step, known.Attempt, known.End)
            : new StepRefused(key, step, Stale: true, Settled(key));
    }

    /// <summary>The events of a child's outcome: none where the step has ended already.</summary>
    public static ImmutableArray<ConversationEvent> ChildEnds(ConversationState state, TurnId turn, string key, StepOutcome outcome, string result, in Circumstances at)
    {
        if (state.Unwanted.Any(child => child.Turn == turn && child.Key == key)) return [new ChildEnded(turn, key, outcome, "", at.Now)];
        if (state.IndexOfPending(turn) is not (>= 0 and var index) || state.Pending[index].Find(key) is not { End: null, Request.Kind: StepKind.Child }) return [];
        (outcome, result) = Bounded(state.Pending[index], outcome, result);
        return [new ChildEnded(turn, key, outcome, result, at.Now)];
    }

    /// <summary>Decides on a human's decision.</summary>
    internal static Decision Decide(ConversationState state, DecideApproval decide, in Circumstances at)
    {
        if (state.Settled.ContainsKey(decide.Turn)) return Reject(RejectionCode.NotFound, $"The turn {decide.Turn} has its outcome; it waits for no approval any more.");
        var index = state.IndexOfPending(decide.Turn);
        if (index < 0) return Reject(RejectionCode.NotFound, $"The conversation has no turn {decide.Turn}, or no longer remembers it.");
        if (state.Pending[index].Find(decide.Step) is not { Request.Kind: StepKind.Approval } step)
            return Reject(RejectionCode.NotFound, $"The turn {decide.Turn} asks for no approval '{decide.Step}'.");
        var wanted = decide.Granted ? StepOutcome.Granted : StepOutcome.Refused;
        if (step.End is null)
        {
            var (by, note) = (UnicodeText.Storable(decide.By, Limits.MaxModelLength), UnicodeText.Storable(decide.Note, Limits.MaxReasonLength));
            return new Decision([new StepEnded(decide.Turn, decide.Step, wanted, note, by, at.Now)], DecisionAnswer.Standing.Instance);
        }

        // The repeat of a decision whose first answer may have been lost.
        return step.End.Outcome == wanted
            ? new Decision([], DecisionAnswer.Standing.Instance)
            : Reject(RejectionCode.AlreadyDecided, $"The approval '{decide.Step}' was {(wanted == StepOutcome.Granted ? "refused" : "granted")} by {step.End.By} at {step.End.At:yyyy-MM-ddTHH:mm:ssZ}; a decision stands.");
    }

    /// <summary>The events of an attempt that waits. Each waits for something that none before it did: one that does not would be started again for ever.</summary>
    internal static ImmutableArray<ConversationEvent> Suspend(PendingTurn head, int attempt, AttemptTrace? trace, in Circumstances at)
    {
        if (attempt != head.NextAttempt) return [];
        var awaited = head.Steps.Count(step => step.Request.Kind is StepKind.Child or StepKind.Approval);
        return head.SuspendedAttempts < awaited + (head.FailedAttempts - head.SuspendedAttempts)
            ? [new AttemptSuspended(head.Id, attempt, at.Now) { Trace = trace?.Storable() }]
            : Decider.Fail(head, attempt, FailureKind.Content, "The module's attempt ended to wait, and there is nothing that it waits for.", null, at, trace);
    }

    // A child's content is stored as its conversation will have it.
    private static StepRequest Normal(ConversationState state, StepRequest step) => step is { Kind: StepKind.Child, Content: { } content } && state.Head is { } head
        ? step with { Detail = "", Content = content with { Model = step.Name, Lineage = [.. head.Content.Lineage.AsSpan(), head.Content.Model], Parent = null } }
        : step;

    private static StepBegun Event(AttemptKey key, StepRequest step, DateTimeOffset now) => step.Kind switch
    {
        StepKind.Tool => new ToolBegun(key.Turn, key.Attempt, step.Key, step.Name, step.Detail, now),
        StepKind.Child => new ChildBegun(key.Turn, key.Attempt, step.Key, step.Content!, now),
        _ => new ApprovalBegun(key.Turn, key.Attempt, step.Key, step.Detail, now),
    };

    // What is too large to be kept ends the step all the same: it cannot be had again.
    private static (StepOutcome Outcome, string Result) Bounded(PendingTurn turn, StepOutcome outcome, string result)
    {
        result = UnicodeText.WellFormed(result);
        var bytes = Encoding.UTF8.GetByteCount(result);
        if (bytes > Limits.MaxStepBytes) return (StepOutcome.Failed, $"The result has {bytes} bytes; at most {Limits.MaxStepBytes} are kept.");
        return turn.Steps.Sum(step => step.ByteCount()) + bytes <= Limits.MaxStepsBytes
            ? (outcome, result)
            : (StepOutcome.Failed, $"With this result of {bytes} bytes the turn's steps would have more than the {Limits.MaxStepsBytes} bytes that are kept.");
    }

    private static StepDecision Record(params ImmutableArray<ConversationEvent> events) => new(events, null, false);

    private static StepDecision Refuse(string reason) => new([], reason, false);

    private static StepDecision Stale(AttemptKey key) => new([], Settled(key), true);

    private static string Settled(AttemptKey key) => $"The attempt {key.Attempt} of the turn {key.Turn} is no longer wanted.";

    private static Decision Reject(RejectionCode code, string reason) => new([], new DecisionAnswer.Rejected(code, reason));
}
