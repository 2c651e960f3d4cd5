using System.Collections.Immutable;

namespace ActorLlm.Domain.Capacity;

/// <summary>The tallies of all workers of the cluster, and what they say of each station over every window of <see cref="Limits.CapacityWindows"/>.</summary>
/// <typeparam name="TWorker">How a worker is addressed.</typeparam>
public sealed class CapacityBook<TWorker> where TWorker : notnull
{
    private readonly Dictionary<TWorker, Dictionary<string, TallyHistory>> _workers = [];

    /// <summary>Takes what a worker reports.</summary>
    public void Report(TWorker worker, ImmutableArray<StationTally> tallies)
    {
        if (tallies.IsDefaultOrEmpty) return;
        if (!_workers.TryGetValue(worker, out var stations)) _workers[worker] = stations = new(StringComparer.Ordinal);
        foreach (var tally in tallies)
        {
            if (!stations.TryGetValue(tally.Station, out var history)) stations[tally.Station] = history = new TallyHistory();
            history.Add(tally);
        }
    }

    /// <summary>Forgets a worker.</summary>
    public void Remove(TWorker worker) => _workers.Remove(worker);

    /// <summary>The stations, the workers' places first and then the backends by name.</summary>
    public ImmutableArray<StationReport> Read() =>
    [
        .. _workers.Values.SelectMany(stations => stations.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(station => new StationReport(
            station, _workers.Values.Count(stations => stations.ContainsKey(station)), [.. Limits.CapacityWindows.Select(window => Over(station, window))])),
    ];

    /// <summary>
    /// Places that the workers need so that 99 of 100 attempts wait no longer than the target: what the busiest of the windows asks for, so that it goes up at once and down slowly. 0 where nothing
    /// comes.
    /// </summary>
    public int Wanted(TimeSpan targetWait) => Limits.CapacityWindows
        .Select(window => Over(StationTally.Worker, window))
        .Select(reading => reading.ArrivalRate > 0 && reading.MeanService > 0
            ? (reading with { Servers = 1 }).Model.ServersFor(Limits.CapacityShare, targetWait.TotalSeconds) ?? Limits.MaxModelServers
            : 0)
        .Max();

    private StationReading Over(string station, TimeSpan window) => _workers.Values
        .Select(stations => stations.GetValueOrDefault(station)?.Over(window))
        .OfType<StationReading>()
        .Aggregate(new StationReading(0, 0, 0, 0, 0, 0, 0), StationReading.Add);
}
