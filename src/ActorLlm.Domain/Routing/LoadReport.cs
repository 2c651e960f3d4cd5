using System.Collections.Immutable;
using ActorLlm.Domain.Capacity;

namespace ActorLlm.Domain.Routing;

/// <summary>A worker's load, to every dispatcher and to the coordinator.</summary>
/// <param name="Capacity">Attempts it runs at once, those of modules aside; 0 while it takes none.</param>
/// <param name="InFlight">Attempts it holds, running, waiting and unacknowledged, those of modules aside.</param>
/// <param name="Latency">Smoothed time of its attempts; zero while none has succeeded.</param>
public sealed record LoadReport(int Capacity, int InFlight, TimeSpan Latency)
{
    /// <summary>The backends that it calls, by name; only the coordinator is told of them.</summary>
    public ImmutableArray<BackendLoad> Backends { get; init; } = [];

    /// <summary>What was counted at its places and at those of its backends; only the coordinator is told of it.</summary>
    public ImmutableArray<StationTally> Stations { get; init; } = [];

    /// <summary>The modules that it serves, each with places of its own.</summary>
    public ImmutableArray<ModuleLoad> Modules { get; init; } = [];
}

/// <summary>One module on a worker.</summary>
/// <param name="Module">Its name.</param>
/// <param name="Capacity">Attempts it runs at once there; 0 while it takes none.</param>
/// <param name="InFlight">Attempts it holds there, running, waiting and unacknowledged.</param>
/// <param name="Latency">Smoothed time of its attempts there; zero while none has succeeded.</param>
public sealed record ModuleLoad(string Module, int Capacity, int InFlight, TimeSpan Latency);

/// <summary>One backend as a worker sees it.</summary>
/// <param name="Backend">Its configured name.</param>
/// <param name="FailuresInARow">Attempts that failed there since it last answered.</param>
/// <param name="LastError">Why the last of them failed; empty where none did.</param>
public sealed record BackendLoad(string Backend, int FailuresInARow, string LastError);

/// <summary>Asks the coordinator for the workers of the cluster.</summary>
public sealed record GetWorkers
{
    /// <summary>The only instance.</summary>
    public static GetWorkers Instance { get; } = new();
}

/// <summary>One worker of the cluster.</summary>
/// <param name="Address">Its node, <c>akka.tcp://system@host:port</c>.</param>
/// <param name="Load">Its latest report.</param>
public sealed record WorkerEntry(string Address, LoadReport Load);

/// <summary>The workers of the cluster, by the coordinator's registry.</summary>
public sealed record WorkerList(ImmutableArray<WorkerEntry> Workers);
