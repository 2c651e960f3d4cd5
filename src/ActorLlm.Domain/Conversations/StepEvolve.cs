using System.Collections.Immutable;

namespace ActorLlm.Domain.Conversations;

/// <summary>How events change the steps of unfinished turns.</summary>
internal static class StepEvolve
{
    public static PendingTurn Begin(PendingTurn turn, StepBegun e)
    {
        var index = turn.IndexOf(e.Key);
        return turn with
        {
            // By the next attempt, which was begun since.
            IsSuspended = false,
            Steps = index < 0
                ? turn.Steps.Add(new TurnStep(e.Request, e.Attempt, e.At, null))
                : turn.Steps.SetItem(index, turn.Steps[index] with { Attempt = e.Attempt }),
        };
    }

    public static PendingTurn End(PendingTurn turn, string key, StepEnd end)
    {
        var index = turn.IndexOf(key);
        return index >= 0
            ? turn with { Steps = turn.Steps.SetItem(index, turn.Steps[index] with { End = end }) }
            : throw new InvalidOperationException($"The end of the step '{key}' of the turn {turn.Id} has no beginning.");
    }

    public static PendingTurn Suspend(PendingTurn turn, AttemptSuspended e) => turn with
    {
        FailedAttempts = e.Attempt,
        SuspendedAttempts = turn.SuspendedAttempts + 1,
        IsSuspended = true,
        NotBefore = DateTimeOffset.MinValue,
        // It has come further: what failed before it does not count against what comes after a wait of days.
        ProviderFailures = 0,
        ProviderFailingSince = null,
        FailedSpanId = null,
        LastError = "",
    };

    /// <summary>The children of a turn that has its outcome, which nobody waits for any more.</summary>
    public static ImmutableArray<UnwantedChild> Abandon(ImmutableArray<UnwantedChild> unwanted, PendingTurn turn)
    {
        foreach (var step in turn.Steps)
        {
            if (step is { End: null, Request.Content: { } content }) unwanted = unwanted.Add(new UnwantedChild(turn.Id, step.Key, content));
        }

        return unwanted;
    }
}
