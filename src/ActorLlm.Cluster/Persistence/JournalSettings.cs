using System.Data.Common;
using Akka.Configuration;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ActorLlm.Cluster.Persistence;

/// <summary>The databases that conversations can be stored in.</summary>
public enum JournalProvider
{
    /// <summary>A file beside a single node.</summary>
    Sqlite,

    /// <summary>A server shared by the cluster's nodes; version 15 or later.</summary>
    PostgreSql,
}

/// <summary>Where conversations are stored.</summary>
/// <param name="Provider">The kind of database.</param>
/// <param name="ConnectionString">As the provider's ADO.NET driver takes it.</param>
public sealed record JournalSettings(JournalProvider Provider, string ConnectionString)
{
    private const int MaxCommandSeconds = 30;

    /// <summary>
    /// Connections of a node for reading conversations back; a few for writing and for the watch over unfinished ones come on top. Three nodes
    /// fit into the 100 connections that a PostgreSQL server gives by default; with Npgsql's own default of 100 for each node, a cluster in
    /// which many conversations come back at once is refused connections.
    /// </summary>
    public const int DefaultPoolSize = 20;

    /// <summary>A SQLite file; it is made, with its folder, when it is missing.</summary>
    public static JournalSettings Sqlite(string path) =>
        new(JournalProvider.Sqlite, new SqliteConnectionStringBuilder { DataSource = path }.ToString());

    /// <summary>
    /// A PostgreSQL database. Unless the connection string says otherwise (<c>Maximum Pool Size</c>), conversations that are read back share
    /// <see cref="DefaultPoolSize"/> connections.
    /// </summary>
    /// <exception cref="ArgumentException">The connection string is not valid.</exception>
    public static JournalSettings PostgreSql(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        // The reader of unfinished conversations takes a number missing for a minute for a write that was rolled back: no write may take longer.
        if (builder.CommandTimeout is 0 or > MaxCommandSeconds) builder.CommandTimeout = MaxCommandSeconds;
        // The queries of a recovery are few, and each is run for every conversation that starts.
        if (!builder.ShouldSerialize("Max Auto Prepare")) builder.MaxAutoPrepare = 20;
        if (!builder.ShouldSerialize("Maximum Pool Size")) builder.MaxPoolSize = DefaultPoolSize;
        return new JournalSettings(JournalProvider.PostgreSql, builder.ToString());
    }

    /// <summary>The database's place, without its password, for messages to people.</summary>
    public string Place
    {
        get
        {
            if (Provider == JournalProvider.Sqlite) return new SqliteConnectionStringBuilder(ConnectionString).DataSource;
            var builder = new NpgsqlConnectionStringBuilder(ConnectionString);
            return $"{builder.Host}:{builder.Port}/{builder.Database}";
        }
    }

    /// <summary>The same with at most so many connections at once, where the database is a server.</summary>
    internal JournalSettings WithPoolOf(int connections) => Provider == JournalProvider.PostgreSql
        ? this with { ConnectionString = new NpgsqlConnectionStringBuilder(ConnectionString) { MaxPoolSize = connections, MinPoolSize = 0 }.ToString() }
        : this;

    /// <summary>From the configuration of an Akka plugin.</summary>
    internal static JournalSettings Of(Config plugin) => new(
        plugin.GetString("provider-name").StartsWith("PostgreSQL", StringComparison.Ordinal) ? JournalProvider.PostgreSql : JournalProvider.Sqlite,
        plugin.GetString("connection-string"));

    internal DbDataSource CreateDataSource() => Provider switch
    {
        JournalProvider.PostgreSql => NpgsqlDataSource.Create(ConnectionString),
        _ => SqliteFactory.Instance.CreateDataSource(ConnectionString),
    };
}
