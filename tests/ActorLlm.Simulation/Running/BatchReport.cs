using System.Globalization;
using System.Reflection;
using System.Text;
using ActorLlm.Simulation.Canaries;
using ActorLlm.Simulation.Plans;
using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Running;

/// <summary>The report of many seeds, in Markdown.</summary>
internal static class BatchReport
{
    private const string Scope = """
        ## What a run is

        Two to four nodes on virtual time with one to six conversations, callers that submit, repeat, reuse ids, cancel, acknowledge and read, a model,
        a database and a network. The domain is the real one (decider, evolve, supervision, worker table, backoff, unfinished index, reply
        stream), and every snapshot, and in one run of sixteen every message and event, goes through the real serializer. The actors around it
        are mirrored, each by a small party that names its shell; Akka's membership, sharding and singleton by one party. The seed decides
        everything: `--seed N --trace` tells a run again, step by step, and a run that fails is made as small as it can be.

        ## What is not covered

        The actors' own code, Akka.NET, PostgreSQL and the HTTP face: the kill test runs those. Clocks of nodes do not jump. A database never
        loses what it committed. Replies longer than the history that a conversation keeps, and the forgetting of turns after days, need longer
        runs than these.

        """;

    public static string Write(SimulateOptions options, BatchResult result, CanaryTable? canaries)
    {
        var page = new StringBuilder();
        void Line(FormattableString text) => page.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

        var defect = options.Canary == Canary.None ? "" : $" --canary {options.Canary}";
        Line($"# Simulation");
        Line($"");
        Line($"- Command: `./build.sh simulate --first {options.First} --seeds {options.Seeds} --parallel {options.Parallel}{defect}`");
        Line($"- Commit: {Commit()}");
        Line($"- Machine: {Environment.ProcessorCount} cores");
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
        if (canaries is null) return page.ToString();
        Line($"");
        Line($"## Canaries");
        Line($"");
        Line($"Deliberate defects, each with the first seed that catches it and passes without it, and the time to find it.");
        Line($"");
        page.Append(canaries.Text).Append('\n').Append(Scope.ReplaceLineEndings("\n").TrimEnd()).Append('\n');
        return page.ToString();
    }

    private static string Commit()
    {
        var version = typeof(BatchReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        var plus = version.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? "unknown" : version[(plus + 1)..];
    }

    private static string Words(string name)
    {
        var words = new StringBuilder();
        foreach (var letter in name) words.Append(char.IsUpper(letter) && words.Length > 0 ? " " : "").Append(char.ToLowerInvariant(letter));
        return words.ToString();
    }
}
