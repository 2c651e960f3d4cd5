using System.Collections.Immutable;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Simulation.Checking;
using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Canaries;

/// <summary>The domain as a world sees it: the real one, except for the defect that the world has.</summary>
internal static class Defects
{
    private static readonly TimeSpan FixedTimeout = TimeSpan.FromSeconds(4);

    public static Decision Decide(World world, ConversationState state, ConversationCommand command)
    {
        var decision = Decider.Decide(state, command, world.Circumstances());
        return world.Canary == Canary.NoDedupe && command is SubmitTurn submit && decision.Events.IsEmpty && decision.Answer is DecisionAnswer.Standing
            ? new Decision([new TurnAccepted(submit.Turn, submit.Content, null, world.Now)], decision.Answer)
            : decision;
    }

    public static ImmutableArray<ConversationEvent> Decide(World world, ConversationState state, AttemptResult result)
    {
        var end = result.End;
        if (world.Canary == Canary.RetryAfterIgnored && end is AttemptEnd.Failed failed) end = failed with { RetryAfter = null };
        if (world.Canary == Canary.LateResultCommitted && end is AttemptEnd.Succeeded late && state.Settled.ContainsKey(result.Key.Turn))
            return [new ReplyCommitted(result.Key.Turn, result.Key.Attempt, late.Reply, world.Now)];
        return Decider.Decide(state, result.Key, end, world.Circumstances());
    }

    public static Due Outstanding(World world, ConversationState state, HeadRun? run, DateTimeOffset startedAt)
    {
        var at = world.Circumstances();
        if (run is not null && world.Canary == Canary.HeartbeatNeverTimesOut) run = run with { LastHeard = at.Now };
        if (run is { Queued: false } && world.Canary == Canary.FixedRunTimeout && startedAt + FixedTimeout <= at.Now
            && state.Head is { } head && head.Id == run.Turn && head.NextAttempt == run.Attempt)
        {
            return new Due(Decider.Fail(head, run.Attempt, FailureKind.WorkerLost, "The run took too long.", null, at, trace: null), null, null, null);
        }

        var due = Supervision.Outstanding(state, run, at);
        if (run is not null && world.Canary == Canary.FixedRunTimeout && due.CheckAt > startedAt + FixedTimeout && startedAt + FixedTimeout > at.Now)
            due = due with { CheckAt = startedAt + FixedTimeout };
        return due;
    }

    /// <summary>Folds an event in. Defects that write what the domain never would are allowed to fold it too: it is for the checker to see them.</summary>
    public static ConversationState Apply(World world, ConversationState state, ConversationEvent e)
    {
        if (world.Canary is Canary.NoDedupe or Canary.LateResultCommitted or Canary.MissingUniqueIndex)
        {
            var known = state.Settled.ContainsKey(e.Turn) || state.IndexOfPending(e.Turn) >= 0;
            if (e is TurnAccepted ? known : e is not ReplyAcknowledged && state.IndexOfPending(e.Turn) < 0) return state with { Version = state.Version + 1 };
        }

        return ConversationEvolve.Apply(state, e);
    }

    public static ConversationState Snapshot(World world, ConversationState state) => world.Canary switch
    {
        Canary.DedupeForgottenAtSnapshot => state with { Settled = ImmutableDictionary<TurnId, SettledTurn>.Empty, SettledOrder = [] },
        Canary.SnapshotWithoutOutbox => state with { Pending = [] },
        _ => state,
    };

    /// <summary>The rows of a replay; with the defect, those of a writer that had written before another one did are left out.</summary>
    public static IEnumerable<Row> ReplayFilter(World world, IEnumerable<Row> rows)
    {
        if (world.Canary != Canary.WriterUuidFilter) return rows;
        var former = new HashSet<string>(StringComparer.Ordinal);
        string? latest = null;
        var kept = new List<Row>();
        foreach (var row in rows)
        {
            var writer = row.Writer[..row.Writer.IndexOf('/', StringComparison.Ordinal)];
            if (former.Contains(writer)) continue;
            if (latest is not null && latest != writer) former.Add(latest);
            latest = writer;
            kept.Add(row);
        }

        return kept;
    }
}
