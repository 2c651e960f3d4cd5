using System.Collections.Immutable;

namespace ActorLlm.Domain.Conversations;

/// <summary>What a conversation knows of the attempt at its head. It is not persisted: after a recovery it is assumed, then confirmed or given up.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="LastHeard">When it was started or last heard from.</param>
/// <param name="Queued">Whether it was still waiting for a worker then.</param>
public sealed record HeadRun(TurnId Turn, int Attempt, DateTimeOffset LastHeard, bool Queued)
{
    /// <summary>Since when it has been waiting for a worker; null when it runs.</summary>
    public DateTimeOffset? QueuedSince { get; init; } = Queued ? LastHeard : null;

    /// <summary>The node of the worker that was heard last, <c>host:port</c>; empty while none was.</summary>
    public string Node { get; init; } = "";

    /// <summary>What it waits for, for people; empty where a free worker is all, or where it runs.</summary>
    public string WaitsFor { get; init; } = "";
}

/// <summary>What is owed now. At most one of the first three is set; the caller does it and asks again.</summary>
/// <param name="Events">Events to persist.</param>
/// <param name="Start">The turn whose next attempt starts.</param>
/// <param name="Stop">An attempt that is no longer wanted.</param>
/// <param name="CheckAt">When to ask again if nothing happens before; null for never.</param>
public readonly record struct Due(ImmutableArray<ConversationEvent> Events, PendingTurn? Start, HeadRun? Stop, DateTimeOffset? CheckAt);

/// <summary>
/// Derives what a conversation owes from its state and the run at its head. Recovery and normal running share it: there is no
/// other place that starts an attempt or gives one up.
/// </summary>
public static class Supervision
{
    /// <summary>
    /// The run to assume after a recovery. The head's attempt may still run on a worker that outlived the move or the crash; its
    /// heartbeat confirms it within <see cref="ConversationPolicy.RecoveryGrace"/>, else it counts as lost. Counting it is what bounds a turn that kills
    /// the whole node each time it runs.
    /// </summary>
    public static HeadRun? AfterRecovery(ConversationState state, in Circumstances at) =>
        state.Head is { Waits: false } head && head.NotBefore <= at.Now
            ? new HeadRun(head.Id, head.NextAttempt, at.Now - at.Policy.Silence + at.Policy.RecoveryGrace, Queued: false)
            : null;

    /// <summary>The run after a sign of life; a sign of another attempt changes nothing.</summary>
    public static HeadRun? Heard(HeadRun? run, TurnId turn, int attempt, bool queued, DateTimeOffset now, string node = "", string waitsFor = "") =>
        run is not null && run.Turn == turn && run.Attempt == attempt
            ? run with { LastHeard = now, Queued = queued, QueuedSince = queued ? run.QueuedSince ?? now : null, Node = node, WaitsFor = waitsFor }
            : run;

    /// <summary>The events, where one cancels the turn that runs with the attempt that it ends: nobody else will tell of it.</summary>
    public static ImmutableArray<ConversationEvent> Ending(ImmutableArray<ConversationEvent> events, HeadRun? run) => run is null or { Queued: true }
        ? events
        : [.. events.Select(e => e is TurnCancelled cancelled && cancelled.Turn == run.Turn ? cancelled with { Attempt = run.Attempt, Trace = TraceOf(run) } : e)];

    /// <summary>What is owed now.</summary>
    public static Due Outstanding(ConversationState state, HeadRun? run, in Circumstances at)
    {
        var head = state.Head;
        if (run is not null && (head is null || head.Id != run.Turn || head.NextAttempt != run.Attempt))
            return new Due([], null, run, null);
        if (head is null) return new Due([], null, null, null);
        var deadline = FirstDeadline(state);
        if (deadline is { Deadline: { } end } && end <= at.Now)
        {
            var attempts = run?.Turn == deadline.Id ? run.Attempt : deadline.FailedAttempts;
            return Persist(new TurnFailed(deadline.Id, attempts, FailureKind.Deadline, "The turn's deadline passed.", at.Now)
            {
                Trace = run is not null && run.Turn == deadline.Id ? TraceOf(run) : null,
            });
        }

        if (run is null)
        {
            if (head.Waits) return new Due([], null, null, deadline?.Deadline);
            return head.NotBefore <= at.Now
                ? new Due([], head, null, null)
                : new Due([], null, null, Earliest(head.NotBefore, deadline?.Deadline));
        }

        return Watch(head, run, deadline?.Deadline, at);
    }

    // A turn keeps its deadline while it waits behind others: the client asked for an outcome by then, not for a start.
    private static PendingTurn? FirstDeadline(ConversationState state)
    {
        PendingTurn? first = null;
        foreach (var turn in state.Pending)
        {
            if (turn.Deadline is not null && (first is null || turn.Deadline < first.Deadline)) first = turn;
        }

        return first;
    }

    private static Due Watch(PendingTurn head, HeadRun run, DateTimeOffset? deadline, in Circumstances at)
    {
        if (run.QueuedSince + at.Policy.TimeToLive <= at.Now)
        {
            return Persist(new TurnFailed(
                head.Id, run.Attempt, FailureKind.Provider, NoWorker(run, at.Policy.TimeToLive), at.Now));
        }

        var silentAt = run.LastHeard + at.Policy.Silence;
        if (silentAt > at.Now) return new Due([], null, null, Earliest(silentAt, deadline));
        return new Due(
            Decider.Fail(head, run.Attempt, FailureKind.WorkerLost, "The worker was lost or fell silent.", null, at, TraceOf(run)), null, null, null);
    }

    private static string NoWorker(HeadRun run, TimeSpan within) => UnicodeText.Storable(
        run.WaitsFor.Length > 0 ? $"No worker was free within {within}: {run.WaitsFor}" : $"No worker was free within {within}.", Limits.MaxReasonLength);

    private static Due Persist(ConversationEvent @event) => new([@event], null, null, null);

    private static AttemptTrace? TraceOf(HeadRun run) => run.Node.Length > 0 ? new AttemptTrace(run.Node) : null;

    private static DateTimeOffset Earliest(DateTimeOffset a, DateTimeOffset? b) => b < a ? b.Value : a;
}
