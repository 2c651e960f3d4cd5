using ActorLlm.Cli.Terminals;
using ActorLlm.Cli.Tests.Fakes;
using ActorLlm.Testing;

namespace ActorLlm.Cli.Tests.Clusters;

/// <summary>A real cluster of three nodes on PostgreSQL, shared by the tests of a class; some of them lose nodes of it.</summary>
public sealed class ThreeNodes : IAsyncLifetime
{
    public const string AdminKey = "operator-of-the-tests";

    private const int Count = 3;

    private readonly Dictionary<string, NodeProcess> _nodes = [];
    private readonly List<string> _admin = [];

    /// <summary>The addresses of the HTTP faces of those that live, as <c>--url</c> takes them.</summary>
    public string Urls => string.Join(',', _nodes.Values.Where(node => !node.Exited.IsCompleted).Select(node => node.Address.AbsoluteUri));

    /// <summary>The addresses of all admin endpoints, as <c>--admin</c> takes them: of those that live one is found.</summary>
    public string Admin => string.Join(',', _admin);

    /// <summary>Their places in the cluster.</summary>
    public IReadOnlyCollection<string> Places => _nodes.Keys;

    public async Task InitializeAsync()
    {
        var database = await (await TestPostgres.SharedAsync()).CreateDatabaseAsync();
        var ports = FixedPorts.Take(2 * Count);
        for (var index = 0; index < Count; index++)
        {
            var (place, admin) = ($"127.0.0.1:{ports[index]}", $"http://127.0.0.1:{ports[Count + index]}");
            _admin.Add(admin);
            _nodes.Add(place, NodeProcess.Start(new Dictionary<string, string>
            {
                ["ActorLlm:Postgres"] = database,
                ["ActorLlm:Cluster:Port"] = $"{ports[index]}",
                ["ActorLlm:Admin:Url"] = admin,
                ["ActorLlm:Admin:Keys:0:Name"] = "tests",
                ["ActorLlm:Admin:Keys:0:Hash"] = "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(AdminKey))),
                ["ActorLlm:Backends:simulator:Type"] = "Simulator",
            }));
        }

        await Task.WhenAll(_nodes.Values.Select(node => node.WaitReadyAsync()));
    }

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes.Values) await node.DisposeAsync();
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync(string place) => _nodes[place].KillAsync();

    /// <summary>Ends with the node's exit code.</summary>
    public Task<int> ExitedAsync(string place) => _nodes[place].Exited;

    /// <summary>Runs a command line against the cluster.</summary>
    internal Task<Ran> RunAsync(params string[] args) => RunAsync(Terminal(""), args);

    /// <summary>Runs a command line against the cluster.</summary>
    internal static Task<Ran> RunAsync(Terminal terminal, params string[] args) => Fakes.Cli.RunAsync(terminal, args);

    /// <summary>Where no person is, and the environment names the cluster.</summary>
    internal Terminal Terminal(string input) => Fakes.Cli.Terminal(input, ("ACTORLLM_ADMIN", Admin), ("ACTORLLM_ADMIN_KEY", AdminKey), ("ACTORLLM_URL", Urls));
}
