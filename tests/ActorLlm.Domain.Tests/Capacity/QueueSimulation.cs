namespace ActorLlm.Domain.Tests.Capacity;

/// <summary>A queue that is lived through, one arrival after another: arrivals at random, one line, the server that is free first. It shares nothing with the formulas that it is held against.</summary>
internal sealed class QueueSimulation
{
    private readonly List<double> _waits = [];

    private QueueSimulation()
    {
    }

    /// <summary>Mean waiting time.</summary>
    public double MeanWait => _waits.Average();

    /// <summary>The share that waited.</summary>
    public double ChanceToWait => _waits.Count(wait => wait > 0) / (double)_waits.Count;

    /// <summary>The waiting time that a share does not exceed.</summary>
    public double WaitWithin(double share) => _waits[(int)(_waits.Count * share)];

    /// <summary>Every piece of work with when it came, was begun and left.</summary>
    public List<(double Came, double Begun, double Left)> Work { get; } = [];

    /// <summary>Lives through so many arrivals after a tenth of them that are not counted.</summary>
    public static QueueSimulation Run(double rate, int servers, Func<Random, double> service, int arrivals, int seed)
    {
#pragma warning disable CA5394 // The same each time is what is wanted.
        var random = new Random(seed);
        var simulation = new QueueSimulation();
        var free = new PriorityQueue<double, double>();
        for (var i = 0; i < servers; i++) free.Enqueue(0, 0);
        var now = 0.0;
        for (var i = -arrivals / 10; i < arrivals; i++)
        {
            now += Exponential(random, 1 / rate);
            var begun = Math.Max(now, free.Dequeue());
            var left = begun + service(random);
            free.Enqueue(left, left);
            if (i < 0) continue;
            simulation._waits.Add(begun - now);
            simulation.Work.Add((now, begun, left));
        }

        simulation._waits.Sort();
        return simulation;
    }

    /// <summary>Service times of a mean and a squared coefficient of variation: constant, Erlang's sums up to 1, the exponential, and a mixture of two exponentials beyond.</summary>
    public static Func<Random, double> Service(double mean, double variation)
    {
        if (variation == 0) return _ => mean;
        if (variation <= 1)
        {
            var phases = (int)Math.Round(1 / variation);
            return random => Enumerable.Range(0, phases).Sum(_ => Exponential(random, mean / phases));
        }

        var often = 0.5 * (1 + Math.Sqrt((variation - 1) / (variation + 1)));
        return random => random.NextDouble() < often ? Exponential(random, mean / (2 * often)) : Exponential(random, mean / (2 * (1 - often)));
    }

    private static double Exponential(Random random, double mean) => -mean * Math.Log(1 - random.NextDouble());
#pragma warning restore CA5394
}
