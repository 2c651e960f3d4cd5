using System.Diagnostics.CodeAnalysis;
using ActorLlm.Processes;
using ActorLlm.Processes.Postgres;
using ActorLlm.Testing;
using Npgsql;

namespace ActorLlm.BridgeRun;

/// <summary>What the run starts: PostgreSQL, RabbitMQ, a node with the conversations and the workers, and the node with the bridge.</summary>
internal sealed class Servers : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<string> _ends = [];
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly PrivatePostgres _postgres;
    // In this order: of two nodes that do not hear each other, the one with the lesser address stays.
    private readonly int[] _ports = FixedPorts.Take(4);
    private NodeProcess? _core;
    private NodeProcess? _bridge;

    private Servers(PrivatePostgres postgres, TestRabbitMq broker) => (_postgres, Broker) = (postgres, broker);

    public TestRabbitMq Broker { get; }

    /// <summary>What nodes said that ended by themselves, as one does that the cluster put out while the machine was busy.</summary>
    public IReadOnlyList<string> Ends
    {
        get
        {
            lock (_lock) return [.. _ends];
        }
    }

    public static async Task<Servers> StartAsync()
    {
        var postgres = await PrivatePostgres.StartAsync(new PrivatePostgresOptions());
        TestRabbitMq? broker = null;
        try
        {
            broker = await TestRabbitMq.StartAsync();
            var servers = new Servers(postgres, broker);
            servers._core = await NodeProcess.StartReadyAsync(servers.Settings(0), servers._ports[2]);
            servers.StartBridge();
            await servers.BridgeConnectedAsync();
            return servers;
        }
        catch
        {
            if (broker is not null) await broker.DisposeAsync();
            await postgres.DisposeAsync();
            throw;
        }
    }

    /// <summary>kill -9 of the node with the bridge, and another start of it.</summary>
    public async Task KillBridgeAsync()
    {
        NodeProcess? killed;
        while (!TryTakeBridge(out killed)) await Task.Delay(Poll);
        await killed.KillAsync();
        await killed.DisposeAsync();
        StartBridge();
    }

    /// <summary>Waits until the bridge takes messages.</summary>
    public async Task BridgeConnectedAsync(CancellationToken stop = default)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_ports[3]}/") };
        var started = TimeProvider.System.GetTimestamp();
        while (!await IsConnectedAsync(http, stop))
        {
            if (TimeProvider.System.GetElapsedTime(started) > ReadyDeadline)
                throw new UserErrorException($"The bridge is not connected after {ReadyDeadline}. Its last lines:\n{string.Join('\n', _bridge!.Output.TakeLast(30))}");
            await Task.Delay(Poll, stop);
        }
    }

    /// <summary>The one number that a query gives.</summary>
    public async Task<long> CountAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_postgres.ConnectionString);
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        NodeProcess? last;
        lock (_lock) (last, _bridge) = (_bridge, null);
        if (last is not null) await last.DisposeAsync();
        if (_core is not null) await _core.DisposeAsync();
        await Broker.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    private static async Task<bool> IsConnectedAsync(HttpClient http, CancellationToken stop)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("healthz/rabbitmq", UriKind.Relative), stop);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void StartBridge()
    {
        var started = NodeProcess.Start(
            new Dictionary<string, string>(Settings(1)) { ["ActorLlm:RabbitMq:Url"] = Broker.Url, ["ActorLlm:Roles"] = "gateway" }, _ports[3]);
        lock (_lock) _bridge = started;
        _ = StartAgainAfterAsync(started);
    }

    private bool TryTakeBridge([NotNullWhen(true)] out NodeProcess? bridge)
    {
        lock (_lock) (bridge, _bridge) = (_bridge, null);
        return bridge is not null;
    }

    // As a supervisor does: a node that the cluster put out says so and ends.
    private async Task StartAgainAfterAsync(NodeProcess node)
    {
        var code = await node.Exited;
        lock (_lock)
        {
            if (_bridge != node) return;
            _ends.Add($"exit code {code}: {string.Join(" / ", node.Output.TakeLast(12))}");
            _bridge = null;
        }

        await node.DisposeAsync();
        StartBridge();
    }

    private Dictionary<string, string> Settings(int node) => new()
    {
        ["ActorLlm:Postgres"] = new NpgsqlConnectionStringBuilder(_postgres.ConnectionString) { Pooling = true }.ConnectionString,
        ["ActorLlm:Cluster:Port"] = $"{_ports[node]}",
        ["ActorLlm:Backends:main:Type"] = "Simulator",
        ["ActorLlm:Backends:main:Models:0"] = "simulator",
        ["ActorLlm:Backends:main:Simulator:ReplyTokens"] = "20",
        ["ActorLlm:Backends:main:Simulator:TimeToFirstTokenMs"] = "100",
        ["ActorLlm:Backends:main:Simulator:InterTokenMs"] = "2",
    };
}
