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

    /// <summary>To the nodes' database, past everything that stands between it and the nodes.</summary>
    public string DirectConnectionString { get; private init; } = "";

    /// <summary>What the nodes are given.</summary>
    public string NodesConnectionString { get; private init; } = "";

    /// <exception cref="UserErrorException">There is no PostgreSQL on this machine, or it does not start.</exception>
    public static async Task<DatabaseServer> StartAsync(CancellationToken cancellationToken)
    {
        var server = await PrivatePostgres.StartAsync(new PrivatePostgresOptions { MaxConnections = MaxConnections }, cancellationToken);
        try
        {
            await using var connection = new NpgsqlConnection(server.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            await using var create = new NpgsqlCommand($"CREATE DATABASE {Name}", connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
            var direct = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = Name, Pooling = true }.ConnectionString;
            return new DatabaseServer(server) { DirectConnectionString = direct, NodesConnectionString = direct };
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
