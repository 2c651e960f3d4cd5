using System.Globalization;
using System.Text.Json;
using ActorLlm.Inspection;
using ActorLlm.Inspection.Text;

namespace ActorLlm.Cli.Load;

/// <summary>What was measured.</summary>
/// <param name="Concurrency">How many were under way at once.</param>
/// <param name="Turns">The turns.</param>
/// <param name="Direct">The same load on the backend itself; null where it was not asked for.</param>
internal sealed record BenchResult(int Concurrency, Figures Turns, Figures? Direct)
{
    public string ToJson() => JsonSerializer.Serialize(this, AdminApi.Json);

    public string ToText()
    {
        var table = new Table(
            new Column(""), new Column("CALLS", Right: true), new Column("FAILED", Right: true), new Column("PER SECOND", Right: true),
            new Column("P50", Right: true), new Column("P95", Right: true), new Column("P99", Right: true), new Column("LONGEST", Right: true));
        table.Add(Row("turns", Turns));
        if (Direct is not null)
        {
            table.Add(Row("direct calls", Direct));
            table.Add(
                new TextRun("ratio"), new TextRun(""), new TextRun(""), Ratio(Turns.PerSecond, Direct.PerSecond), Ratio(Turns.P50Ms, Direct.P50Ms),
                Ratio(Turns.P95Ms, Direct.P95Ms), Ratio(Turns.P99Ms, Direct.P99Ms), Ratio(Turns.MaxMs, Direct.MaxMs));
        }

        var page = new Page([.. table.Lines(), .. Turns.Failures.Concat(Direct?.Failures ?? []).Select(failure => TextLine.Of($"failed: {failure}"))]);
        return $"{Concurrency} at once\n\n{page}".TrimEnd();
    }

    private static TextRun[] Row(string name, Figures figures) =>
    [
        new(name), new($"{figures.Calls}"), new($"{figures.Failed}"), new(figures.PerSecond.ToString("0.0", CultureInfo.InvariantCulture)),
        Latency(figures, figures.P50Ms), Latency(figures, figures.P95Ms), Latency(figures, figures.P99Ms), Latency(figures, figures.MaxMs),
    ];

    private static TextRun Latency(Figures figures, double milliseconds) => new(figures.Calls == 0 ? "-" : Times.Duration(TimeSpan.FromMilliseconds(milliseconds)));

    private static TextRun Ratio(double turns, double direct) => new(direct > 0 ? (turns / direct).ToString("0.00", CultureInfo.InvariantCulture) : "-");
}

/// <summary>Calls of one kind.</summary>
/// <param name="Calls">Those that succeeded.</param>
/// <param name="Failed">Those that failed.</param>
/// <param name="PerSecond">Those that succeeded, per second.</param>
/// <param name="P50Ms">Median latency in milliseconds.</param>
/// <param name="P95Ms">The latency that 95% do not exceed, in milliseconds.</param>
/// <param name="P99Ms">The latency that 99% do not exceed, in milliseconds.</param>
/// <param name="MaxMs">The longest, in milliseconds.</param>
/// <param name="Failures">Some of the reasons of those that failed, each once.</param>
internal sealed record Figures(int Calls, int Failed, double PerSecond, double P50Ms, double P95Ms, double P99Ms, double MaxMs, IReadOnlyList<string> Failures)
{
    private const int FailuresShown = 5;

    public static Figures Of(IReadOnlyCollection<TimeSpan> latencies, IReadOnlyCollection<string> failures, TimeSpan took)
    {
        double[] sorted = [.. latencies.Select(latency => latency.TotalMilliseconds).Order()];
        return new Figures(
            sorted.Length, failures.Count, sorted.Length / took.TotalSeconds, Percentile(sorted, 0.5), Percentile(sorted, 0.95), Percentile(sorted, 0.99), Percentile(sorted, 1),
            [.. failures.Distinct().Take(FailuresShown)]);
    }

    /// <summary>The smallest value that at least this share of all values does not exceed (nearest rank); 0 of nothing.</summary>
    private static double Percentile(double[] sorted, double share) => sorted.Length == 0 ? 0 : sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
}
