using System.Globalization;
using System.Text;
using ActorLlm.Testing;
using Npgsql;

namespace ActorLlm.HttpBench;

/// <summary>One request at a time, the subjects in turn, so that whatever else the machine does meets all of them alike.</summary>
internal static class Latency
{
    private const int Block = 250;
    private const string Portkey = "@portkey-ai/gateway";
    private const string NotStored = "ActorLlm, not stored";
    private const string AtOnce = "[[reply tokens=1]]";

    // The just-in-time compilers of .NET and of Node.js go on making hot code better for thousands of requests, on the cores that are measured.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(12);

    public static async Task<string> RunAsync(int requests, string only)
    {
        using var folder = new TempFolder();
        using var portkeyFolder = new TempFolder();
        bool Wanted(string name) => name.Contains(only, StringComparison.OrdinalIgnoreCase);
        var postgres = await TestPostgres.SharedAsync();
        await using var simulator = await SimulatorProcess.StartAsync();
        await using var nginx = await OtherServer.NginxAsync(simulator.Address, folder);
        await using var portkey = Wanted(Portkey) ? await OtherServer.PortkeyAsync(portkeyFolder) : null;
        var nodes = new List<NodeProcess>();
        try
        {
            var subjects = new List<Subject> { new("the model itself", Path(simulator.Address), false) };
            if (nginx is not null) subjects.Add(new("nginx", Path(nginx.Address), false));
            if (portkey is not null)
                subjects.Add(new(Portkey, Path(portkey.Address), false)
                {
                    Headers = new Dictionary<string, string>
                    {
                        ["x-portkey-provider"] = "openai",
                        ["x-portkey-custom-host"] = simulator.Endpoint.AbsoluteUri,
                        ["Authorization"] = "Bearer unused",
                    },
                });
            foreach (var durability in new[] { "None", "Batched", "EveryChunk" })
            {
                var (direct, stored) = (durability == "None" && Wanted(NotStored), $"ActorLlm, stored, stream {durability}");
                if (!direct && !Wanted(stored)) continue;
                var node = await NodeProcess.StartReadyAsync(Settings(await postgres.CreateDatabaseAsync(), simulator.Endpoint, durability));
                nodes.Add(node);
                if (direct) subjects.Add(new(NotStored, Path(node.Address), false));
                if (Wanted(stored)) subjects.Add(new(stored, Path(node.Address), true));
            }

            var plain = await MeasureAsync(subjects, requests, WholeAsync);
            var first = await MeasureAsync(subjects, requests, FirstTextAsync);
            var commit = await CommitsAsync(await postgres.CreateDatabaseAsync(), requests);
            return Table(subjects, plain, first, commit, only.Length > 0 ? $"--requests {requests} --subjects \"{only}\"" : $"--requests {requests}");
        }
        finally
        {
            foreach (var node in nodes) await node.DisposeAsync();
        }
    }

    internal static Dictionary<string, string> Settings(string database, Uri model, string durability) => new()
    {
        ["ActorLlm:Postgres"] = database,
        ["ActorLlm:Worker:StreamDurability"] = durability,
        ["ActorLlm:Worker:Concurrency"] = "4096",
        ["ActorLlm:Backends:model:Type"] = "OpenAI",
        ["ActorLlm:Backends:model:Endpoint"] = model.AbsoluteUri,
        ["ActorLlm:Backends:model:ApiKey"] = "unused",
        ["ActorLlm:Backends:model:Models:0"] = "simulator",
        ["ActorLlm:Backends:model:Concurrency"] = "4096",
    };

    internal static Uri Path(Uri address) => new(address, "v1/chat/completions");

    private static async Task<List<double>[]> MeasureAsync(List<Subject> subjects, int requests, Func<HttpClient, Subject, Task<double>> ask)
    {
        var times = subjects.Select(_ => new List<double>(requests)).ToArray();
        using var http = new HttpClient();
        var able = new bool[subjects.Count];
        for (var s = 0; s < subjects.Count; s++) able[s] = await WarmUpAsync(http, subjects[s], ask);

        for (var done = 0; done < requests; done += Block)
        {
            for (var s = 0; s < subjects.Count; s++)
            {
                for (var i = 0; able[s] && i < Block; i++) times[s].Add(await ask(http, subjects[s]));
            }
        }

        foreach (var list in times) list.Sort();
        return times;
    }

