using ActorLlm.Cli;
using ActorLlm.Cli.Processes;

namespace ActorLlm.KillTest.Servers;

/// <summary>One place in the cluster: its addresses stay, its processes come and go.</summary>
/// <param name="httpPort">Where it listens.</param>
/// <param name="folder">Its working folder, which holds its log.</param>
/// <param name="environment">Its configuration.</param>
/// <param name="output">Where it is told that a node ended by itself.</param>
internal sealed class KillableNode(int httpPort, string folder, IReadOnlyDictionary<string, string?> environment, TextWriter output)
{
    /// <summary>The node's exit code when the cluster put it out: on a starved machine it can be silent for too long.</summary>
    private const int Downed = 2;

    // A node that is killed must not be started again by the one who saw it end.
    private readonly Lock _gate = new();
    private volatile ServerProcess? _process;
    private volatile ServerProcess? _ready;
    private int _timesDowned;

    public Uri Address { get; } = new($"http://127.0.0.1:{httpPort}/");

    public bool IsRunning => _process is { Exited.IsCompleted: false };

    /// <summary>Whether it was ready once since it was started, and still runs.</summary>
    public bool IsReady => _process is { Exited.IsCompleted: false } process && process == _ready;

    /// <summary>How often the cluster put it out and it was started again, as whoever runs nodes does.</summary>
    public int TimesDowned => _timesDowned;

    /// <summary>Starts a process and does not wait for it.</summary>
    public void Start()
    {
        var process = ServerProcess.Start(new ServerStart(
            Path.GetFileName(folder), ProductAssembly.Find("ActorLlm.Node"), ["--urls", Address.GetLeftPart(UriPartial.Authority)], folder)
        {
            Environment = environment,
            DropInherited = ["ActorLlm__", "OPENAI_", "ASPNETCORE_", "DOTNET_URLS", "URLS"],
            LogFile = Path.Combine(folder, "node.log"),
        });
        _process = process;
        _ = StartAgainWhenDownedAsync(process);
    }

    /// <summary>Waits until it is up in the cluster and takes turns.</summary>
    /// <exception cref="UserErrorException">It ended for another reason than the cluster's decision, or was not ready in time.</exception>
    public async Task WaitReadyAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            var process = _process ?? throw new InvalidOperationException("The node was not started.");
            try
            {
                await process.WaitHealthyAsync(new Uri(Address, "healthz/ready"), deadline, cancellationToken);
                _ready = process;
                return;
            }
            catch (UserErrorException) when (process.Exited is { IsCompletedSuccessfully: true, Result: Downed })
            {
                while (_process == process)
                    await Task.Yield();
            }
        }
    }

    /// <summary>kill -9, and waits until the process is gone.</summary>
    public async Task KillAsync()
    {
        ServerProcess? process;
        lock (_gate)
            (process, _process) = (_process, null);
        if (process is null)
            return;
        await process.KillAsync();
        await process.DisposeAsync();
    }

    private async Task StartAgainWhenDownedAsync(ServerProcess process)
    {
        var exitCode = await process.Exited;
        lock (_gate)
        {
            if (_process != process)
                return;
            output.WriteLine($"{process.Name} ended by itself with exit code {exitCode}");
            if (exitCode != Downed)
                return;
            _timesDowned++;
            Start();
        }
    }
}
