using ActorLlm.Backends;
using ActorLlm.Testing;
using Akka.Cluster;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ActorLlm.Hosting.Tests;

/// <summary>One node of a test's cluster.</summary>
/// <param name="Name">For the test's own use.</param>
/// <param name="Client">Its backend.</param>
internal sealed record NodePlan(string Name, IChatClient Client)
{
    public string[]? Roles { get; init; }

    /// <summary>Its address: nodes are ordered by it, and the first one leads the cluster.</summary>
    public string Hostname { get; init; } = "127.0.0.1";

    public Action<ActorLlmOptions>? Configure { get; init; }

    public Action<BackendOptions>? Backend { get; init; }

    public Action<IServiceCollection>? Services { get; init; }
}

/// <summary>Several hosts of this process as one cluster, on loopback ports and a PostgreSQL database that they share.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly Dictionary<string, TestHost> _nodes = [];
    private string _database = "";

    public TestHost this[string name] => _nodes[name];

    public static async Task<TestCluster> StartAsync(params NodePlan[] plans)
    {
        var cluster = new TestCluster { _database = await (await TestPostgres.SharedAsync()).CreateDatabaseAsync() };
        foreach (var plan in plans) await cluster.AddAsync(plan);
        await cluster.FormedAsync();
        return cluster;
    }

    /// <summary>Adds a node, which finds the others through the database.</summary>
    public async Task<TestHost> AddAsync(NodePlan plan)
    {
        var host = await TestHost.StartAsync(plan.Client, configure: options =>
        {
            options.Postgres = _database;
            options.Worker.DrainTimeout = TimeSpan.FromSeconds(15);
            options.Cluster.Hostname = plan.Hostname;
            if (plan.Roles is { } roles) options.Roles = roles;
            plan.Configure?.Invoke(options);
        }, backend: plan.Backend, services: plan.Services);
        _nodes.Add(plan.Name, host);
        return host;
    }

    /// <summary>Waits until every node sees every other Up.</summary>
    public Task FormedAsync() => Eventually.HoldsAsync(
        $"{_nodes.Count} nodes see each other up",
        () => _nodes.Values.All(node => Akka.Cluster.Cluster.Get(node.System).State.Members.Count(member => member.Status == MemberStatus.Up) == _nodes.Count));

    /// <summary>The number of rows of a table.</summary>
    public async Task<long> CountAsync(string table)
    {
        await using var source = NpgsqlDataSource.Create(_database);
        await using var command = source.CreateCommand($"SELECT count(*) FROM {table}");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public Task StopAsync(string name) => TakeOut(name).StopAsync();

    public Task AbortAsync(string name) => TakeOut(name).AbortAsync();

    /// <summary>Ends all nodes at once, as a power cut would.</summary>
    public Task AbortAllAsync() => Task.WhenAll(_nodes.Keys.ToArray().Select(AbortAsync));

    // Nobody is left to hand anything over to at the end of a test, so nothing waits for it.
    public async ValueTask DisposeAsync() => await Task.WhenAll(_nodes.Keys.ToArray().Select(AbortAsync));

    private TestHost TakeOut(string name)
    {
        var node = _nodes[name];
        _nodes.Remove(name);
        return node;
    }
}
