namespace ActorLlm.Domain.Capacity;

/// <summary>
/// Little's law, L = R·W, held against what was measured: wherever nothing is lost or made on the way, the mean number inside is the rate of arrivals times the mean time inside, whatever the
/// distributions. J. D. C. Little, "A Proof for the Queuing Formula: L = λW", Operations Research 9(3), 1961. It is a law of the long run: over a window the two sides differ by those that were inside
/// at its ends, so that what is allowed depends on how many came through.
/// </summary>
/// <param name="Waiting">Mean number of those that wait: measured over time.</param>
/// <param name="Busy">Mean number of those that are served: measured over time.</param>
/// <param name="ArrivalRate">Arrivals a second, R: counted.</param>
/// <param name="DepartureRate">Departures a second: counted.</param>
/// <param name="TimeInside">Mean time inside, W, in seconds, of those that left: measured one by one.</param>
/// <param name="Departures">How many left in the window.</param>
public sealed record LittlesLaw(double Waiting, double Busy, double ArrivalRate, double DepartureRate, double TimeInside, long Departures)
{
    // Beyond this a disagreement would say nothing.
    private const double MostTolerance = 0.5;

    private const double LeastTolerance = 0.05;

    // In standard deviations.
    private const double Doubt = 3;

    /// <summary>The mean number inside, L: measured over time.</summary>
    public double Inside => Waiting + Busy;

    /// <summary>R·W: what should be inside.</summary>
    public double Expected => ArrivalRate * TimeInside;

    /// <summary>
    /// How far apart the two sides may be, as a share of the larger one: at least 5%, and three standard deviations of what those inside at the two ends of the window make out. The served
    /// are taken to be as many as chance makes them (a Poisson number, of exponential ages), the waiting to scatter by as much as there are of them.
    /// </summary>
    public double Tolerance => Departures == 0 ? double.PositiveInfinity
        : Math.Max(LeastTolerance, Doubt * Math.Sqrt(2 * (2 * Inside + Waiting * Waiting)) / Departures);

    /// <summary>Whether the two sides agree.</summary>
    public LittlesVerdict Verdict => Tolerance > MostTolerance ? LittlesVerdict.TooFew
        : Differ(Inside, Expected) <= Tolerance ? LittlesVerdict.Holds
        : Differ(ArrivalRate, DepartureRate) <= Tolerance ? Inside > Expected ? LittlesVerdict.SomeStay : LittlesVerdict.SomeWereOld
        : ArrivalRate > DepartureRate ? LittlesVerdict.Grows : LittlesVerdict.Shrinks;

    private static double Differ(double a, double b) => Math.Max(Math.Abs(a), Math.Abs(b)) is var most and > 0 ? Math.Abs(a - b) / most : 0;
}

/// <summary>What the measurements say of Little's law, and what is inconsistent where they contradict it.</summary>
public enum LittlesVerdict
{
    /// <summary>Too few came through for a verdict.</summary>
    TooFew,

    /// <summary>The two sides agree.</summary>
    Holds,

    /// <summary>More come than leave: the number inside is no steady one, and grows.</summary>
    Grows,

    /// <summary>More leave than come: the number inside is no steady one, and shrinks.</summary>
    Shrinks,

    /// <summary>As many leave as come, and more are inside than that explains: some have been inside for long and have not left, so that their time is not counted yet.</summary>
    SomeStay,

    /// <summary>As many leave as come, and fewer are inside than that explains: some of those that left had come long before the window.</summary>
    SomeWereOld,
}
