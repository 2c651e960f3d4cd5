namespace ActorLlm.Domain.Delivery;

/// <summary>When a reply that is owed is tried again.</summary>
/// <param name="MaxAttempts">Refusals after which nobody tries any more.</param>
/// <param name="RetryMin">Upper end of the pause after the first refusal; it doubles with each.</param>
/// <param name="RetryMax">Upper end of every pause.</param>
public sealed record OutboxRule(int MaxAttempts, TimeSpan RetryMin, TimeSpan RetryMax)
{
    // A turn that is long unfinished is looked at more rarely; the first looks make the pause of a reply whose node was killed short.
    private const int LooksInALife = 8;

    /// <summary>The pause before the next attempt; null where there is none any more.</summary>
    /// <param name="refusals">Refusals so far, at least 1.</param>
    /// <param name="jitter">A random number in [0, 1).</param>
    public TimeSpan? NextAttempt(int refusals, double jitter) =>
        refusals >= MaxAttempts ? null : Backoff.Delay(refusals, RetryMin, RetryMax, jitter);

    /// <summary>The pause before a turn without an outcome is looked at again.</summary>
    /// <param name="age">How long its reply has been owed.</param>
    /// <param name="jitter">A random number in [0, 1).</param>
    public static TimeSpan NextLook(TimeSpan age, double jitter)
    {
        var pause = Math.Clamp(age.TotalSeconds / LooksInALife, Limits.OutboxLookMin.TotalSeconds, Limits.OutboxLookMax.TotalSeconds);
        return TimeSpan.FromSeconds(pause * (0.75 + jitter / 2));
    }
}
