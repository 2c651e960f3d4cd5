using ActorLlm.Simulation.Checking;
using ActorLlm.Simulation.Running;

namespace ActorLlm.Simulation.Canaries;

/// <summary>The first seed that caught a defect.</summary>
internal sealed record Caught(Canary Canary, ulong Seed, long SeedsTried, Violation Violation, TimeSpan Took);

/// <summary>Looks for the first seed that catches a defect, and that without it is well.</summary>
internal static class CanaryHunt
{
    /// <summary>All defects.</summary>
    public static IEnumerable<Canary> All => Enum.GetValues<Canary>().Where(canary => canary != Canary.None);

    /// <summary>The first seed that catches it; null if none of so many does.</summary>
    public static Caught? Find(Canary canary, ulong first, long most, TimeProvider time)
    {
        var started = time.GetTimestamp();
        for (var tried = 1L; tried <= most; tried++)
        {
            var seed = first + (ulong)tried - 1;
            var result = SeedRun.Run(seed, canary);
            if (result.Violations.Count == 0 || SeedRun.Run(seed).Violations.Count > 0) continue;
            return new Caught(canary, seed, tried, result.Violations[0], time.GetElapsedTime(started));
        }

        return null;
    }
}
