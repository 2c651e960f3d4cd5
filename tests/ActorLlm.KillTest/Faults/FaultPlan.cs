namespace ActorLlm.KillTest.Faults;

/// <summary>One planned fault.</summary>
/// <param name="Gap">From the last kill, or from when all nodes were ready again if that was later, to this one.</param>
/// <param name="Victims">The numbers of the nodes to kill, from 1: one, or all.</param>
/// <param name="Downtimes">How long each victim stays down.</param>
internal sealed record Fault(TimeSpan Gap, IReadOnlyList<int> Victims, IReadOnlyList<TimeSpan> Downtimes);

/// <summary>Which nodes die when: the same for the same seed.</summary>
internal static class FaultPlan
{
    /// <summary>The second fault kills all nodes, so that a short run has one, and then each sixth.</summary>
    private const int AllEvery = 6;

    private const int FirstForAll = 1;

    /// <summary>The faults one after another, without end.</summary>
    public static IEnumerable<Fault> Make(int seed, int nodes)
    {
        var random = new Random(seed);
        for (var n = 0; ; n++)
        {
            var gap = Seconds(random, 5, 15);
            int[] victims = n % AllEvery == FirstForAll ? [.. Enumerable.Range(1, nodes)] : [random.Next(1, nodes + 1)];
            yield return new Fault(gap, victims, [.. victims.Select(_ => Seconds(random, 1, 10))]);
        }
    }

    private static TimeSpan Seconds(Random random, double least, double most) =>
        TimeSpan.FromMilliseconds(Math.Round(1000 * (least + ((most - least) * random.NextDouble()))));
}
