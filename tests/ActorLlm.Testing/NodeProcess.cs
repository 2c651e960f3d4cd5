namespace ActorLlm.Testing;

/// <summary>
/// A real node in a process of its own (<c>dotnet ActorLlm.Node.dll</c>), with nothing but the configuration given here: what the tests' own
/// environment says about ActorLlm or OpenAI is kept from it.
/// </summary>
public sealed class NodeProcess : ProductProcess
{
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(60);

    private NodeProcess(IReadOnlyDictionary<string, string> configuration, int? httpPort)
        : base("The node", "ActorLlm.Node", httpPort, start => start with
        {
            // Nodes of tests that run beside each other would take one another's default address.
            Arguments = configuration.ContainsKey("ActorLlm:Admin:Url") ? start.Arguments : [.. start.Arguments, "--ActorLlm:Admin:Url="],
            Environment = configuration.ToDictionary(entry => entry.Key.Replace(":", "__", StringComparison.Ordinal), entry => (string?)entry.Value),
            DropInherited = ["ActorLlm__", "OPENAI_", "ASPNETCORE_", "DOTNET_URLS", "URLS"],
        })
    {
    }

    /// <summary>Ends with the exit code once the process has ended.</summary>
    public Task<int> Exited => Process.Exited;

    /// <summary>Starts a node and does not wait for it.</summary>
    /// <param name="configuration">Keys as in .NET configuration, for example <c>ActorLlm:Postgres</c> or <c>ActorLlm:Cluster:Port</c>.</param>
    /// <param name="httpPort">Where to listen; null for a free port.</param>
    public static NodeProcess Start(IReadOnlyDictionary<string, string> configuration, int? httpPort = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return new NodeProcess(configuration, httpPort);
    }

    /// <summary>Starts a node and waits until it is ready.</summary>
    /// <inheritdoc cref="Start"/>
    public static Task<NodeProcess> StartReadyAsync(IReadOnlyDictionary<string, string> configuration, int? httpPort = null) =>
        OnceAsync(Start(configuration, httpPort), node => node.WaitReadyAsync());

    /// <summary>Waits until <c>/healthz/ready</c> answers 200: the node is Up in its cluster and takes turns.</summary>
    /// <param name="deadline">How long it may take; 60 s by default.</param>
    /// <exception cref="Processes.UserErrorException">It ended or was not ready in time; the message carries its last lines.</exception>
    public Task WaitReadyAsync(TimeSpan? deadline = null) => WaitHealthyAsync("healthz/ready", deadline ?? ReadyDeadline);

    /// <summary>SIGTERM, and waits for the end.</summary>
    /// <param name="deadline">How long it may take; 60 s by default.</param>
    /// <returns>The exit code; null when it did not end in time and was killed.</returns>
    public Task<int?> StopAsync(TimeSpan? deadline = null) => Process.StopAsync(deadline ?? StopDeadline);
}