    /// <summary>Whether the subject answers at all: a server of others that does not is left out, and the table says so.</summary>
    private static async Task<bool> WarmUpAsync(HttpClient http, Subject subject, Func<HttpClient, Subject, Task<double>> ask)
    {
        try
        {
            var begun = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(begun) < WarmUp) await ask(http, subject);
            return true;
        }
        catch (InvalidOperationException failure) when (!subject.Name.StartsWith("ActorLlm", StringComparison.Ordinal))
        {
            Console.WriteLine(failure.Message);
            return false;
        }
    }

    private static async Task<double> WholeAsync(HttpClient http, Subject subject)
    {
        var begun = TimeProvider.System.GetTimestamp();
        using var request = subject.Request(AtOnce, stream: false);
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode || !text.Contains("simulator", StringComparison.Ordinal)) throw new InvalidOperationException($"{subject.Name}: {text}");
        return TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds;
    }

    private static async Task<double> FirstTextAsync(HttpClient http, Subject subject)
    {
        var begun = TimeProvider.System.GetTimestamp();
        using var request = subject.Request(AtOnce, stream: true);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        while (await lines.ReadLineAsync() is { } line)
        {
            if (!line.Contains("[simulator]", StringComparison.Ordinal)) continue;
            var took = TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds;
            // To the end, so that the connection can be used again.
            await lines.ReadToEndAsync();
            return took;
        }

        throw new InvalidOperationException($"{subject.Name} sent no text.");
    }

    /// <summary>What the database takes to make one small row durable: the least that storing a turn can add.</summary>
    private static async Task<List<double>> CommitsAsync(string database, int requests)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using (var create = source.CreateCommand("CREATE TABLE row (id bigserial PRIMARY KEY, bytes bytea)")) await create.ExecuteNonQueryAsync();
        await using var connection = await source.OpenConnectionAsync();
        await using var insert = new NpgsqlCommand("INSERT INTO row (bytes) VALUES ($1)", connection) { Parameters = { new() { Value = new byte[300] } } };
        await insert.PrepareAsync();
        var times = new List<double>(requests);
        for (var i = 0; i < requests; i++)
        {
            var begun = TimeProvider.System.GetTimestamp();
            await insert.ExecuteNonQueryAsync();
            times.Add(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);
        }

        times.Sort();
        return times;
    }

    private static string Table(List<Subject> subjects, List<double>[] plain, List<double>[] first, List<double> commit, string arguments)
    {
        var text = new StringBuilder();
        text.AppendLine("# What each way to the model adds").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Made by `./build.sh bench-http latency {arguments}`: one request at a time, over kept connections, the subjects in turn in blocks of {Block}, each after {WarmUp.TotalSeconds:0} s of such requests to warm up; the model is");
        text.AppendLine("the simulator behind HTTP, which answers at once with one token. In milliseconds; *added* is the difference to the model itself at the same percentile.").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"One commit of one small row to the same PostgreSQL takes {At(commit, 0.5):0.00} at p50 and {At(commit, 0.99):0.00} at p99.").AppendLine();
        foreach (var (title, times) in new[] { ("A whole reply", plain), ("The first text of a streamed reply", first) })
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"## {title}").AppendLine();
            text.AppendLine("| way | p50 | added p50 | p99 | added p99 | added p50 to nginx's |").AppendLine("|---|---|---|---|---|---|");
            var nginx = subjects.FindIndex(subject => subject.Name == "nginx");
            for (var s = 0; s < subjects.Count; s++)
            {
                if (times[s].Count == 0)
                {
                    text.AppendLine(CultureInfo.InvariantCulture, $"| {subjects[s].Name} | fails here | | | | |");
                    continue;
                }

                var ratio = nginx >= 0 && s > 0 ? ((At(times[s], 0.5) - At(times[0], 0.5)) / (At(times[nginx], 0.5) - At(times[0], 0.5))).ToString("0.0", CultureInfo.InvariantCulture) : "";
                text.AppendLine(CultureInfo.InvariantCulture,
                    $"| {subjects[s].Name} | {At(times[s], 0.5):0.00} | {At(times[s], 0.5) - At(times[0], 0.5):0.00} | {At(times[s], 0.99):0.00} | {At(times[s], 0.99) - At(times[0], 0.99):0.00} | {ratio} |");
            }

            text.AppendLine();
        }

        return text.ToString();
    }

    private static double At(List<double> sorted, double share) => sorted[(int)(share * (sorted.Count - 1))];
}
