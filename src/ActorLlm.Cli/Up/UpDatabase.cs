using ActorLlm.Processes.Postgres;
using Npgsql;

namespace ActorLlm.Cli.Up;

/// <summary>The PostgreSQL database that the nodes share: the one given, or one on a private server that ends with this run.</summary>
public sealed class UpDatabase : IAsyncDisposable
{
    private const string DatabaseName = "actorllm";

    // Seconds until an address that does not answer is called unreachable.
    private const int ConnectTimeout = 10;

    private readonly PrivatePostgres? _server;

    private UpDatabase(string connectionString, PrivatePostgres? server)
    {
        ConnectionString = connectionString;
        _server = server;
    }

    /// <summary>Npgsql's connection string, for the nodes.</summary>
    public string ConnectionString { get; }

    /// <summary>Checks the database given, or starts a private server and makes its database.</summary>
    /// <exception cref="UserErrorException">The database cannot be reached, or no server could be started.</exception>
    public static async Task<UpDatabase> OpenAsync(UpOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(output);
        if (options.Postgres is { } given)
        {
            await CheckAsync(given, cancellationToken);
            return new UpDatabase(given, server: null);
        }

        var server = await StartServerAsync(options, cancellationToken);
        try
        {
            output.WriteLine($"PostgreSQL listens on 127.0.0.1:{server.Port}; its data is in {server.Folder}.");
            return new UpDatabase(await EnsureDatabaseAsync(server.ConnectionString, cancellationToken), server);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops a private server; the data stays.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private static async Task<PrivatePostgres> StartServerAsync(UpOptions options, CancellationToken cancellationToken)
    {
        if (PostgresBinaries.Find() is null)
            throw new UserErrorException($"There is no PostgreSQL to use: {PostgresBinaries.HowToInstall}, or give a database with --postgres.");
        return await PrivatePostgres.StartAsync(
            new PrivatePostgresOptions { DataFolder = Path.Combine(options.DataFolder, "postgres") }, cancellationToken);
    }

    private static async Task CheckAsync(string connectionString, CancellationToken cancellationToken)
    {
        var text = new NpgsqlConnectionStringBuilder(connectionString) { Timeout = ConnectTimeout, Pooling = false };
        try
        {
            await using var connection = new NpgsqlConnection(text.ConnectionString);
            await connection.OpenAsync(cancellationToken);
        }
        catch (Exception problem) when (problem is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException)
        {
            throw new UserErrorException(
                $"The database of --postgres (host {text.Host}, port {text.Port}, database {text.Database ?? text.Username}) cannot be used: {problem.Message.ReplaceLineEndings(" ").TrimEnd('.')}. Check the address and the login.",
                innerException: problem);
        }
    }

    private static async Task<string> EnsureDatabaseAsync(string adminConnectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(adminConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var create = new NpgsqlCommand($"CREATE DATABASE {DatabaseName}", connection);
        try
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException exists) when (exists.SqlState == PostgresErrorCodes.DuplicateDatabase)
        {
            // Kept from an earlier run, which is the point of keeping it.
        }
        return new NpgsqlConnectionStringBuilder(adminConnectionString) { Database = DatabaseName, Pooling = true }.ConnectionString;
    }
}
