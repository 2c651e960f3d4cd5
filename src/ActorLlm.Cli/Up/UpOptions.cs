namespace ActorLlm.Cli.Up;

/// <summary>What <c>actorllm up</c> is asked to start.</summary>
public sealed record UpOptions
{
    /// <summary>The most nodes that one machine is asked to run.</summary>
    public const int MaxNodes = 9;

    /// <summary>The highest port there is.</summary>
    public const int MaxPort = 65535;

    /// <summary>How many nodes, 1 to <see cref="MaxNodes"/>.</summary>
    public int Nodes { get; init; } = 3;

    /// <summary>An Npgsql connection string; null for a private server from the installed binaries.</summary>
    public string? Postgres { get; init; }

    /// <summary>The first node's HTTP port; the others follow, one up each.</summary>
    public int HttpPort { get; init; } = 8080;

    /// <summary>The first node's port for the other nodes; the others follow, one up each.</summary>
    public int ClusterPort { get; init; } = 4053;

    /// <summary>The first node's port of its admin endpoint; the others follow, one up each.</summary>
    public int AdminPort { get; init; } = 8070;

    /// <summary>Where logs and a private server's data are kept between runs.</summary>
    public string DataFolder { get; init; } = Path.Combine("data", "up");

    /// <summary>An OpenAI-compatible endpoint; null for what the nodes find by themselves.</summary>
    public Uri? BackendUrl { get; init; }

    /// <summary>The model to ask that endpoint for; given with it, or not at all.</summary>
    public string? Model { get; init; }

    /// <summary>The options that name a first port, with their values.</summary>
    public IReadOnlyList<(string Option, int First)> FirstPorts => [("--http-port", HttpPort), ("--cluster-port", ClusterPort), ("--admin-port", AdminPort)];

    /// <summary>Checks what one option alone cannot tell.</summary>
    /// <exception cref="UserErrorException">Two options contradict each other.</exception>
    public void Check()
    {
        foreach (var (option, first) in FirstPorts)
        {
            if (first + Nodes - 1 > MaxPort)
                throw Wrong($"{option} is {first}: {Nodes} nodes need {Nodes} ports up from it, so give at most {MaxPort - Nodes + 1}.");
        }
        foreach (var (one, other) in FirstPorts.SelectMany((one, index) => FirstPorts.Skip(index + 1).Select(other => (one, other))))
        {
            if (Math.Abs(one.First - other.First) < Nodes)
                throw Wrong($"{one.Option} {one.First} and {other.Option} {other.First} overlap: {Nodes} nodes need {Nodes} ports up from each.");
        }
        if ((Model is null) != (BackendUrl is null))
            throw Wrong("--backend-url and --model go together, the endpoint and what to ask it for: give both or neither.");
    }

    private static UserErrorException Wrong(string message) => new(message, ExitCode.Usage);
}
