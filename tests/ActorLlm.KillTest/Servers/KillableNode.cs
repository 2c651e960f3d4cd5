using ActorLlm.Cli.Processes;

namespace ActorLlm.KillTest.Servers;

/// <summary>One place in the cluster: its addresses stay, its processes come and go.</summary>
/// <param name="httpPort">Where it listens.</param>
/// <param name="folder">Its working folder, which holds its log.</param>
/// <param name="environment">Its configuration.</param>
internal sealed class KillableNode(int httpPort, string folder, IReadOnlyDictionary<string, string?> environment)
{
    private volatile ServerProcess? _process;

    public Uri Address { get; } = new($"http://127.0.0.1:{httpPort}/");

    public bool IsRunning => _process is { Exited.IsCompleted: false };

    /// <summary>Starts a process and does not wait for it.</summary>
    public void Start() => _process = ServerProcess.Start(new ServerStart(
        Path.GetFileName(folder), ProductAssembly.Find("ActorLlm.Node"), ["--urls", Address.GetLeftPart(UriPartial.Authority)], folder)
    {
        Environment = environment,
        DropInherited = ["ActorLlm__", "OPENAI_", "ASPNETCORE_", "DOTNET_URLS", "URLS"],
        LogFile = Path.Combine(folder, "node.log"),
    });

    /// <inheritdoc cref="ServerProcess.WaitHealthyAsync"/>
    public Task WaitReadyAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        (_process ?? throw new InvalidOperationException("The node was not started."))
        .WaitHealthyAsync(new Uri(Address, "healthz/ready"), deadline, cancellationToken);

    /// <summary>kill -9, and waits until the process is gone.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process)
            return;
        _process = null;
        await process.KillAsync();
        await process.DisposeAsync();
    }
}
