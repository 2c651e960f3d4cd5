namespace ActorLlm.Inspection;

/// <summary>What was measured of the cluster's load beside what queueing theory says of it. All times are in seconds, all rates by the second.</summary>
/// <param name="TargetWait">The wait for a worker's place that 99 of 100 attempts are not to exceed.</param>
/// <param name="Wanted">The places that this takes, as the autoscale signal says; 0 where nothing comes.</param>
/// <param name="Stations">The workers' places first, then the backends by name.</param>
public sealed record CapacityPicture(double TargetWait, int Wanted, IReadOnlyList<StationPicture> Stations);

/// <summary>A line and the places behind it, of all nodes together.</summary>
/// <param name="Backend">The backend whose places these are; null for the places of the workers.</param>
/// <param name="Nodes">Nodes that have a part of it.</param>
/// <param name="Windows">What was measured, over the shortest window first.</param>
public sealed record StationPicture(string? Backend, int Nodes, IReadOnlyList<WindowPicture> Windows);

/// <summary>One station over one window.</summary>
/// <param name="Seconds">How long the window really is: shorter than a minute or five while the coordinator has not listened for so long.</param>
/// <param name="Places">Places now, c.</param>
/// <param name="Served">Attempts, or calls of a backend, that ended.</param>
/// <param name="ArrivalRate">Arrivals, R.</param>
/// <param name="DepartureRate">Departures.</param>
/// <param name="ServiceTime">Mean time that a place was taken, T; 0 while none was given back.</param>
/// <param name="Cv">The service time's coefficient of variation, its standard deviation over its mean.</param>
/// <param name="WaitTime">Mean time of waiting for a place.</param>
/// <param name="Waiting">Mean number of those that waited.</param>
/// <param name="Busy">Mean number of places that were taken.</param>
/// <param name="ArticleNodes">The article's N = R·T/L with the places of a node as L; null where nothing can be reckoned.</param>
/// <param name="Model">What the models say; null where nothing came, nothing ended or there is no place.</param>
/// <param name="Law">Little's law on the line and the places together.</param>
public sealed record WindowPicture(
    double Seconds,
    int Places,
    long Served,
    double ArrivalRate,
    double DepartureRate,
    double ServiceTime,
    double Cv,
    double WaitTime,
    double Waiting,
    double Busy,
    double? ArticleNodes,
    ModelPicture? Model,
    LawPicture Law);

/// <summary>What the models say of a station with so many places. Times are null where the line grows without end.</summary>
/// <param name="Places">Places, c.</param>
/// <param name="Utilisation">The share of them that is busy, R·T/c; from 1 on the line grows without end.</param>
/// <param name="ChanceToWait">The share of the arrivals that has to wait, by Erlang's C.</param>
/// <param name="MeanWaitExponential">Mean wait by M/M/c.</param>
/// <param name="MeanWait">Mean wait by M/G/c.</param>
/// <param name="WaitP99">The wait that 99 of 100 do not exceed, by M/G/c.</param>
/// <param name="MeanWaiting">Mean number of those that wait, by M/G/c.</param>
public sealed record ModelPicture(
    int Places, double Utilisation, double ChanceToWait, double? MeanWaitExponential, double? MeanWait, double? WaitP99, double? MeanWaiting);

/// <summary>Little's law, L = R·W, on measured values.</summary>
/// <param name="Inside">L: the mean number of those that waited or were served.</param>
/// <param name="Expected">R·W, with W as the mean time of waiting and service.</param>
/// <param name="Tolerance">How far apart they may be, as a share of the larger one; null where nothing left.</param>
/// <param name="Verdict">Whether they agree, and what is inconsistent where they do not.</param>
public sealed record LawPicture(double Inside, double Expected, double? Tolerance, LawVerdict Verdict);

/// <summary>What the measurements say of Little's law.</summary>
public enum LawVerdict
{
    /// <summary>Too few came through for a verdict.</summary>
    TooFew,

    /// <summary>The two sides agree.</summary>
    Holds,

    /// <summary>More come than leave.</summary>
    Grows,

    /// <summary>More leave than come.</summary>
    Shrinks,

    /// <summary>As many leave as come, and more are inside: some have been there for long, and their time is not counted yet.</summary>
    SomeStay,

    /// <summary>As many leave as come, and fewer are inside: some that left had come long before.</summary>
    SomeWereOld,
}
