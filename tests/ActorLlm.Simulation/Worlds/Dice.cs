namespace ActorLlm.Simulation.Worlds;

/// <summary>
/// The one kind of randomness: splitmix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014). It is
/// written out here so that a seed means the same run on every version of .NET.
/// </summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Dice of a seed for one purpose: what is drawn for another does not shift these.</summary>
    public static Dice For(ulong seed, ulong purpose) => new(Mix(Mix(seed + 0x9E3779B97F4A7C15UL) ^ Mix(purpose * 0xD1B54A32D192ED03UL)));

    public ulong Next() => Mix(_state += 0x9E3779B97F4A7C15UL);

    /// <summary>A number from 0 to <paramref name="count"/> - 1.</summary>
    public int Below(int count) => (int)(((UInt128)Next() * (ulong)count) >> 64);

    /// <summary>A number in a range, both ends included.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>A number in [0, 1).</summary>
    public double Share() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(int percent) => Below(100) < percent;

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}

/// <summary>The dice where the domain wants a <see cref="Random"/>.</summary>
internal sealed class DiceRandom(Dice dice) : Random
{
    public override int Next(int maxValue) => dice.Below(maxValue);

    public override int Next() => dice.Below(int.MaxValue);

    public override int Next(int minValue, int maxValue) => minValue + dice.Below(maxValue - minValue);

    public override double NextDouble() => dice.Share();

    protected override double Sample() => dice.Share();
}
