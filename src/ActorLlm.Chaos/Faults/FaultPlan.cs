namespace ActorLlm.Chaos.Faults;

/// <summary>Which fault comes when: the same for the same seed and the same kinds.</summary>
internal static class FaultPlan
{
    private const double LeastGap = 3;
    private const double MostGap = 12;

    /// <summary>
    /// The faults one after another, without end: one of each kind first, so that a run of some minutes has them all, then drawn by their weights.
    /// </summary>
    /// <param name="seed">Of the order, the times and all that the faults themselves leave to chance.</param>
    /// <param name="kinds">The kinds asked for, at least one.</param>
    public static IEnumerable<PlannedFault> Make(int seed, IReadOnlyList<FaultKind> kinds)
    {
        var random = new Random(seed);
        var first = kinds.ToArray();
        random.Shuffle(first);
        for (var n = 0; ; n++)
        {
            var kind = n < first.Length ? first[n] : Draw(kinds, random);
            yield return new PlannedFault(
                kind, Seconds(random, LeastGap, MostGap), Seconds(random, kind.Lengths.Least, kind.Lengths.Most), random.Next());
        }
    }

    private static FaultKind Draw(IReadOnlyList<FaultKind> kinds, Random random)
    {
        var left = random.Next(kinds.Sum(kind => kind.Weight));
        return kinds.First(kind => (left -= kind.Weight) < 0);
    }

    private static TimeSpan Seconds(Random random, double least, double most) =>
        TimeSpan.FromMilliseconds(Math.Round(1000 * (least + ((most - least) * random.NextDouble()))));
}
