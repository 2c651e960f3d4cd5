using System.Diagnostics;
using System.Net;
using ActorLlm.Processes;
using ActorLlm.Testing;
using Npgsql;

namespace ActorLlm.Node.Tests;

/// <summary>Three real nodes on one database, for each way in which a node may find whom to join.</summary>
public sealed class DiscoveryTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData("Database", null)]
    [InlineData("Seeds", "Seeds")]
    [InlineData("Dns", "DnsNames")]
    [InlineData("Config", "Endpoints")]
    public async Task Three_nodes_that_start_together_are_one_cluster(string method, string? key)
    {
        var database = await (await TestPostgres.SharedAsync()).CreateDatabaseAsync();
        var ports = LoopbackPorts.Free(3);
        // localhost is a name that DNS, or the file before it, has addresses for.
        var names = string.Join(", ", ports.Select(port => $"{(method == "Dns" ? "localhost" : "127.0.0.1")}:{port}"));
        var nodes = ports.Select(port => Start(database, port, method, key, names)).ToArray();
        try
        {
            await Task.WhenAll(nodes.Select(node => node.WaitReadyAsync()));
            // A node's word in the database: three nodes that each see three are one cluster.
            await UntilAsync("each node sees three members", async () => (await SeenAsync(database)).Order().SequenceEqual([3, 3, 3]));
        }
        finally
        {
            await Task.WhenAll(nodes.Select(node => node.DisposeAsync().AsTask()));
        }
    }

    [Theory]
    [InlineData("Seeds", "Seeds", "127.0.0.1:{0}")]
    [InlineData("Dns", "DnsNames", "no-such-name.invalid:{0}")]
    [InlineData("Config", "Endpoints", "127.0.0.1:{0}")]
    public async Task A_node_that_finds_none_of_the_living_nodes_forms_no_cluster_and_says_what_it_looked_for(string method, string key, string name)
    {
        var database = await (await TestPostgres.SharedAsync()).CreateDatabaseAsync();
        var ports = LoopbackPorts.Free(3);
        await using var living = Start(database, ports[0], method, key, $"127.0.0.1:{ports[0]}");
        await living.WaitReadyAsync();
        var elsewhere = string.Format(System.Globalization.CultureInfo.InvariantCulture, name, ports[2]);

        await using var lost = Start(database, ports[1], method, key, elsewhere);

        await UntilAsync("it says so", () => Task.FromResult(lost.Output.Any(line =>
            line.Contains($"The database knows the nodes 127.0.0.1:{ports[0]}", StringComparison.Ordinal) && line.Contains("names none of them", StringComparison.Ordinal))));
        // Long after a node that finds nobody would have formed a cluster.
        await UntilSpokenAsync(database, times: 8);
        Assert.Equal([1], await SeenAsync(database));
        using var client = new HttpClient { BaseAddress = lost.Address };
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync(new Uri("healthz/ready", UriKind.Relative))).StatusCode);

        // The rule of the database holds as without discovery: once nobody lives, it may form one.
        await living.StopAsync();
        await lost.WaitReadyAsync();
    }

    private static NodeProcess Start(string database, int port, string method, string? key, string names)
    {
        var settings = new Dictionary<string, string>
        {
            ["ActorLlm:Postgres"] = database,
            ["ActorLlm:Cluster:Port"] = $"{port}",
            ["ActorLlm:Cluster:Discovery"] = method,
            ["ActorLlm:Backends:main:Type"] = "Simulator",
        };
        if (key is not null) settings[$"ActorLlm:Cluster:{key}"] = names;
        return NodeProcess.Start(settings);
    }

    /// <summary>How many members each node of the database says that it sees.</summary>
    private static async Task<IReadOnlyList<int>> SeenAsync(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT members FROM actorllm_node", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var seen = new List<int>();
        while (await reader.ReadAsync()) seen.Add(reader.GetInt32(0));
        return seen;
    }

    private static async Task UntilSpokenAsync(string database, int times)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        var spoken = new HashSet<DateTime>();
        await UntilAsync($"the living node spoke {times} times", async () =>
        {
            await using var command = new NpgsqlCommand("SELECT max(seen) FROM actorllm_node", connection);
            spoken.Add((DateTime)(await command.ExecuteScalarAsync())!);
            return spoken.Count >= times;
        });
    }

    private static async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(clock.Elapsed < Deadline, $"Not within {Deadline}: {what}");
            await Task.Delay(Poll);
        }
    }
}
