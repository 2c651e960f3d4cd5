using System.Diagnostics;
using System.Security.Cryptography;
using Npgsql;

namespace ActorLlm.Processes.Postgres;

/// <summary>
/// A PostgreSQL server of one's own, started from the installed binaries: on loopback only, on a free port, with a password and
/// with fsync on. It does not outlive this program, however this program ends.
/// </summary>
public sealed class PrivatePostgres : IAsyncDisposable
{
    private const int PortAttempts = 5;
    private const int StartTimeoutSeconds = 60;
    private const int NotRunning = 3; // pg_ctl status
    private static readonly TimeSpan FolderBusyDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FolderBusyPoll = TimeSpan.FromMilliseconds(200);

    private readonly PostgresBinaries _binaries;
    private readonly PostgresAccount _account;
    private readonly PostgresFolder _folder;
    private readonly int _maxConnections;
    private OrphanGuard? _guard;
    private bool _running;

    private PrivatePostgres(PostgresBinaries binaries, PostgresAccount account, PostgresFolder folder, int maxConnections)
    {
        _binaries = binaries;
        _account = account;
        _folder = folder;
        _maxConnections = maxConnections;
    }

    /// <summary>The loopback port, the same over stops and starts.</summary>
    public int Port { get; private set; }

    /// <summary>Npgsql's connection string to the database <c>postgres</c> as superuser, without pooling.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>Where its files are. Not always the folder asked for: see <see cref="PostgresFolder.PrepareAsync"/>.</summary>
    public string Folder => _folder.Root;

