
namespace ActorLlm.Cli.Up;

/// <summary>One node of the cluster to be started.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="HttpPort">Where its HTTP face listens on loopback.</param>
/// <param name="ClusterPort">Where it listens for the other nodes on loopback.</param>
/// <param name="AdminPort">Where its admin endpoint listens on loopback.</param>
/// <param name="Start">The process.</param>
public sealed record NodePlan(int Number, int HttpPort, int ClusterPort, int AdminPort, ServerStart Start)
{
    // What a shell may carry that would contradict what is set here. Everything else is inherited, backends among it unless one is given.
    private static readonly string[] NotInherited =
        ["ActorLlm__Cluster__", "ActorLlm__Admin__Url", "ActorLlm__Postgres", "ActorLlm__Sqlite", "ASPNETCORE_URLS", "ASPNETCORE_HTTP", "DOTNET_URLS", "URLS"];

    /// <summary>Name in messages, and of the folder: <c>node-1</c>.</summary>
    public string Name => Start.Name;

    /// <summary>The address of its HTTP face.</summary>
    public Uri Address => new($"http://127.0.0.1:{HttpPort}/");

    /// <summary>Plans all nodes of a cluster.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="postgres">The connection string of the database they share.</param>
    /// <param name="nodeAssembly">The node's .dll.</param>
    /// <param name="apiKey">The backend's key, or null.</param>
    public static IReadOnlyList<NodePlan> For(UpOptions options, string postgres, string nodeAssembly, string? apiKey)
    {
        ArgumentNullException.ThrowIfNull(options);
        return [.. Enumerable.Range(0, options.Nodes).Select(i => Plan(options, i, postgres, nodeAssembly, apiKey))];
    }

    private static NodePlan Plan(UpOptions options, int index, string postgres, string nodeAssembly, string? apiKey)
    {
        var name = $"node-{index + 1}";
        var folder = Path.GetFullPath(Path.Combine(options.DataFolder, name));
        var environment = new Dictionary<string, string?>
        {
            ["ActorLlm__Postgres"] = postgres,
            ["ActorLlm__Cluster__Hostname"] = "127.0.0.1",
            ["ActorLlm__Cluster__Port"] = $"{options.ClusterPort + index}",
            ["ActorLlm__Admin__Url"] = $"http://127.0.0.1:{options.AdminPort + index}",
        };
        if (options.BackendUrl is { } url)
        {
            environment["ActorLlm__Backends__default__Type"] = "OpenAI";
            environment["ActorLlm__Backends__default__Endpoint"] = url.AbsoluteUri;
            environment["ActorLlm__Backends__default__ApiKey"] = apiKey;
            environment["ActorLlm__Backends__default__Models__0"] = options.Model;
        }
        var httpPort = options.HttpPort + index;
        return new NodePlan(index + 1, httpPort, options.ClusterPort + index, options.AdminPort + index, new ServerStart(name, nodeAssembly, ["--urls", $"http://127.0.0.1:{httpPort}"], folder)
        {
            Environment = environment,
            DropInherited = options.BackendUrl is null ? NotInherited : [.. NotInherited, "ActorLlm__Backends__", "ActorLlm__DefaultModel"],
            LogFile = Path.Combine(folder, "node.log"),
        });
    }
}
