using System.Globalization;
using System.Reflection;
using System.Text;
using ActorLlm.Chaos.Checking;
using ActorLlm.Chaos.Journal;

namespace ActorLlm.Chaos.Reporting;

/// <summary>A run as a page of Markdown.</summary>
internal static class Report
{
    private const int ViolationsShown = 20;
    private const int SlowTurnsShown = 5;

    // As stored; see FailureKind in src/ActorLlm.Domain.
    private static readonly string[] FailureKinds = ["unknown", "content", "provider", "worker lost", "interrupted", "deadline", "answer unusable", "no credit"];

    public static string Write(ChaosResult result)
    {
        var page = new StringBuilder();
        page.AppendLine("# Chaos run").AppendLine();
        Setting(page, result);
        page.AppendLine().AppendLine($"**{Headline(result)}**").AppendLine();
        Figures(page, result);
        page.AppendLine();
        FailoverTable(page, result);
        page.AppendLine();
        SlowestTable(page, result);
        Violations(page, result.Verdict);
        return page.ToString();
    }

    /// <summary>The result in one line.</summary>
    public static string Headline(ChaosResult result)
    {
        var verdict = result.Verdict;
        var counts = $"lost {verdict.Count(ViolationKind.Lost)}, duplicated {verdict.Count(ViolationKind.Duplicated)}, "
            + $"reordered {verdict.Count(ViolationKind.Reordered)}, stale {verdict.Count(ViolationKind.Stale)}, unexpected {verdict.Count(ViolationKind.Unexpected)}";
        if (result.Trouble is { } trouble)
            counts += $"; ended early: {trouble}";
        return result.Shortcoming is { } shortcoming ? $"{counts}; but this run proves nothing: {shortcoming}" : counts;
    }

