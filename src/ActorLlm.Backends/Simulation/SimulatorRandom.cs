namespace ActorLlm.Backends.Simulation;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): the same numbers for a seed on every version of .NET, and no allocation.</summary>
internal struct SimulatorRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong NextBits()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    public int Next(int below) => (int)(NextBits() % (ulong)below);

    /// <summary>From 0 to below 1.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A normal distribution (Box and Muller) cut off at 0.</summary>
    public double NextTime(double mean, double deviation)
    {
        if (deviation == 0)
            return mean;
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return Math.Max(0, mean + deviation * radius * Math.Cos(2 * Math.PI * NextDouble()));
    }
}
