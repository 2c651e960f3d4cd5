using ActorLlm.Cli.Processes;

namespace ActorLlm.Testing;

/// <summary>
/// A real node in a process of its own (<c>dotnet ActorLlm.Node.dll</c>), in an empty temporary folder, with nothing but the
/// configuration given here: what the tests' own environment says about ActorLlm or OpenAI is kept from it.
/// </summary>
public sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder;
    private readonly ServerProcess _process;

    private NodeProcess(DirectoryInfo folder, ServerProcess process, Uri address)
    {
        _folder = folder;
        _process = process;
        Address = address;
    }

    /// <summary>Where its HTTP face listens, for example <c>http://127.0.0.1:41234/</c>.</summary>
    public Uri Address { get; }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Ends with the exit code once the process has ended.</summary>
    public Task<int> Exited => _process.Exited;

    /// <summary>Its last lines of output, at most 200.</summary>
    public IReadOnlyList<string> Output => _process.Tail;

    /// <summary>All of its output, for as long as this object is not disposed.</summary>
    public string LogFile => Path.Combine(_folder.FullName, "node.log");

    /// <summary>Starts a node and does not wait for it.</summary>
    /// <param name="configuration">Keys as in .NET configuration, for example <c>ActorLlm:Postgres</c> or <c>ActorLlm:Cluster:Port</c>.</param>
    /// <param name="httpPort">Where to listen; null for a free port.</param>
    public static NodeProcess Start(IReadOnlyDictionary<string, string> configuration, int? httpPort = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var folder = Directory.CreateTempSubdirectory("actorllm-node-");
        var address = new Uri($"http://127.0.0.1:{httpPort ?? LoopbackPorts.Free()[0]}/");
        var process = ServerProcess.Start(new ServerStart(
            "The node", ProductAssembly.Find("ActorLlm.Node"), ["--urls", address.GetLeftPart(UriPartial.Authority)], folder.FullName)
        {
            Environment = configuration.ToDictionary(entry => entry.Key.Replace(":", "__", StringComparison.Ordinal), entry => (string?)entry.Value),
            DropInherited = ["ActorLlm__", "OPENAI_", "ASPNETCORE_", "DOTNET_URLS", "URLS"],
            LogFile = Path.Combine(folder.FullName, "node.log"),
        });
        return new NodeProcess(folder, process, address);
    }

    /// <summary>Starts a node and waits until it is ready.</summary>
    /// <inheritdoc cref="Start"/>
    public static async Task<NodeProcess> StartReadyAsync(IReadOnlyDictionary<string, string> configuration, int? httpPort = null)
    {
        var node = Start(configuration, httpPort);
        try
        {
            await node.WaitReadyAsync();
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until <c>/healthz/ready</c> answers 200: the node is Up in its cluster and takes turns.</summary>
    /// <param name="deadline">How long it may take; 60 s by default.</param>
    /// <exception cref="Cli.UserErrorException">It ended or was not ready in time; the message carries its last lines.</exception>
    public Task WaitReadyAsync(TimeSpan? deadline = null) =>
        _process.WaitHealthyAsync(new Uri(Address, "healthz/ready"), deadline ?? ReadyDeadline);

    /// <summary>kill -9, and waits until the process is gone.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>SIGTERM, and waits for the end.</summary>
    /// <param name="deadline">How long it may take; 60 s by default.</param>
    /// <returns>The exit code; null when it did not end in time and was killed.</returns>
    public Task<int?> StopAsync(TimeSpan? deadline = null) => _process.StopAsync(deadline ?? StopDeadline);

    /// <summary>Kills the node if it still runs, and deletes its folder. Stop it first where the way it ends matters.</summary>
    public async ValueTask DisposeAsync()
    {
        await _process.KillAsync();
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
