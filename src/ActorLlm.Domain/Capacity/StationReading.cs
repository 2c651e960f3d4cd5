namespace ActorLlm.Domain.Capacity;

/// <summary>One station over one window, of one node or of several together: everything by the second, so that nodes add up.</summary>
/// <param name="Seconds">How long the window really is: shorter than asked for while there is less to look back on.</param>
/// <param name="Servers">How many are served at once, now.</param>
/// <param name="Served">How many were served in the window.</param>
/// <param name="ArrivalRate">Arrivals a second, R.</param>
/// <param name="DepartureRate">Departures a second, of those that were served and those that gave up.</param>
/// <param name="Waiting">Mean number of those that waited.</param>
/// <param name="Busy">Mean number of those that were served.</param>
public sealed record StationReading(double Seconds, int Servers, long Served, double ArrivalRate, double DepartureRate, double Waiting, double Busy)
{
    // More than this no line before the station grows while anybody still counts.
    private const double MostCompressed = 10;

    /// <summary>Waits that ended, a second.</summary>
    public double WaitedRate { get; init; }

    /// <summary>Sum of the waiting times that ended, a second.</summary>
    public double WaitRate { get; init; }

    /// <summary>Those that were served, a second.</summary>
    public double ServedRate { get; init; }

    /// <summary>Sum of the service times that ended, a second.</summary>
    public double ServiceRate { get; init; }

    /// <summary>Sum of their squares, a second.</summary>
    public double SquaresRate { get; init; }

    /// <summary>Mean waiting time in seconds; 0 while none ended.</summary>
    public double MeanWait => WaitedRate > 0 ? WaitRate / WaitedRate : 0;

    /// <summary>Mean service time T in seconds; 0 while none ended.</summary>
    public double MeanService => ServedRate > 0 ? ServiceRate / ServedRate : 0;

    /// <summary>The service time's squared coefficient of variation; 0 while none ended.</summary>
    public double Variation => MeanService is var mean and > 0 ? Math.Max(0, SquaresRate / ServedRate / (mean * mean) - 1) : 0;

    /// <summary>Whether there is anything to reckon with.</summary>
    public bool CanBeModelled => ArrivalRate > 0 && MeanService > 0 && Servers > 0;

    /// <summary>The model of a station like this one; only where <see cref="CanBeModelled"/>.</summary>
    public QueueModel Model => new(ArrivalRate, MeanService, Variation, Math.Min(Servers, Limits.MaxModelServers));

    /// <summary>Little's law on the whole station, its line and its servers.</summary>
    public LittlesLaw Law => new(Waiting, Busy, ArrivalRate, DepartureRate, MeanWait + MeanService, Served);

    /// <summary>What happened from one tally of a station to a later one.</summary>
    public static StationReading Between(StationTally before, StationTally after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var seconds = after.Seconds - before.Seconds;
        if (!(seconds > 0)) return new StationReading(0, after.Servers, 0, 0, 0, 0, 0);
        double Rate(Func<StationTally, double> of) => (of(after) - of(before)) / seconds;
        // Those that arrived in the window had set out over a shorter time where each waited longer on its way than the one before, and over a longer one where a line there is worked off.
        var setOut = Math.Max(seconds - (after.LastBefore - before.LastBefore), seconds / MostCompressed);
        return new StationReading(
            seconds, after.Servers, after.Served - before.Served, (after.Arrived - before.Arrived) / setOut,
            Rate(tally => tally.Served + tally.GaveUp), Rate(tally => tally.WaitingArea), Rate(tally => tally.BusyArea))
        {
            WaitedRate = Rate(tally => tally.Waited),
            WaitRate = Rate(tally => tally.WaitSum),
            ServedRate = Rate(tally => tally.Served),
            ServiceRate = Rate(tally => tally.ServiceSum),
            SquaresRate = Rate(tally => tally.ServiceSquares),
        };
    }

    /// <summary>Both stations as one.</summary>
    public static StationReading operator +(StationReading a, StationReading b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return new StationReading(
            Math.Max(a.Seconds, b.Seconds), a.Servers + b.Servers, a.Served + b.Served, a.ArrivalRate + b.ArrivalRate, a.DepartureRate + b.DepartureRate,
            a.Waiting + b.Waiting, a.Busy + b.Busy)
        {
            WaitedRate = a.WaitedRate + b.WaitedRate,
            WaitRate = a.WaitRate + b.WaitRate,
            ServedRate = a.ServedRate + b.ServedRate,
            ServiceRate = a.ServiceRate + b.ServiceRate,
            SquaresRate = a.SquaresRate + b.SquaresRate,
        };
    }

    /// <summary>The same as <c>+</c>.</summary>
    public static StationReading Add(StationReading a, StationReading b) => a + b;
}
