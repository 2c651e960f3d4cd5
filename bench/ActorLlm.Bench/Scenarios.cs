using System.Globalization;
using System.Text;
using ActorLlm.Bench.Subjects;
using ActorLlm.Cli.Postgres;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ActorLlm.Bench;

internal sealed record BenchRequest(int Rounds, TimeSpan Duration, string Only, string Subjects);

/// <summary>One row of conditions under which all subjects run.</summary>
internal sealed record Scenario(string Name, bool Postgres, int Conversations, TimeSpan ServiceTime);

/// <summary>Runs the scenarios, their subjects in turn within each round, and writes the table of medians.</summary>
internal static class Scenarios
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    private static readonly Scenario[] All =
    [
        new("PostgreSQL, 500 conversations, T = 0", true, 500, TimeSpan.Zero),
        new("PostgreSQL, 100 conversations, T = 0.1 s +- 20%", true, 100, TimeSpan.FromSeconds(0.1)),
        new("SQLite, 500 conversations, T = 0", false, 500, TimeSpan.Zero),
    ];

    public static async Task<string> RunAsync(BenchRequest request)
    {
        var table = new StringBuilder();
        foreach (var scenario in All.Where(scenario => scenario.Name.Contains(request.Only, StringComparison.OrdinalIgnoreCase)))
            Write(table, scenario, await RunAsync(scenario, request));
        if ("resident memory".Contains(request.Only, StringComparison.OrdinalIgnoreCase)) table.Append(await ResidentMemory.MeasureAsync());
        return table.ToString();
    }

    private static async Task<List<(string Name, Measurement Median)>> RunAsync(Scenario scenario, BenchRequest request)
    {
        var folder = Directory.CreateTempSubdirectory("actorllm-bench-").FullName;
        await using var server = scenario.Postgres ? await PrivatePostgres.StartAsync(new PrivatePostgresOptions()) : null;
        var postgres = server is null ? null : new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = true }.ConnectionString;
        var database = new DatabaseCpu(postgres is null ? null : await PostmasterAsync(postgres));
        var results = new Dictionary<string, List<Measurement>>();
        var firstTurn = new Dictionary<string, int>();
        var service = new ServiceTime(scenario.ServiceTime);
        for (var round = 0; round < request.Rounds; round++)
        {
            foreach (var start in Starters(postgres, folder, service, request.Subjects))
            {
                await using var subject = await start();
                var measured = await ClosedLoop.RunAsync(subject, service, scenario.Conversations, WarmUp, request.Duration, database, firstTurn);
                Console.Error.WriteLine($"{scenario.Name}, round {round + 1}, {subject.Name}: {Line(measured)}");
                if (!results.TryGetValue(subject.Name, out var list)) results[subject.Name] = list = [];
                list.Add(measured);
            }
        }

        Directory.Delete(folder, recursive: true);
        return [.. results.Select(pair => (pair.Key, Median(pair.Value)))];
    }

    private static IEnumerable<Func<Task<ISubject>>> Starters(string? postgres, string folder, ServiceTime service, string only)
    {
        bool Wanted(string name) => name.Contains(only, StringComparison.OrdinalIgnoreCase);
        if (postgres is not null && Wanted("group-committed COPY")) yield return async () => await GroupCommitSubject.StartAsync(postgres, service);
        if (Wanted("naive persistent actor"))
        {
            yield return async () => postgres is not null
                ? await NaiveActorSubject.StartAsync("PostgreSQL.15", postgres, service)
                : await NaiveActorSubject.StartAsync(
                    "SQLite.MS", new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "naive.db") }.ToString(), service);
        }

        if (Wanted("ActorLlm"))
        {
            yield return async () => await ActorLlmSubject.StartAsync(
                options =>
                {
                    if (postgres is not null) options.Postgres = postgres;
                    else options.Sqlite = Path.Combine(folder, "actorllm.db");
                },
                service);
        }
    }

    private static async Task<int> PostmasterAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        // Cleaning up after one subject is not to be paid by the next.
        await using (var vacuum = new NpgsqlCommand("ALTER SYSTEM SET autovacuum = off", connection)) await vacuum.ExecuteNonQueryAsync();
        await using (var reload = new NpgsqlCommand("SELECT pg_reload_conf()", connection)) await reload.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
        var backend = (int)(await command.ExecuteScalarAsync())!;
        var stat = await File.ReadAllTextAsync($"/proc/{backend}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private static Measurement Median(List<Measurement> runs)
    {
        double Of(Func<Measurement, double> value) => runs.Select(value).Order().ElementAt(runs.Count / 2);
        return new Measurement(
            Of(run => run.TurnsPerSecond), Of(run => run.AddedP50Ms), Of(run => run.AddedP99Ms), Of(run => run.ProcessCpu), Of(run => run.DatabaseCpu));
    }

    private static void Write(StringBuilder table, Scenario scenario, List<(string Name, Measurement Median)> results)
    {
        var naive = results.FirstOrDefault(result => result.Name.StartsWith("naive", StringComparison.Ordinal)).Median;
        table.AppendLine(CultureInfo.InvariantCulture, $"## {scenario.Name}").AppendLine();
        table.AppendLine("| subject | turns/s | to naive | added p50 ms | to naive | added p99 ms | to naive | CPU s per 1000 turns, process + database | to naive |");
        table.AppendLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var (name, m) in results)
        {
            string Ratio(Func<Measurement, double> of) => naive is null ? "" : (of(m) / of(naive)).ToString("0.00", CultureInfo.InvariantCulture);
            table.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {name} | {m.TurnsPerSecond:0} | {Ratio(x => x.TurnsPerSecond)} | {m.AddedP50Ms:0.0} | {Ratio(x => x.AddedP50Ms)} | {m.AddedP99Ms:0.0} | {Ratio(x => x.AddedP99Ms)} | {m.ProcessCpu:0.000} + {m.DatabaseCpu:0.000} | {Ratio(x => x.ProcessCpu + x.DatabaseCpu)} |");
        }

        table.AppendLine();
    }

    private static string Line(Measurement m) => string.Create(
        CultureInfo.InvariantCulture,
        $"{m.TurnsPerSecond:0} turns/s, added p50 {m.AddedP50Ms:0.0} ms, p99 {m.AddedP99Ms:0.0} ms, CPU {m.ProcessCpu:0.000} + {m.DatabaseCpu:0.000} s per 1000");
}
