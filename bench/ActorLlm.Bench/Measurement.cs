using System.Diagnostics;

namespace ActorLlm.Bench;

/// <summary>What one run of one subject gave.</summary>
/// <param name="TurnsPerSecond">Durable turns per second.</param>
/// <param name="AddedP50Ms">Median of a turn's time beyond the model's.</param>
/// <param name="AddedP99Ms">99th percentile of it.</param>
/// <param name="ProcessCpu">CPU seconds of this process per 1000 turns.</param>
/// <param name="DatabaseCpu">CPU seconds of the database server per 1000 turns; 0 for SQLite, which runs in the process.</param>
internal sealed record Measurement(double TurnsPerSecond, double AddedP50Ms, double AddedP99Ms, double ProcessCpu, double DatabaseCpu);

/// <summary>A closed loop: every conversation sends its next turn when the last one is durable.</summary>
internal static class ClosedLoop
{
    public static async Task<Measurement> RunAsync(
        ISubject subject, ServiceTime service, Scenario scenario, TimeSpan warmUp, TimeSpan duration, DatabaseCpu database, Dictionary<string, int> firstTurn)
    {
        // A conversation goes on where it ended in an earlier round: its turn numbers are its keys.
        var start = firstTurn.GetValueOrDefault(subject.Name);
        var watch = Stopwatch.StartNew();
        var loops = Enumerable.Range(0, scenario.Conversations)
            .Select(i => Task.Run(() => LoopAsync(subject, service, scenario, i, start, watch, warmUp, warmUp + duration))).ToArray();
        await Task.Delay(warmUp);
        var process = Process.GetCurrentProcess().TotalProcessorTime;
        var server = database.Read();
        await Task.Delay(duration);
        var processUsed = Process.GetCurrentProcess().TotalProcessorTime - process;
        var serverUsed = database.Read() - server;
        var results = await Task.WhenAll(loops);
        firstTurn[subject.Name] = results.Max(result => result.NextTurn);
        var added = results.SelectMany(result => result.AddedMs).Order().ToArray();
        return new Measurement(
            added.Length / duration.TotalSeconds,
            added[added.Length / 2],
            added[added.Length * 99 / 100],
            processUsed.TotalSeconds * 1000 / added.Length,
            serverUsed.TotalSeconds * 1000 / added.Length);
    }

    private static async Task<(List<double> AddedMs, int NextTurn)> LoopAsync(
        ISubject subject, ServiceTime service, Scenario scenario, int loop, int turn, Stopwatch watch, TimeSpan from, TimeSpan to)
    {
        var added = new List<double>();
        while (watch.Elapsed < to)
        {
            var conversation = scenario.AlwaysNew ? turn * scenario.Conversations + loop : loop;
            var started = watch.Elapsed;
            await subject.TurnAsync(conversation, turn);
            var ended = watch.Elapsed;
            if (ended >= from && ended < to) added.Add((ended - started - service.Of(conversation, turn)).TotalMilliseconds);
            turn++;
        }

        return (added, turn);
    }
}

/// <summary>CPU time of a PostgreSQL server and all its processes, ended ones included, read from /proc.</summary>
internal sealed class DatabaseCpu(int? serverProcess)
{
    private const double TicksPerSecond = 100;

    public TimeSpan Read()
    {
        if (serverProcess is not { } server) return TimeSpan.Zero;
        double ticks = 0;
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            if (!TryReadStat(folder, out var fields)) continue;
            var isServer = Path.GetFileName(folder) == server.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (isServer) ticks += Sum(fields, 11, 4);
            else if (int.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture) == server) ticks += Sum(fields, 11, 2);
        }

        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    // Fields after the command name, which may hold spaces: state, ppid, ...; 11 to 14 are utime, stime, cutime, cstime.
    private static bool TryReadStat(string folder, out string[] fields)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return true;
        }
        catch (IOException)
        {
            // The process ended meanwhile.
            fields = [];
            return false;
        }
    }

    private static double Sum(string[] fields, int from, int count) =>
        fields.Skip(from).Take(count).Sum(field => double.Parse(field, System.Globalization.CultureInfo.InvariantCulture));
}