    private static void Setting(StringBuilder page, ChaosResult result)
    {
        var options = result.Options;
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30);
        page.AppendLine($"- Command: `{options.CommandLine}`");
        page.AppendLine($"- Commit: {Commit()}");
        if (options.Cluster is not null)
        {
            page.AppendLine(Invariant($"- Cluster: {options.Nodes} nodes that were there before. Times in its journal, which its nodes wrote, were not held against the clients'"));
            page.AppendLine(result.HasSimulatedModel
                ? "- Model: the simulator; every reply was held against its answer to the history before it"
                : "- Model: not the simulator, so no reply was held against what the model must have answered");
            return;
        }
        if (options.From is { } from)
            page.AppendLine($"- Versions: the nodes began as {System.Diagnostics.FileVersionInfo.GetVersionInfo(from).ProductVersion}; each round made them the other one, node by node");
        page.AppendLine(Invariant($"- Machine: {Environment.ProcessorCount} cores, {memory:0} GiB; all of it ({options.Nodes} nodes, PostgreSQL with fsync, the simulated model, the clients) on it"));
    }

    private static void Figures(StringBuilder page, ChaosResult result)
    {
        var clients = result.Clients;
        var committed = result.Count(EventKind.Committed);
        var attended = clients.Turns.Where(turn => turn is { Unattended: false, Settled: not null });
        var latency = new Spread(attended.Select(turn => turn.Settled!.Value - turn.FirstSent!.Value));
        page.AppendLine("| what | figure |").AppendLine("|---|---|");
        Row("turns sent", clients.Turns.Count);
        Row("conversations", clients.Turns.DistinctBy(turn => turn.Conversation).Count());
        Row("accepted in the journal", result.Count(EventKind.Accepted));
        Row("replies committed", committed);
        Row("turns failed or cancelled", result.Count(EventKind.Failed) + result.Count(EventKind.Cancelled));
        Row("turns whose client left until the end", clients.Turns.Count(turn => turn.Unattended));
        Row("replies asked for again", clients.Turns.Sum(turn => turn.AskedAgain));
        foreach (var kind in result.Journal.Where(e => e.Kind == EventKind.AttemptFailed).CountBy(e => e.Failure).OrderBy(kind => kind.Key))
            Row($"attempts failed: {FailureKinds.ElementAtOrDefault(kind.Key) ?? $"kind {kind.Key}"}", kind.Value);
        if (result.Servers.Calls is { } calls)
        {
            Row("model calls begun / answered", $"{calls.Started} / {calls.Completed}");
            Row("model calls per committed reply", Invariant($"{(double)calls.Started / Math.Max(1, committed):0.000}"));
            Row("model calls beyond the attempts in the journal", result.UnexplainedCalls(calls));
            var spent = Spending.Of(result.Journal, calls, new ReplyOracle());
            Row("model calls beyond the first per committed turn, those answered with an error left out", spent.FurtherCalls);
            Row("tokens spent twice (a call that broke off counted as whole) / in all committed turns", $"{spent.FurtherTokens} / {spent.Tokens}");
        }
        if (result.Servers.CommitsLost is { } commits)
            Row("answers to commits kept from the nodes", commits);
        Row("faults", clients.Faults.Count);
        if (clients.MissedFaults > 0)
            Row("faults whose step did not come, not counted", clients.MissedFaults);
        foreach (var exit in result.Servers.EndedByThemselves.CountBy(code => code).OrderBy(exit => exit.Key))
            Row(Invariant($"nodes that ended by themselves with exit code {exit.Key}, and started again"), exit.Value);
        foreach (var retry in clients.Retries.OrderBy(retry => retry.Key, StringComparer.Ordinal))
            Row($"requests sent again: {retry.Key}", retry.Value);
        Row("whole turn as a client sees it, p50 / p99 / max", Invariant($"{latency.Percentile(0.5):0.0} / {latency.Percentile(0.99):0.0} / {latency.Percentile(1):0.0} s"));
        Row("last outcome after the end of the faults", Invariant($"{result.Healing.TotalSeconds:0.0} s"));

        void Row(string what, object figure) => page.AppendLine(Invariant($"| {what} | {figure} |"));
    }

    private static void FailoverTable(StringBuilder page, ChaosResult result)
    {
        var faults = result.Clients.Faults;
        var failover = result.Failover;
        page.AppendLine("Seconds from the beginning of a fault to the outcome of turns that were unfinished then (the model takes 0.2 to 2 s of it, and the fault");
        page.AppendLine("lasts for a while). Hit: a request or an attempt of the turn failed. Turns still unfinished at the next fault are counted apart.").AppendLine();
        page.AppendLine("| fault | times | met by the next | turns | p50 | p99 | max | turns hit | p50 | p99 | max |").AppendLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var kind in faults.GroupBy(fault => fault.Kind).OrderBy(kind => kind.Key, StringComparer.Ordinal))
            page.AppendLine($"| {kind.Key} | {kind.Count()} | {failover.MetByNext(kind)} | {failover.OfAll(kind).Cells()} | {failover.OfHit(kind).Cells()} |");
        page.AppendLine().AppendLine("| fault | at | kind | of | unfinished | hit | undone after s | ready after s | hit p50 | hit max | met by the next |").AppendLine("|---|---|---|---|---|---|---|---|---|---|---|");
        var number = 0;
        foreach (var fault in faults)
        {
            var hit = failover.OfHit([fault]);
            page.AppendLine(Invariant($"| {++number} | {fault.At:HH:mm:ss} | {fault.Kind} | {fault.Target} | {fault.Unfinished.Count} | {hit.Count} | {fault.HealedAfter.TotalSeconds:0.0} | {fault.ReadyAfter.TotalSeconds:0.0} | {hit.Percentile(0.5):0.0} | {hit.Percentile(1):0.0} | {failover.MetByNext([fault])} |"));
        }
    }

    /// <summary>Where the time of the slowest turns went: before the acceptance, before the last attempt, or after the commit.</summary>
    private static void SlowestTable(StringBuilder page, ChaosResult result)
    {
        var events = result.Journal.ToLookup(e => e.Turn);
        page.AppendLine("| slowest turns | sent at | accepted s | attempts failed s | committed s | seen s | requests failed s |").AppendLine("|---|---|---|---|---|---|---|");
        foreach (var turn in result.Clients.Turns.Where(turn => turn is { Unattended: false, Settled: not null })
            .OrderByDescending(turn => turn.Settled - turn.FirstSent).Take(SlowTurnsShown))
        {
            page.AppendLine(Invariant($"| {turn.Key} | {turn.FirstSent:HH:mm:ss} | {At(EventKind.Accepted)} | {At(EventKind.AttemptFailed)} | {At(EventKind.Committed)} | {Since(turn.Settled!.Value)} | {string.Join(", ", turn.Failures.Select(Since))} |"));

            string At(EventKind kind) => string.Join(", ", events[turn.Key].Where(e => e.Kind == kind).Select(e => Since(e.At)));
            string Since(DateTimeOffset at) => Invariant($"{(at - turn.FirstSent!.Value).TotalSeconds:0.0}");
        }
    }

    private static void Violations(StringBuilder page, Verdict verdict)
    {
        if (verdict.Holds)
            return;
        page.AppendLine().AppendLine("## Violations").AppendLine();
        foreach (var violation in verdict.Violations.Take(ViolationsShown))
            page.AppendLine($"- {violation}");
        if (verdict.Violations.Count > ViolationsShown)
            page.AppendLine($"- and {verdict.Violations.Count - ViolationsShown} more");
    }

    /// <summary>The commit that this program was built from, as the SDK writes it into the version after a plus sign.</summary>
    internal static string Commit()
    {
        var version = typeof(Report).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        var plus = version.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? "unknown" : version[(plus + 1)..];
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
