using System.Globalization;
using System.Text;
using ActorLlm.Bench.Subjects;
using ActorLlm.Processes.Postgres;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ActorLlm.Bench;

internal sealed record BenchRequest(int Rounds, TimeSpan Duration, string Only, string Subjects, bool Telemetry);

/// <summary>One row of conditions under which all subjects run.</summary>
internal sealed record Scenario(string Name, bool Postgres, int Conversations, TimeSpan ServiceTime)
{
    /// <summary>Every turn is the first one of a new conversation, as of clients that keep the history themselves.</summary>
    public bool AlwaysNew { get; init; }
}

/// <summary>Runs the scenarios, their subjects in turn within each round, and writes the table of medians.</summary>
internal static class Scenarios
{
    private const string Limit = "group-committed COPY";
    private const string Naive = "naive persistent actor";
    private const string Product = "ActorLlm";

    // With the share of turns that are traced, beside metrics; null for no telemetry at all.
    private static readonly (string Name, double? Traced)[] Listened =
        [(Product, null), ($"{Product}, metrics", 0), ($"{Product}, metrics and 1% of traces", 0.01), ($"{Product}, metrics and all traces", 1)];

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    private static readonly Scenario[] All =
    [
        new("PostgreSQL, 500 conversations, T = 0", true, 500, TimeSpan.Zero),
        new("PostgreSQL, 100 conversations, T = 0.1 s +- 20% (1000/s)", true, 100, TimeSpan.FromSeconds(0.1)),
        new("PostgreSQL, 200 conversations, T = 0.1 s +- 20% (2000/s)", true, 200, TimeSpan.FromSeconds(0.1)),
        new("PostgreSQL, 500 at once, each turn a new conversation, T = 0", true, 500, TimeSpan.Zero) { AlwaysNew = true },
        new("SQLite, 500 conversations, T = 0", false, 500, TimeSpan.Zero),
    ];

    public static async Task<string> RunAsync(BenchRequest request)
    {
        var table = new StringBuilder().AppendLine(Header(request));
        foreach (var scenario in All.Where(scenario => scenario.Name.Contains(request.Only, StringComparison.OrdinalIgnoreCase)))
            Write(table, scenario, await RunAsync(scenario, request), request.Telemetry ? ("without", Product) : ("naive", Naive));
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
        // Round 0 is not counted: the runtime compiles the hot paths of every subject in it.
        for (var round = 0; round <= request.Rounds; round++)
        {
            foreach (var start in Starters(postgres, folder, service, request))
            {
                await using var subject = await start();
                var measured = await ClosedLoop.RunAsync(subject, service, scenario, WarmUp, request.Duration, database, firstTurn);
                Console.Error.WriteLine($"{scenario.Name}, round {round}, {subject.Name}: {Line(measured)}");
                if (round == 0) continue;
                if (!results.TryGetValue(subject.Name, out var list)) results[subject.Name] = list = [];
                list.Add(measured);
            }
        }

        Directory.Delete(folder, recursive: true);
        return [.. results.Select(pair => (pair.Key, Median(pair.Value)))];
    }

    private static IEnumerable<Func<Task<ISubject>>> Starters(string? postgres, string folder, ServiceTime service, BenchRequest request)
    {
        bool Wanted(string name) => !request.Telemetry && name.Contains(request.Subjects, StringComparison.OrdinalIgnoreCase);
        if (postgres is not null && Wanted(Limit)) yield return async () => await GroupCommitSubject.StartAsync(postgres, service);
        if (Wanted(Naive))
        {
            yield return async () => postgres is not null
                ? await NaiveActorSubject.StartAsync("PostgreSQL.15", postgres, service)
                : await NaiveActorSubject.StartAsync(
                    "SQLite.MS", new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "naive.db") }.ToString(), service);
        }

        foreach (var (name, traced) in request.Telemetry ? Listened : Wanted(Product) ? Listened[..1] : [])
        {
            yield return async () => await ActorLlmSubject.StartAsync(
                name,
                traced,
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

    private static void Write(StringBuilder table, Scenario scenario, List<(string Name, Measurement Median)> results, (string Word, string Name) reference)
    {
        var compared = results.FirstOrDefault(result => result.Name == reference.Name).Median;
        var limit = results.FirstOrDefault(result => result.Name == Limit).Median;
        table.AppendLine(CultureInfo.InvariantCulture, $"## {scenario.Name}").AppendLine();
        var to = $"to {reference.Word}";
        table.AppendLine(CultureInfo.InvariantCulture, $"| subject | turns/s | {to} | added p50 ms | {to} | added p99 ms | {to} | CPU s per 1000 turns, process + database | {to} |");
        table.AppendLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var (name, m) in results)
        {
            string Ratio(Func<Measurement, double> of) => compared is null ? "" : (of(m) / of(compared)).ToString("0.00", CultureInfo.InvariantCulture);
            table.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {name} | {m.TurnsPerSecond:0} | {Ratio(x => x.TurnsPerSecond)} | {m.AddedP50Ms:0.0} | {Ratio(x => x.AddedP50Ms)} | {m.AddedP99Ms:0.0} | {Ratio(x => x.AddedP99Ms)} | {m.ProcessCpu:0.000} + {m.DatabaseCpu:0.000} | {Ratio(x => x.ProcessCpu + x.DatabaseCpu)} |");
        }

        table.AppendLine();
        if (limit is not null && results.FirstOrDefault(result => result.Name == Product).Median is { } product)
            table.AppendLine(CultureInfo.InvariantCulture, $"ActorLlm reaches {product.TurnsPerSecond / limit.TurnsPerSecond:0.00} of the turns/s of {Limit}.").AppendLine();
    }

    private static string Header(BenchRequest request)
    {
        var made = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            # Benchmark

            Made by `./build.sh bench{(request.Telemetry ? " --telemetry" : "")}{(request.Only.Length > 0 ? $" --only \"{request.Only}\"" : "")} --rounds {request.Rounds} --seconds {request.Duration.TotalSeconds:0}` on {Environment.ProcessorCount} cores: medians of interleaved
            rounds, one process, closed loop; a turn is 200 bytes in, 200 bytes out, and two durable rows. PostgreSQL with fsync. The ratios to {(request.Telemetry ? "the product without telemetry" : "the naive actor")}
            in the same run are the result; absolute figures are this machine's. "Added" is a turn's time beyond the model's.

            """);
        return made + (request.Telemetry
            ? $"""

            - **{Product}**: nobody listens.
            - The others: everything is measured, and the given share of turns is traced (a turn is five spans), and sent by OTLP every 5 s to a collector in the same process.

            """
            : $"""

            - **{Limit}**: hand-written inserts of the same two rows by one writer, and nothing else: the limit.
            - **{Naive}**: what a first version with Akka.NET looks like: a sharded persistent actor with stock settings. No dedupe, no redelivery, no
              routing, no recovery of what was running.
            - **{Product}**: the product as an application embeds it, with every promise on.

            """);
    }

    private static string Line(Measurement m) => string.Create(
        CultureInfo.InvariantCulture,
        $"{m.TurnsPerSecond:0} turns/s, added p50 {m.AddedP50Ms:0.0} ms, p99 {m.AddedP99Ms:0.0} ms, CPU {m.ProcessCpu:0.000} + {m.DatabaseCpu:0.000} s per 1000");
}
