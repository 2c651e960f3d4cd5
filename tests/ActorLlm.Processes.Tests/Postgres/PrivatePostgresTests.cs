using ActorLlm.Processes.Postgres;
using ActorLlm.Testing;
using Npgsql;

namespace ActorLlm.Processes.Tests.Postgres;

public sealed class PrivatePostgresTests
{
    [PrivatePostgresFact]
    public async Task A_committed_row_survives_a_kill_and_a_start_on_the_same_port()
    {
        await using var server = await PrivatePostgres.StartAsync(new PrivatePostgresOptions());
        await ExecuteAsync(server.ConnectionString, "CREATE TABLE kept (id int); INSERT INTO kept VALUES (42)");

        await server.KillAsync();
        await Assert.ThrowsAsync<NpgsqlException>(() => ExecuteAsync(server.ConnectionString, "SELECT 1"));
        await server.StartAgainAsync();

        Assert.Equal(42, await ScalarAsync(server.ConnectionString, "SELECT id FROM kept"));
        Assert.Equal("300", await ScalarAsync(server.ConnectionString, "SHOW max_connections"));
        Assert.Equal("on", await ScalarAsync(server.ConnectionString, "SHOW fsync"));
    }

    [PrivatePostgresFact]
    public async Task A_server_that_ended_by_itself_recovers_on_the_same_port_and_one_that_runs_is_left_alone()
    {
        await using var server = await PrivatePostgres.StartAsync(new PrivatePostgresOptions());
        var started = await ScalarAsync(server.ConnectionString, "SELECT pg_postmaster_start_time()");
        await server.RecoverAsync();
        Assert.Equal(started, await ScalarAsync(server.ConnectionString, "SELECT pg_postmaster_start_time()"));

        var lines = await File.ReadAllLinesAsync(Path.Combine(server.Folder, "data", "postmaster.pid"));
        Signals.Terminate(int.Parse(lines[0], System.Globalization.CultureInfo.InvariantCulture));
        await server.RecoverAsync();

        Assert.Equal(1, await ScalarAsync(server.ConnectionString, "SELECT 1"));
    }

    [PrivatePostgresFact]
    public async Task A_named_folder_keeps_its_data_and_a_temporary_one_goes()
    {
        var named = Directory.CreateTempSubdirectory("actorllm-test-");
        // Root's own temporary folder would keep the user postgres out.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(named.FullName, (UnixFileMode)0b111_101_101);
        var options = new PrivatePostgresOptions { DataFolder = Path.Combine(named.FullName, "postgres") };
        try
        {
            await using (var first = await PrivatePostgres.StartAsync(options))
                await ExecuteAsync(first.ConnectionString, "CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)");
            await using (var second = await PrivatePostgres.StartAsync(options))
                Assert.Equal(7, await ScalarAsync(second.ConnectionString, "SELECT id FROM kept"));
        }
        finally
        {
            named.Delete(recursive: true);
        }

        var temporary = await PrivatePostgres.StartAsync(new PrivatePostgresOptions());
        Assert.True(Directory.Exists(temporary.Folder));
        await temporary.DisposeAsync();
        Assert.False(Directory.Exists(temporary.Folder));
    }

    [Fact]
    public async Task Every_test_database_is_its_own()
    {
        var postgres = await TestPostgres.SharedAsync();
        var first = await postgres.CreateDatabaseAsync();
        var second = await postgres.CreateDatabaseAsync();

        await ExecuteAsync(first, "CREATE TABLE only_here (id int)");

        Assert.Same(postgres, await TestPostgres.SharedAsync());
        await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(second, "SELECT * FROM only_here"));
    }

    private static async Task ExecuteAsync(string connectionString, string sql) => await ScalarAsync(connectionString, sql);

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
