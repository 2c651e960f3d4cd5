using ActorLlm.Chaos.Servers;
using Npgsql;

namespace ActorLlm.Chaos.Faults;

/// <summary>Something that is done to the database, and what undoes it.</summary>
/// <param name="target">What it strikes.</param>
/// <param name="inject">Does it.</param>
/// <param name="heal">Undoes it; harmless where nothing was done.</param>
internal sealed class DatabaseFault(string target, Func<CancellationToken, Task> inject, Func<Task> heal) : IFault
{
    private const string Terminating =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

    public string Target => target;

    /// <summary>pg_terminate_backend of every connection, once.</summary>
    public static DatabaseFault Terminate(IServers servers) =>
        new("all connections", cancellationToken => TerminateConnectionsAsync(servers.Database, cancellationToken), () => Task.CompletedTask);

    /// <summary>The server is stopped, and started when the fault is over.</summary>
    public static DatabaseFault Restart(Rig rig) => new("PostgreSQL, stopped in order", rig.Postgres.StopAsync, rig.Postgres.StartAgainAsync);

    /// <summary>The server ends as in a power cut, and goes through crash recovery when the fault is over.</summary>
    public static DatabaseFault Crash(Rig rig) => new("PostgreSQL, stopped at once", rig.Postgres.CrashAsync, rig.Postgres.StartAgainAsync);

    /// <summary>The server's disk is full: what it writes fails, and it may end over it.</summary>
    public static DatabaseFault FullDisk(Rig rig) => new("PostgreSQL's disk", rig.Postgres.FillDiskAsync, rig.Postgres.RelieveDiskAsync);

    /// <summary>The proxy between nodes and database does something else than to pass bytes on.</summary>
    public static DatabaseFault Proxy(Rig rig, ProxyMode mode, string target) => new(
        target,
        cancellationToken => rig.Postgres.Proxy!.SwitchAsync(mode),
        () => rig.Postgres.Proxy!.SwitchAsync(ProxyMode.Pass));

    public Task InjectAsync(CancellationToken cancellationToken) => inject(cancellationToken);

    public Task HealAsync(CancellationToken hurry) => heal();

    private static async Task TerminateConnectionsAsync(string database, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var terminate = new NpgsqlCommand(Terminating, connection);
            await terminate.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (NpgsqlException error)
        {
            throw new UserErrorException($"the connections to PostgreSQL could not be ended: {error.Message}", innerException: error);
        }
    }
}
