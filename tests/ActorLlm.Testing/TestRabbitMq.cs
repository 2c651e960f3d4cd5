using System.Diagnostics;
using System.Net.Sockets;
using ActorLlm.Processes;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorLlm.Testing;

/// <summary>
/// A RabbitMQ server of the test's own, from the installed package: on loopback only, with its own data, cookie and port mapper. It does not outlive this
/// program, however this program ends.
/// </summary>
public sealed class TestRabbitMq : IAsyncDisposable
{
    private const string Libraries = "/usr/lib/rabbitmq/lib";
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly TempFolder _folder = new();
    private readonly int[] _ports = FixedPorts.Take(3);
    private readonly string _script;
    private Guarded? _mapper;
    private Guarded? _server;

    private TestRabbitMq(string script) => _script = script;

    /// <summary>What to do where there is none.</summary>
    public static string HowToInstall => "install RabbitMQ's server (Debian: apt-get install rabbitmq-server)";

    /// <summary>Where clients connect, as the server's own first user.</summary>
    public string Url => UrlOf("guest", "guest");

    /// <summary>The port of clients, the same over stops and starts.</summary>
    public int Port => _ports[0];

    /// <summary>The server's script, or null where it is not installed.</summary>
    public static string? Find() => Directory.Exists(Libraries)
        ? Directory.EnumerateDirectories(Libraries, "rabbitmq_server-*").Select(folder => Path.Combine(folder, "sbin", "rabbitmq-server")).FirstOrDefault(File.Exists)
        : null;

    /// <summary>Starts one.</summary>
    /// <exception cref="UserErrorException">It is not installed, or did not start.</exception>
    public static async Task<TestRabbitMq> StartAsync()
    {
        var server = new TestRabbitMq(Find() ?? throw new UserErrorException($"There is no RabbitMQ server on this machine: {HowToInstall}."));
        try
        {
            // Else Erlang starts one that outlives us.
            server._mapper = server.Run("epmd", ["-port", $"{server._ports[1]}", "-address", "127.0.0.1"]);
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The address with another user or password.</summary>
    public string UrlOf(string user, string password) => $"amqp://{user}:{password}@127.0.0.1:{Port}";

    /// <summary>Starts it with the data it had, and waits until it takes connections.</summary>
    public async Task StartAgainAsync()
    {
        _server = Run(_script, []);
        var clock = Stopwatch.StartNew();
        while (!await AnswersAsync())
        {
            if (_server.Process.HasExited || clock.Elapsed > StartDeadline)
                throw new UserErrorException($"RabbitMQ did not start: {await LogAsync()}");
            await Task.Delay(Poll);
        }
    }

    /// <summary>Stops it in order.</summary>
    public async Task StopAsync()
    {
        if (_server is not { } server) return;
        Signals.Terminate(server.Process.Id);
        await server.EndAsync(StopDeadline);
        _server = null;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        if (_server is not { } server) return;
        server.Process.Kill();
        await server.EndAsync(StopDeadline);
        _server = null;
    }

    /// <summary>Opens a connection of the test's own.</summary>
    public Task<IConnection> ConnectAsync() => new ConnectionFactory { Uri = new Uri(Url), AutomaticRecoveryEnabled = false }.CreateConnectionAsync();

    /// <summary>Ends it and deletes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (_mapper is { } mapper)
        {
            mapper.Process.Kill();
            await mapper.EndAsync(StopDeadline);
        }

        _folder.Dispose();
    }

    private Guarded Run(string program, string[] arguments)
    {
        var info = new ProcessStartInfo("setsid") { WorkingDirectory = _folder.FullName, UseShellExecute = false, RedirectStandardInput = true };
        foreach (var argument in (string[])["sh", "-c", "exec \"$0\" \"$@\" >>output.log 2>&1", program, .. arguments]) info.ArgumentList.Add(argument);
        foreach (var (name, value) in Settings()) info.Environment[name] = value;
        var process = Process.Start(info)!;
        process.StandardInput.Close();
        return new Guarded(process, OrphanGuard.Arm("kill -KILL \"$1\"; rm -rf \"$2\"", $"{process.Id}", _folder.FullName));
    }

    private Dictionary<string, string> Settings() => new()
    {
        ["HOME"] = _folder.FullName,
        // The script replaces itself by the server, and does not wait beside it.
        ["RUNNING_UNDER_SYSTEMD"] = "true",
        ["ERL_EPMD_PORT"] = $"{_ports[1]}",
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_NODENAME"] = $"test{Port}@localhost",
        ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_NODE_PORT"] = $"{Port}",
        ["RABBITMQ_DIST_PORT"] = $"{_ports[2]}",
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
        ["RABBITMQ_MNESIA_BASE"] = _folder.Of("data"),
        ["RABBITMQ_LOG_BASE"] = _folder.Of("log"),
        ["RABBITMQ_PID_FILE"] = _folder.Of("pid"),
        ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
        ["RABBITMQ_CONFIG_FILE"] = _folder.Of("rabbitmq"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = _folder.Of("plugins"),
    };

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using var connection = await ConnectAsync();
            return true;
        }
        catch (Exception error) when (error is RabbitMQClientException or SocketException or IOException)
        {
            return false;
        }
    }

    private async Task<string> LogAsync() =>
        File.Exists(_folder.Of("output.log")) ? string.Join('\n', (await File.ReadAllLinesAsync(_folder.Of("output.log"))).TakeLast(20)) : "it wrote nothing";

    private sealed record Guarded(Process Process, OrphanGuard Guard)
    {
        // The id may be given to another process from then on: the guard must not kill that one.
        public async Task EndAsync(TimeSpan deadline)
        {
            await Process.WaitForExitAsync().WaitAsync(deadline);
            Guard.Disarm();
            Process.Dispose();
        }
    }
}

/// <summary>A test against a real RabbitMQ. Where none is installed it is skipped with its reason; in CI, which installs it, it runs or fails.</summary>
public sealed class RabbitMqFactAttribute : FactAttribute
{
    /// <summary>Looks for the server.</summary>
    public RabbitMqFactAttribute()
    {
        if (TestRabbitMq.Find() is null && Environment.GetEnvironmentVariable("CI") != "true") Skip = $"Needs RabbitMQ: {TestRabbitMq.HowToInstall}.";
    }
}
