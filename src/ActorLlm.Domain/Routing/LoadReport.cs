using System.Collections.Immutable;

namespace ActorLlm.Domain.Routing;

/// <summary>A worker's load, to every dispatcher and to the coordinator.</summary>
/// <param name="Capacity">Attempts it runs at once.</param>
/// <param name="InFlight">Attempts it holds, running, waiting and unacknowledged.</param>
/// <param name="Latency">Smoothed time of its attempts; zero while none has succeeded.</param>
public sealed record LoadReport(int Capacity, int InFlight, TimeSpan Latency);

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
