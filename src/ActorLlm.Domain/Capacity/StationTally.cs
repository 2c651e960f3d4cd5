namespace ActorLlm.Domain.Capacity;

/// <summary>
/// What was counted at one station of one node since it began: a line and the servers behind it. The difference of two tallies is what happened between them, so that a lost one costs nothing.
/// </summary>
/// <param name="Station">Its name: that of a backend, or <see cref="Worker"/> for the places of the worker.</param>
/// <param name="Servers">How many it serves at once; 0 while it takes none.</param>
/// <param name="Seconds">How long it has counted.</param>
public sealed record StationTally(string Station, int Servers, double Seconds)
{
    /// <summary>The station that the worker's own places are.</summary>
    public const string Worker = "";

    /// <summary>Arrivals.</summary>
    public long Arrived { get; init; }

    /// <summary>Those that ended their wait: most were served then, some gave up.</summary>
    public long Waited { get; init; }

    /// <summary>Those of them that left without being served.</summary>
    public long GaveUp { get; init; }

    /// <summary>Those that were served to the end, however that was.</summary>
    public long Served { get; init; }

    /// <summary>Sum of the waiting times of <see cref="Waited"/>, in seconds; what was waited for before the arrival is in it.</summary>
    public double WaitSum { get; init; }

    /// <summary>Sum of the service times of <see cref="Served"/>, in seconds.</summary>
    public double ServiceSum { get; init; }

    /// <summary>Sum of the squares of the service times, in square seconds.</summary>
    public double ServiceSquares { get; init; }

    /// <summary>The number of those that waited, summed up over time, in seconds; what was waited for before the arrival is in it.</summary>
    public double WaitingArea { get; init; }

    /// <summary>The number of those that were served, summed up over time, in seconds.</summary>
    public double BusyArea { get; init; }

    /// <summary>How long the last arrival had waited before it came, at a node that had no worker for it, in seconds.</summary>
    public double LastBefore { get; init; }
}
