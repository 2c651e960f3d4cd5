using System.Globalization;
using System.Text;
using ActorLlm.Domain.Capacity;
using ActorLlm.Inspection;
using ActorLlm.Processes.Postgres;
using Npgsql;

namespace ActorLlm.Bench.Capacity;

/// <summary>The article's load: ten groups of places, so many turns a second, 0.1 s each.</summary>
/// <param name="ByWorkers">Whether a group is a worker node behind the dispatcher; else it is a backend with a line of its own.</param>
/// <param name="Rate">Turns a second for all groups together.</param>
/// <param name="Places">Places of each group.</param>
/// <param name="Constant">Whether all turns take equally long; else an exponential time.</param>
internal sealed record CapacityCase(bool ByWorkers, int Rate, int Places, bool Constant)
{
    public const int Groups = 10;

    public static readonly TimeSpan Service = TimeSpan.FromSeconds(0.1);

    public TimeSpan TargetWait { get; } = TimeSpan.FromSeconds(0.05);

    public string Name => string.Create(
        CultureInfo.InvariantCulture, $"{Groups} {(ByWorkers ? "workers" : "backends")} of {Places}, {Rate}/s, {(Constant ? "constant" : "exponential")} 0.1 s");
}

/// <summary>Holds what the cluster says of its load against what M/G/c says of it.</summary>
internal static class CapacityBench
{
    // What is shorter than this, in seconds, is that of a few messages between actors.
    private const double Comparable = 0.0001;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(12);

    private static readonly CapacityCase[] All =
    [
        new(ByWorkers: false, 1000, 13, Constant: true),
        new(ByWorkers: false, 1000, 15, Constant: false),
        new(ByWorkers: false, 2000, 26, Constant: true),
        new(ByWorkers: true, 1000, 16, Constant: true),
        new(ByWorkers: true, 60, 1, Constant: true),
    ];

    public static async Task<string> RunAsync(TimeSpan duration, string only)
    {
        var text = new StringBuilder().AppendLine(Header(duration));
        // Not counted: the runtime compiles the hot paths in it.
        await RunAsync(All[0], TimeSpan.Zero);
        foreach (var asked in All.Where(asked => asked.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            var row = await RunAsync(asked, duration);
            Console.Error.WriteLine(row);
            text.AppendLine(row);
        }

        return text.ToString();
    }

    private static async Task<string> RunAsync(CapacityCase asked, TimeSpan duration)
    {
        await using var server = await PrivatePostgres.StartAsync(new PrivatePostgresOptions());
        await using var cluster = await GroupCluster.StartAsync(asked, new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = true }.ConnectionString);
        var (seen, picture) = await new OpenLoop(asked.Rate, (random, number) => cluster.SendAsync(asked, random, number))
            .RunAsync(WarmUp, duration, () => cluster.Inspection.GetCapacityAsync());
        var stations = picture.Stations.Where(station => station.Backend is null == asked.ByWorkers).Select(station => station.Windows[0]).ToArray();
        return Row(asked, seen, stations);
    }

    private static string Row(CapacityCase asked, OpenLoopResult seen, WindowPicture[] stations)
    {
        double Mean(Func<WindowPicture, double> of) => stations.Sum(station => of(station) * station.Served) / stations.Sum(station => station.Served);
        var predicted = Mean(station => station.Model!.MeanWait ?? double.PositiveInfinity);
        var measured = Mean(station => station.WaitTime);
        // What each worker would have alone, were the turns dealt out blindly.
        var alone = asked.ByWorkers ? Ms(Mean(station => new QueueModel(station.ArrivalRate / CapacityCase.Groups, station.ServiceTime, station.Cv * station.Cv, asked.Places).MeanWait)) : "";
        var laws = stations.CountBy(station => station.Law.Verdict).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {asked.Name} | {stations.Sum(station => station.ArrivalRate):0} | {Mean(station => station.ServiceTime) * 1000:0.0} | {Mean(station => station.Cv):0.00} | {Mean(station => station.Model!.Utilisation):0.00} | {Ms(Mean(station => station.Model!.MeanWaitExponential ?? double.PositiveInfinity))} | {Ms(predicted)} | {alone} | {Ms(measured)} | {(predicted < Comparable ? "-" : (measured / predicted).ToString("0.00", CultureInfo.InvariantCulture))} | {stations.Sum(station => station.Law.Inside):0.0} = {stations.Sum(station => station.Law.Expected):0.0}, {string.Join(", ", laws)} | {Ms(seen.MeanSeconds)} | {Ms(seen.Latest)} |");
    }

    private static string Ms(double seconds) => (seconds * 1000).ToString(seconds < 0.001 ? "0.000" : "0.00", CultureInfo.InvariantCulture);

    private static string Header(TimeSpan duration) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        # Waiting as it was predicted and measured

        Made by `./build.sh capacity --seconds {duration.TotalSeconds:0}` on {Environment.ProcessorCount} cores with nothing else running: all nodes in one process, PostgreSQL with fsync beside it, turns that come at random (a Poisson
        process) whether earlier ones are answered or not. [docs/capacity.md](../docs/capacity.md) says what is compared and what deviates. R is by the second, all times are in
        milliseconds; R, T, its coefficient of variation and the wait are what `actorllm capacity` shows over a minute, backends averaged over the ten, and the models reckon with these measured values.

        | case | R | T | cv | used | W by M/M/c | W by M/G/c | W by M/G/c for each worker alone | W measured | measured / M/G/c | Little: L = R·W | mean time of a turn, as its sender saw it | longest that one was sent late |
        |---|---|---|---|---|---|---|---|---|---|---|---|---|
        """);
}
