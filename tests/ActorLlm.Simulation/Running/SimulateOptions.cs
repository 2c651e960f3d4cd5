using ActorLlm.Simulation.Canaries;

namespace ActorLlm.Simulation.Running;

/// <summary>What the command line asks for.</summary>
internal sealed record SimulateOptions
{
    public const long MaxSeeds = 1_000_000_000;
    public const int MaxParallel = 256;

    /// <summary>The first seed.</summary>
    public ulong First { get; init; } = 1;

    /// <summary>How many seeds: 1 to <see cref="MaxSeeds"/>.</summary>
    public long Seeds { get; init; } = 10_000;

    /// <summary>Threads: 1 to <see cref="MaxParallel"/>.</summary>
    public int Parallel { get; init; } = Environment.ProcessorCount;

    /// <summary>A defect that all runs have.</summary>
    public Canary Canary { get; init; }

    /// <summary>One seed to be shown; null for many.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Faults and steps of that seed to keep, by their numbers; null for all.</summary>
    public IReadOnlyList<int>? Only { get; init; }

    /// <summary>Whether every step of that seed is told.</summary>
    public bool Trace { get; init; }

    /// <summary>Whether every defect is to be caught.</summary>
    public bool Canaries { get; init; }

    /// <summary>A file for the report; null for none.</summary>
    public string? ReportFile { get; init; }
}
