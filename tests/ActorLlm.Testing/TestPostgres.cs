using System.Security.Cryptography;
using ActorLlm.Processes;
using ActorLlm.Processes.Postgres;
using Npgsql;
using Testcontainers.PostgreSql;

namespace ActorLlm.Testing;

/// <summary>
/// PostgreSQL for tests. Found in this order: the server that <see cref="Variable"/> names, the machine's own binaries (a private
/// server in a temporary folder), Docker. Databases are cheap: take a fresh one for each test.
/// </summary>
public sealed class TestPostgres : IAsyncDisposable
{
    /// <summary>The environment variable with an Npgsql connection string of a role that may create databases.</summary>
    public const string Variable = "ACTORLLM_TEST_POSTGRES";

    private const int MaxConnections = 300;
    private const string DockerImage = "postgres:17";

    // The shared server is not disposed: it ends with this process (OrphanGuard; Testcontainers' reaper).
    private static readonly Lazy<Task<TestPostgres>> OneForTheProcess = new(FindAsync);

    private readonly string _adminConnectionString;
    private readonly PrivatePostgres? _server;

    private TestPostgres(string adminConnectionString, PrivatePostgres? server = null)
    {
        _adminConnectionString = new NpgsqlConnectionStringBuilder(adminConnectionString) { Pooling = false }.ConnectionString;
        _server = server;
    }

    /// <summary>The one server of this test process, started when it is first asked for.</summary>
    /// <exception cref="UserErrorException">There is no PostgreSQL; one line says what to install.</exception>
    public static Task<TestPostgres> SharedAsync() => OneForTheProcess.Value;

    /// <summary>
    /// A server of the test's own, which it may stop, kill and start without disturbing the tests beside it. Needs the binaries,
    /// as no other kind of server can be killed.
    /// </summary>
    /// <exception cref="UserErrorException">There are no PostgreSQL binaries; one line says what to install.</exception>
    public static async Task<TestPostgres> StartPrivateAsync()
    {
        var server = await PrivatePostgres.StartAsync(new PrivatePostgresOptions { MaxConnections = MaxConnections });
        return new TestPostgres(server.ConnectionString, server);
    }

    /// <summary>A fresh, empty database.</summary>
    /// <returns>Its connection string for Npgsql, pooling on.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{RandomNumberGenerator.GetHexString(12, lowercase: true)}";
        await using var connection = new NpgsqlConnection(_adminConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        // A name made of these characters alone needs no quoting, and CREATE DATABASE takes no parameters.
#pragma warning disable CA2100
        command.CommandText = $"CREATE DATABASE {name}";
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(_adminConnectionString) { Database = name, Pooling = true }.ConnectionString;
    }

    /// <summary>Stops a private server in order; connections end, what was committed stays.</summary>
    public Task StopAsync() => Own().StopAsync();

    /// <summary>Stops a private server at once, as a power cut would.</summary>
    public Task KillAsync() => Own().KillAsync();

    /// <summary>Starts a stopped or killed private server, on the same port with the same data.</summary>
    public Task StartAgainAsync() => Own().StartAgainAsync();

    /// <summary>Stops a private server in order and starts it.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    /// <summary>Ends a private server and deletes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private static async Task<TestPostgres> FindAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
            return new TestPostgres(given);
        if (PostgresBinaries.Find() is not null)
            return await StartPrivateAsync();
        return new TestPostgres(await StartContainerAsync());
    }

    private static async Task<string> StartContainerAsync()
    {
        try
        {
            var container = new PostgreSqlBuilder(DockerImage).WithCommand("-c", $"max_connections={MaxConnections}").Build();
            await container.StartAsync();
            return container.GetConnectionString();
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            // Whatever keeps Docker from working, the way out for the reader is the same.
            throw new UserErrorException(
                $"These tests need PostgreSQL: {PostgresBinaries.HowToInstall}, or install Docker, or set {Variable} to a connection string. (Docker: {problem.Message.Split('\n')[0]})");
        }
    }

    private PrivatePostgres Own() =>
        _server ?? throw new InvalidOperationException($"Only a server of {nameof(StartPrivateAsync)} can be stopped and started.");
}
