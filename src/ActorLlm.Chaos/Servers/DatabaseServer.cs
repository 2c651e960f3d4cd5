using System.Net;
using ActorLlm.Processes.Postgres;
using Npgsql;

namespace ActorLlm.Chaos.Servers;

/// <summary>The PostgreSQL of a run: a server of its own, with fsync, deleted with the run.</summary>
internal sealed class DatabaseServer : IAsyncDisposable
{
    private const string Name = "actorllm";
    private const int MaxConnections = 500;

    private readonly PrivatePostgres _server;

    private DatabaseServer(PrivatePostgres server) => _server = server;

    /// <summary>The file system that it has for itself; null where no fault needs one.</summary>
    public SmallDisk? Disk { get; private init; }

    /// <summary>To the nodes' database, past everything that stands between it and the nodes.</summary>
    public string DirectConnectionString { get; private init; } = "";

    /// <summary>What the nodes are given.</summary>
    public string NodesConnectionString { get; private init; } = "";

    /// <summary>What stands between nodes and server; null where no fault needs it.</summary>
    public TcpProxy? Proxy { get; private init; }

    /// <param name="nodesHost">The address of this machine that nodes reach the database at; where it is not loopback, they need the proxy.</param>
    /// <param name="withProxy">Whether nodes are sent through a proxy.</param>
    /// <param name="disk">The file system that its files go to, which is kept as long as it; null for the machine's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UserErrorException">There is no PostgreSQL on this machine, or it does not start.</exception>
    public static async Task<DatabaseServer> StartAsync(string nodesHost, bool withProxy, SmallDisk? disk, CancellationToken cancellationToken)
    {
        var options = new PrivatePostgresOptions { MaxConnections = MaxConnections, TemporaryBelow = disk?.Root };
        var server = await PrivatePostgres.StartAsync(options, cancellationToken);
        try
        {
            await using var connection = new NpgsqlConnection(server.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            await using var create = new NpgsqlCommand($"CREATE DATABASE {Name}", connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
            var direct = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = Name, Pooling = true }.ConnectionString;
            var proxy = withProxy ? TcpProxy.Start(IPAddress.Parse(nodesHost), server.Port) : null;
            return new DatabaseServer(server)
            {
                DirectConnectionString = direct,
                NodesConnectionString = proxy is null
                    ? direct
                    : new NpgsqlConnectionStringBuilder(direct) { Host = nodesHost, Port = proxy.Port }.ConnectionString,
                Proxy = proxy,
                Disk = disk,
            };
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    /// <summary>Stops it as a power cut would.</summary>
    public Task CrashAsync(CancellationToken cancellationToken) => _server.KillAsync(cancellationToken);

    /// <summary>Starts it where it was stopped; else nothing.</summary>
    public Task StartAgainAsync() => _server.StartAgainAsync();

    /// <summary>Fills its disk. The next page of a table, or the next piece of the write-ahead log, finds no room.</summary>
    public async Task FillDiskAsync(CancellationToken cancellationToken)
    {
        await Disk!.FillAsync(cancellationToken);
        try
        {
            // The log has a reserve: the piece that is begun is given up, and a few others may be there.
            await using var connection = new NpgsqlConnection(_server.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            await using var next = new NpgsqlCommand("SELECT pg_switch_wal()", connection);
            await next.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (NpgsqlException)
        {
            // It is down already, which is what a full disk does.
        }
    }

    /// <summary>Makes room on its disk, and starts it where it ended.</summary>
    public Task RelieveDiskAsync()
    {
        Disk!.Relieve();
        return _server.RecoverAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Proxy is not null)
            await Proxy.DisposeAsync();
        await _server.DisposeAsync();
    }
}