    /// <summary>Prepares the data folder when it is new, and starts the server.</summary>
    /// <exception cref="UserErrorException">No binaries, no account to run as, a folder that cannot be used, or the server would not start.</exception>
    public static async Task<PrivatePostgres> StartAsync(PrivatePostgresOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConnections, 10);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxConnections, 10_000);
        var binaries = PostgresBinaries.Find()
            ?? throw new UserErrorException($"There are no PostgreSQL server binaries on this machine: {PostgresBinaries.HowToInstall}.");
        var account = await PostgresAccount.ChooseAsync(cancellationToken);
        var folder = await PostgresFolder.PrepareAsync(options, account, cancellationToken);

        var server = new PrivatePostgres(binaries, account, folder, options.MaxConnections);
        try
        {
            server._guard = server.ArmGuard();
            await server.InitializeAsync(cancellationToken);
            await server.StartOnFreePortAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the stopped server again, on the same port.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken = default)
    {
        if (!_running && await TryStartAsync(cancellationToken) is { } problem)
            throw new UserErrorException(problem);
    }

    /// <summary>Waits until the server answers after a crash of its own; where it ended instead, starts it on the same port.</summary>
    /// <exception cref="UserErrorException">It neither answers within 60 s nor ended, or does not start.</exception>
    public async Task RecoverAsync(CancellationToken cancellationToken = default)
    {
        var clock = Stopwatch.StartNew();
        while (!await AnswersAsync(cancellationToken))
        {
            var status = await CommandRunner.RunAsync(_account.Command(_binaries.Tool("pg_ctl"), "status", "-D", _folder.Data), cancellationToken);
            if (status.ExitCode == NotRunning)
            {
                _running = false;
                await StartAgainAsync(cancellationToken);
                return;
            }
            if (clock.Elapsed > AnswerDeadline)
                throw new UserErrorException($"PostgreSQL runs and does not answer after {AnswerDeadline.TotalSeconds} s. What it wrote is in {_folder.Log}.");
            await Task.Delay(FolderBusyPoll, cancellationToken);
        }
    }

    /// <summary>Ends every connection and stops the server in order: what was committed is on disk.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => StopAsync("fast", cancellationToken);

    /// <summary>Stops the server at once, as a power cut would: the next start goes through crash recovery.</summary>
    public Task KillAsync(CancellationToken cancellationToken = default) => StopAsync("immediate", cancellationToken);

    /// <summary>Stops the server; a temporary folder is deleted.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(_folder.IsTemporary ? "immediate" : "fast", CancellationToken.None);
        _guard?.Disarm();
        if (_folder.IsTemporary && Directory.Exists(_folder.Root))
            Directory.Delete(_folder.Root, recursive: true);
    }

    private OrphanGuard ArmGuard()
    {
        var stop = _account.Command(_binaries.Tool("pg_ctl"), "stop", "-D", _folder.Data, "-m", _folder.IsTemporary ? "immediate" : "fast");
        return OrphanGuard.Arm(
            "folder=$1; shift; \"$@\"; [ -z \"$folder\" ] || rm -rf \"$folder\"",
            [_folder.IsTemporary ? _folder.Root : "", .. stop]);
    }

    private async Task InitializeAsync(CancellationToken cancellationToken)
    {
        if (_folder.IsInitialized)
            return;
        if (Directory.Exists(_folder.Data))
            throw new UserErrorException($"PostgreSQL's data folder {_folder.Data} is half made, by a start that was broken off: delete it and start again.");
        await File.WriteAllTextAsync(_folder.PendingPasswordFile, RandomNumberGenerator.GetHexString(32, lowercase: true), cancellationToken);
        await _account.TakeOverAsync(_folder.Root, cancellationToken);
        var result = await CommandRunner.RunAsync(
            _account.Command(
                _binaries.Tool("initdb"), "-D", _folder.Data, "-U", "postgres", "--pwfile", _folder.PendingPasswordFile,
                "-A", "scram-sha-256", "-E", "UTF8", "--locale=C"),
            cancellationToken);
        if (result.ExitCode != 0)
            throw new UserErrorException($"PostgreSQL's data folder {_folder.Data} could not be made: {result.Output}");
        File.Move(_folder.PendingPasswordFile, _folder.PasswordFile);
    }

    private async Task StartOnFreePortAsync(CancellationToken cancellationToken)
    {
        var password = (await File.ReadAllTextAsync(_folder.PasswordFile, cancellationToken)).Trim();
        for (var attempt = 1; ; attempt++)
        {
            Port = LoopbackPorts.Free()[0];
            var problem = await TryStartAsync(cancellationToken);
            if (problem is null)
                break;
            // Someone else may have taken the port between the look and the start.
            if (attempt == PortAttempts || !LoopbackPorts.IsTaken(Port))
                throw new UserErrorException(problem);
        }
        ConnectionString = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = Port,
            Username = "postgres",
            Password = password,
            Database = "postgres",
            Pooling = false,
        }.ConnectionString;
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString);
            await connection.OpenAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>Null when the server runs, else what is wrong.</summary>
    private async Task<string?> TryStartAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var logStart = File.Exists(_folder.Log) ? new FileInfo(_folder.Log).Length : 0;
            var result = await CommandRunner.RunAsync(
                _account.Command(
                    _binaries.Tool("pg_ctl"), "start", "-w", "-t", $"{StartTimeoutSeconds}", "-D", _folder.Data, "-l", _folder.Log, "-o",
                    $"-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=on -c max_connections={_maxConnections}"),
                cancellationToken);
            if (result.ExitCode == 0)
            {
                _running = true;
                return null;
            }
            var said = await ReadLogAsync(logStart, cancellationToken);
            // The guard of a program that was killed may still be stopping its server on this folder.
            var busy = said.Contains("postmaster.pid", StringComparison.Ordinal);
            if (!busy)
                return $"PostgreSQL did not start ({_folder.Log}): {said}";
            if (clock.Elapsed > FolderBusyDeadline)
                return $"PostgreSQL's data folder {_folder.Data} is in use by another server: stop that one, or name another folder.";
            await Task.Delay(FolderBusyPoll, cancellationToken);
        }
    }

    private async Task<string> ReadLogAsync(long from, CancellationToken cancellationToken)
    {
        if (!File.Exists(_folder.Log))
            return "it wrote no log";
        await using var file = File.OpenRead(_folder.Log);
        file.Position = from;
        using var reader = new StreamReader(file);
        var lines = (await reader.ReadToEndAsync(cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var fatal = lines.Where(line => line.Contains("FATAL", StringComparison.Ordinal)).ToArray();
        return string.Join(" / ", fatal.Length > 0 ? fatal : lines.TakeLast(3));
    }

    private async Task StopAsync(string mode, CancellationToken cancellationToken)
    {
        if (!_running)
            return;
        var result = await CommandRunner.RunAsync(
            _account.Command(_binaries.Tool("pg_ctl"), "stop", "-w", "-D", _folder.Data, "-m", mode), cancellationToken);
        if (result.ExitCode != 0 && File.Exists(Path.Combine(_folder.Data, "postmaster.pid")))
            throw new UserErrorException($"PostgreSQL did not stop ({_folder.Data}): {result.Output}");
        _running = false;
    }
}
