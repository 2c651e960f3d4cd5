using System.Collections.Immutable;
using ActorLlm.Backends;
using ActorLlm.Domain.Capacity;
using ActorLlm.Telemetry;

namespace ActorLlm.Cluster.Workers;

/// <summary>What a worker's places and its backends counted, in the words that travel.</summary>
internal static class Tallies
{
    public static ImmutableArray<StationTally> Of(int capacity, StationCount places, BackendCatalog backends) =>
    [
        Of(StationTally.Worker, capacity, places),
        .. backends.Counts.Select(backend => Of(backend.Backend, backend.Places, backend.Count)),
    ];

    private static StationTally Of(string station, int servers, StationCount count) => new(station, servers, count.Seconds)
    {
        Arrived = count.Arrived,
        Waited = count.Waited,
        GaveUp = count.GaveUp,
        Served = count.Served,
        WaitSum = count.WaitSum,
        ServiceSum = count.ServiceSum,
        ServiceSquares = count.ServiceSquares,
        WaitingArea = count.WaitingArea,
        BusyArea = count.BusyArea,
        LastBefore = count.LastBefore,
    };
}
