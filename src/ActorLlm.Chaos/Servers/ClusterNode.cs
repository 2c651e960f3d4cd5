using System.Collections.Concurrent;
using System.Diagnostics;

namespace ActorLlm.Chaos.Servers;

/// <summary>Where a node lives.</summary>
/// <param name="Name">For example <c>node-1</c>.</param>
/// <param name="Host">Its address.</param>
/// <param name="HttpPort">Where it takes requests.</param>
/// <param name="ClusterPort">Where it meets the other nodes.</param>
internal sealed record NodePlace(string Name, string Host, int HttpPort, int ClusterPort)
{
    /// <summary>A command that its process is started through, and that replaces itself by it; empty for none.</summary>
    public IReadOnlyList<string> Through { get; init; } = [];

    /// <summary>Its clock; null for the machine's.</summary>
    public NodeClock? Clock { get; init; }

    /// <summary>The assembly of another version of the node, as which it begins; null for none.</summary>
    public string? OtherVersion { get; init; }
}

/// <summary>One place in the cluster: its addresses stay, its processes come and go.</summary>
/// <param name="place">Where it lives.</param>
/// <param name="folder">Its working folder, which holds its log.</param>
/// <param name="environment">Its configuration.</param>
/// <param name="time">The clock.</param>
/// <param name="output">Where it is told that a node ended by itself.</param>
internal sealed class ClusterNode(
    NodePlace place, string folder, IReadOnlyDictionary<string, string?> environment, TimeProvider time, TextWriter output)
{
    private static readonly TimeSpan StartAgainPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(150);

    // A node that is killed must not be started again by the one who saw it end.
    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<int> _endedByItself = new();
    private volatile ServerProcess? _process;
    private volatile ServerProcess? _ready;
    private string _program = place.OtherVersion ?? Current;
    private bool _wanted;

    private static string Current => ProductAssembly.Find("ActorLlm.Node");

    public string Name => place.Name;

    public string Host => place.Host;

    /// <summary>Its clock, where it has one of its own.</summary>
    public NodeClock? Clock => place.Clock;

    public Uri Address { get; } = new($"http://{place.Host}:{place.HttpPort}/");

    public bool IsRunning => _process is { Exited.IsCompleted: false };

    /// <summary>When the process that runs now was first seen ready, or the far future while it was not.</summary>
    public DateTimeOffset JoinedAt { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>The exit codes of processes that nobody here had ended; 2 is the cluster's decision to do without the node.</summary>
    public IReadOnlyCollection<int> EndedByItself => _endedByItself;

    // An earlier version refuses a key that it does not know.
    private string[] NoAdminEndpoint => _program == Current ? ["--ActorLlm:Admin:Url="] : [];

    /// <summary>Starts a process and does not wait for it. One that ends by itself is started again, as whoever runs nodes does.</summary>
    public void Start()
    {
        lock (_gate)
        {
            _wanted = true;
            JoinedAt = DateTimeOffset.MaxValue;
            _process = ServerProcess.Start(new ServerStart(
                Name, _program, ["--urls", Address.GetLeftPart(UriPartial.Authority), .. NoAdminEndpoint], folder)
            {
                Environment = environment,
                DropInherited = ["ActorLlm__", "OPENAI_", "ASPNETCORE_", "DOTNET_URLS", "URLS"],
                LogFile = Path.Combine(folder, "node.log"),
                Through = place.Through,
            });
            _ = StartAgainAsync(_process);
        }
    }

    /// <summary>Has its next process be of the other version, where there are two: to this one, and later back.</summary>
    public void ChangeVersion() => _program = place.OtherVersion is { } other && _program != other ? other : Current;

    /// <summary>Waits until it is up in the cluster and takes turns.</summary>
    /// <exception cref="UserErrorException">It was not ready in time.</exception>
    public async Task WaitReadyAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var process = _process ?? throw new InvalidOperationException("The node was not started.");
            try
            {
                await process.WaitHealthyAsync(new Uri(Address, "healthz/ready"), deadline - clock.Elapsed, cancellationToken);
                if (_ready != process)
                    JoinedAt = time.GetUtcNow();
                _ready = process;
                return;
            }
            catch (UserErrorException) when (process.Exited.IsCompleted && clock.Elapsed < deadline)
            {
                await Task.Delay(StartAgainPause, time, cancellationToken);
            }
        }
    }

    /// <summary>kill -9, and waits until the process is gone.</summary>
    public async Task KillAsync()
    {
        if (Release() is not { } process)
            return;
        await process.KillAsync();
        await process.DisposeAsync();
    }

    /// <summary>Halts the process that runs now (SIGSTOP).</summary>
    /// <returns>What lets that process go on.</returns>
    public Action Pause()
    {
        var process = _process;
        process?.Pause();
        return () => process?.Resume();
    }

    /// <summary>SIGTERM, and waits until the process is gone.</summary>
    public async Task StopAsync()
    {
        if (Release() is not { } process)
            return;
        if (await process.StopAsync(StopGrace) is null)
            output.WriteLine($"{Name} did not end within {StopGrace.TotalSeconds} s of SIGTERM and was killed");
        await process.DisposeAsync();
    }

    private ServerProcess? Release()
    {
        lock (_gate)
        {
            _wanted = false;
            var process = _process;
            _process = null;
            return process;
        }
    }

    private async Task StartAgainAsync(ServerProcess process)
    {
        var exitCode = await process.Exited;
        lock (_gate)
        {
            if (_process != process)
                return;
            _endedByItself.Enqueue(exitCode);
            output.WriteLine($"{Name} ended by itself with exit code {exitCode}");
        }
        await Task.Delay(StartAgainPause, time);
        lock (_gate)
        {
            if (_wanted && _process == process)
                Start();
        }
    }
}
