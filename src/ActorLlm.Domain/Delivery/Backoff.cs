namespace ActorLlm.Domain.Delivery;

/// <summary>
/// Exponential backoff with jitter: the n-th delay lies between half and all of <c>min * 2^(n-1)</c>, capped. Half of it is
/// fixed so that a retry never comes at once; half is random so that many callers do not come back together
/// (the "equal jitter" of the AWS Architecture Blog, "Exponential Backoff and Jitter", 2015).
/// </summary>
public static class Backoff
{
    /// <summary>The delay before the n-th retry.</summary>
    /// <param name="n">1 for the first retry.</param>
    /// <param name="min">Upper end of the first delay.</param>
    /// <param name="max">Upper end of every delay.</param>
    /// <param name="jitter">A random number in [0, 1).</param>
    public static TimeSpan Delay(int n, TimeSpan min, TimeSpan max, double jitter)
    {
        // 2^40 times any allowed minimum is past any allowed maximum; the bound keeps the power finite.
        var upper = Math.Min(min.TotalMilliseconds * Math.Pow(2, Math.Clamp(n - 1, 0, 40)), max.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(Math.Round(upper * (0.5 + jitter / 2)));
    }
}
