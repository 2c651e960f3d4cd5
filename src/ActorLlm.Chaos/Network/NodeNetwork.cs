using System.Globalization;
using System.Security.Cryptography;

namespace ActorLlm.Chaos.Network;

/// <summary>
/// A network of its own for each node: a network namespace with one end of a cable, whose other end is in a bridge of this machine. What passes
/// between two nodes can be dropped there without touching anything else. It does not outlive this program, however this program ends.
/// </summary>
internal sealed class NodeNetwork : IAsyncDisposable
{
    private const int FirstHost = 11;
    private const int AddressTries = 50;
    private static readonly string[] Tools = ["ip", "iptables"];

    private readonly string _id;
    private readonly string _prefix;
    private readonly int _nodes;
    private readonly OrphanGuard _guard;

    private NodeNetwork(string id, string prefix, int nodes)
    {
        (_id, _prefix, _nodes) = (id, prefix, nodes);
        _guard = OrphanGuard.Arm(
            "bridge=$1; shift; iptables -w -D FORWARD -i \"$bridge\" -o \"$bridge\" -j ACCEPT; ip link del \"$bridge\"; for name in \"$@\"; do ip netns del \"$name\"; done",
            [Bridge, .. Enumerable.Range(0, nodes).Select(Namespace)]);
    }

    /// <summary>This machine's address as the nodes see it.</summary>
    public string HostAddress => $"{_prefix}.1";

    private string Bridge => $"acl{_id}br";

    private string[] MayPass => ["FORWARD", "-i", Bridge, "-o", Bridge, "-j", "ACCEPT"];

    /// <summary>What keeps this machine from having such networks, in one line with what to do; null for nothing.</summary>
    public static string? Missing()
    {
        if (!OperatingSystem.IsLinux())
            return "network namespaces, which Linux alone has";
        if (!Environment.IsPrivilegedProcess)
            return "root, to make network namespaces";
        string[] missing = [.. Tools.Where(tool => CommandRunner.FindOnPath(tool) is null)];
        return missing.Length == 0 ? null : $"the program {string.Join(" and ", missing)} (Debian and Ubuntu: apt-get install iproute2 iptables)";
    }

    /// <summary>Makes the networks.</summary>
    /// <param name="nodes">How many.</param>
    /// <param name="cancellationToken">Gives up; what was made is undone.</param>
    /// <exception cref="UserErrorException">The system refused one of the steps.</exception>
    public static async Task<NodeNetwork> CreateAsync(int nodes, CancellationToken cancellationToken)
    {
        var network = new NodeNetwork(RandomNumberGenerator.GetHexString(4, lowercase: true), await FreePrefixAsync(cancellationToken), nodes);
        try
        {
            await RunAsync(["ip", "link", "add", network.Bridge, "type", "bridge"], cancellationToken);
            await RunAsync(["ip", "addr", "add", $"{network.HostAddress}/24", "dev", network.Bridge], cancellationToken);
            await RunAsync(["ip", "link", "set", network.Bridge, "up"], cancellationToken);
            // Docker, where it runs, has this machine drop what passes over a bridge that it does not know.
            await RunAsync(["iptables", "-w", "-I", .. network.MayPass], cancellationToken);
            for (var node = 0; node < nodes; node++)
                await network.AddAsync(node, cancellationToken);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>The address of a node.</summary>
    /// <param name="node">From 0.</param>
    public string AddressOf(int node) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}.{FirstHost + node}");

    /// <summary>The command that starts a process in the network of a node, and replaces itself by it.</summary>
    public IReadOnlyList<string> Through(int node) => [Tool("ip"), "netns", "exec", Namespace(node)];

    /// <summary>One node does not hear another one any more. Nobody is told: packets are gone.</summary>
    public Task DeafenAsync(int node, int to, CancellationToken cancellationToken) =>
        RuleAsync(node, ["-A", "INPUT", "-s", AddressOf(to), "-j", "DROP"], cancellationToken);

    /// <summary>A node neither hears nor reaches anything: other nodes, database, model, clients.</summary>
    public async Task IsolateAsync(int node, CancellationToken cancellationToken)
    {
        foreach (var (chain, direction) in new[] { ("INPUT", "-i"), ("OUTPUT", "-o") })
            await RuleAsync(node, ["-A", chain, direction, "eth0", "-j", "DROP"], cancellationToken);
    }

    /// <summary>Everyone hears everyone.</summary>
    public async Task HealAsync()
    {
        for (var node = 0; node < _nodes; node++)
            await RuleAsync(node, ["-F"], CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        // Without looking at the outcome: after a start that was broken off some of it is not there.
        for (var node = 0; node < _nodes; node++)
            await CommandRunner.RunAsync([Tool("ip"), "netns", "del", Namespace(node)]);
        await CommandRunner.RunAsync([Tool("ip"), "link", "del", Bridge]);
        await CommandRunner.RunAsync([Tool("iptables"), "-w", "-D", .. MayPass]);
        _guard.Disarm();
    }

    private async Task AddAsync(int node, CancellationToken cancellationToken)
    {
        var (space, cable) = (Namespace(node), $"acl{_id}v{node}");
        await RunAsync(["ip", "netns", "add", space], cancellationToken);
        await RunAsync(["ip", "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", space], cancellationToken);
        await RunAsync(["ip", "link", "set", cable, "master", Bridge, "up"], cancellationToken);
        await RunAsync(["ip", "-n", space, "link", "set", "lo", "up"], cancellationToken);
        await RunAsync(["ip", "-n", space, "addr", "add", $"{AddressOf(node)}/24", "dev", "eth0"], cancellationToken);
        await RunAsync(["ip", "-n", space, "link", "set", "eth0", "up"], cancellationToken);
    }

    private string Namespace(int node) => string.Create(CultureInfo.InvariantCulture, $"actorllm-{_id}-{node + 1}");

    private Task RuleAsync(int node, IReadOnlyList<string> rule, CancellationToken cancellationToken) =>
        RunAsync(["ip", "netns", "exec", Namespace(node), Tool("iptables"), "-w", .. rule], cancellationToken);

    private static async Task<string> FreePrefixAsync(CancellationToken cancellationToken)
    {
        var routes = (await CommandRunner.RunAsync([Tool("ip"), "-4", "route"], cancellationToken)).Output;
        for (var tries = 0; tries < AddressTries; tries++)
        {
            var prefix = $"10.{RandomNumberGenerator.GetInt32(64, 255)}.{RandomNumberGenerator.GetInt32(1, 255)}";
            if (!routes.Contains(prefix + ".", StringComparison.Ordinal))
                return prefix;
        }
        throw new UserErrorException("There is no free address range in 10.64.0.0 to 10.254.255.255 for the nodes' networks: leave partitions and steps out with --faults.");
    }

    private static async Task RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var result = await CommandRunner.RunAsync([Tool(command[0]), .. command.Skip(1)], cancellationToken);
        if (result.ExitCode != 0)
            throw new UserErrorException($"The nodes' networks cannot be made: '{string.Join(' ', command)}' said: {result.Output}. Leave partitions and steps out with --faults.");
    }

    private static string Tool(string name) => CommandRunner.FindOnPath(name) ?? name;
}
