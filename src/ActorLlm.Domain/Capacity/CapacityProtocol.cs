using System.Collections.Immutable;

namespace ActorLlm.Domain.Capacity;

/// <summary>Asks the coordinator what was measured of the cluster's load.</summary>
public sealed record GetCapacity
{
    /// <summary>The only instance.</summary>
    public static GetCapacity Instance { get; } = new();
}

/// <summary>What was measured of the cluster's load.</summary>
/// <param name="TargetWait">The wait that 99 of 100 attempts are not to exceed.</param>
/// <param name="Wanted">The places that this takes, as the autoscale signal says.</param>
/// <param name="Stations">The workers' places first, then the backends by name.</param>
public sealed record CapacityReport(TimeSpan TargetWait, int Wanted, ImmutableArray<StationReport> Stations);

/// <summary>One station of the cluster.</summary>
/// <param name="Station">Its name, as in <see cref="StationTally"/>.</param>
/// <param name="Nodes">Nodes that have a part of it.</param>
/// <param name="Windows">One reading for each of <see cref="Limits.CapacityWindows"/>, the shortest first.</param>
public sealed record StationReport(string Station, int Nodes, ImmutableArray<StationReading> Windows);
