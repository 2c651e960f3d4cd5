using System.Globalization;
using System.Text;
using ActorLlm.Simulation.Canaries;
using ActorLlm.Simulation.Plans;
using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Running;

/// <summary>The report of many seeds, in Markdown.</summary>
internal static class BatchReport
{
    public static string Write(SimulateOptions options, BatchResult result)
    {
        var page = new StringBuilder();
        void Line(FormattableString text) => page.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

        var defect = options.Canary == Canary.None ? "" : $" --canary {options.Canary}";
        Line($"# Simulation");
        Line($"");
        Line($"- Command: `./build.sh simulate --first {options.First} --seeds {options.Seeds} --parallel {options.Parallel}{defect}`");
        Line($"- {result.Took.TotalSeconds:0} s, {result.SeedsPerSecond:0} seeds/s; {(double)result.Deliveries / Math.Max(1, result.Seeds):0} deliveries and {result.VirtualMs / 1000.0 / Math.Max(1, result.Seeds):0.0} virtual s in a run");
        Line($"- Everything must be terminal {World.BoundMs / 1000} virtual s after the faults ended; the longest run took {result.LongestHealMs / 1000.0:0.0} s");
        Line($"");
        Line($"**{result.Seeds - result.Failures.Count} seeds passed, {result.Failures.Count} failed**");
        Line($"");
        Line($"| fault injected | times |");
        Line($"|---|---|");
        foreach (var kind in Enum.GetValues<FaultKind>()) Line($"| {Words(kind.ToString())} | {result.Counts[kind]} |");
        Line($"");
        Line($"| what happened | times |");
        Line($"|---|---|");
        foreach (var happening in Enum.GetValues<Happening>()) Line($"| {Words(happening.ToString())} | {result.Counts[happening]} |");
        return page.ToString();
    }

    private static string Words(string name)
    {
        var words = new StringBuilder();
        foreach (var letter in name) words.Append(char.IsUpper(letter) && words.Length > 0 ? " " : "").Append(char.ToLowerInvariant(letter));
        return words.ToString();
    }
}
