using ActorLlm.Simulation.Canaries;
using ActorLlm.Simulation.Plans;

namespace ActorLlm.Simulation.Running;

/// <summary>What is left of a failing plan: it still breaks the same rule, and with one item less it does not.</summary>
internal sealed record Shrunk(Plan Plan, IReadOnlyList<int> Items, SeedResult Result);

/// <summary>
/// Makes a failing plan smaller: leaves out halves, quarters and at last single faults and steps, for as long as the same rule is broken (the
/// "ddmin" of Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE TSE 28(2), 2002).
/// </summary>
internal static class Shrinker
{
    public static Shrunk Shrink(Plan plan, Canary canary = Canary.None)
    {
        var result = SeedRun.Run(plan, canary);
        if (result.Violations.Count == 0) throw new ArgumentException($"Seed {plan.Seed} breaks nothing; only a failing plan can be made smaller.", nameof(plan));
        var rule = result.Violations[0].Rule;
        List<int> items = [.. Enumerable.Range(0, plan.Items)];
        for (var size = Math.Max(1, items.Count / 2); ;)
        {
            if (TryDrop(plan, canary, rule, size, ref items, ref result)) continue;
            if (size == 1) return new Shrunk(plan.With(items), items, result);
            size = Math.Max(1, size / 2);
        }
    }

    private static bool TryDrop(Plan plan, Canary canary, string rule, int size, ref List<int> items, ref SeedResult result)
    {
        for (var from = 0; from < items.Count; from += size)
        {
            List<int> fewer = [.. items[..from], .. items[Math.Min(items.Count, from + size)..]];
            var tried = SeedRun.Run(plan.With(fewer), canary);
            if (tried.Violations.Count == 0 || tried.Violations[0].Rule != rule) continue;
            (items, result) = (fewer, tried);
            return true;
        }

        return false;
    }
}
