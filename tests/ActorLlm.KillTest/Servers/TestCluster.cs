using System.Security.Cryptography;
using ActorLlm.Cli;
using ActorLlm.Cli.Processes;

namespace ActorLlm.KillTest.Servers;

/// <summary>Three real nodes on loopback with one database and one simulated model.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private const int NodeCount = 3;

    // Below the range that systems take ports of outgoing connections from: else one of those could sit on the port of a node that is down.
    private const int FirstPort = 20_000;
    private const int LastPort = 30_000;

    private TestCluster(IReadOnlyList<KillableNode> nodes) => Nodes = nodes;

    public IReadOnlyList<KillableNode> Nodes { get; }

    /// <summary>Starts nothing yet.</summary>
    /// <param name="postgres">The connection string of an empty database.</param>
    /// <param name="model">The endpoint of the simulated model.</param>
    /// <param name="folder">Where the nodes' logs go.</param>
    /// <param name="output">Where it is told that a node ended by itself.</param>
    public static TestCluster Plan(string postgres, Uri model, string folder, TextWriter output)
    {
        var ports = FreePorts(2 * NodeCount);
        var (http, remote) = (ports[..NodeCount], ports[NodeCount..]);
        var seeds = string.Join(',', remote.Select(port => $"127.0.0.1:{port}"));
        return new TestCluster([.. Enumerable.Range(0, NodeCount).Select(i => new KillableNode(
            http[i],
            Path.Combine(folder, $"node-{i + 1}"),
            new Dictionary<string, string?>
            {
                ["ActorLlm__Postgres"] = postgres,
                ["ActorLlm__Cluster__Hostname"] = "127.0.0.1",
                ["ActorLlm__Cluster__Port"] = $"{remote[i]}",
                ["ActorLlm__Cluster__SeedNodes"] = seeds,
                ["ActorLlm__Backends__sim__Type"] = "OpenAI",
                ["ActorLlm__Backends__sim__Endpoint"] = model.AbsoluteUri,
                ["ActorLlm__Backends__sim__Models__0"] = "simulator",
            },
            output))]);
    }

    /// <summary>Where a load balancer sends requests: to nodes that are ready, to those that run when none is, and else anywhere.</summary>
    public IReadOnlyList<Uri> Addresses() =>
        AddressesOf(node => node.IsReady) ?? AddressesOf(node => node.IsRunning) ?? [.. Nodes.Select(node => node.Address)];

    /// <summary>Where a client without a load balancer sends requests: to nodes that run, ready or not.</summary>
    public IReadOnlyList<Uri> RunningAddresses() => AddressesOf(node => node.IsRunning) ?? Addresses();

    /// <summary>Waits until every node is up in the cluster and takes turns.</summary>
    /// <exception cref="UserErrorException">One has ended, or was not ready in time.</exception>
    public Task WaitReadyAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        Task.WhenAll(Nodes.Select(node => node.WaitReadyAsync(deadline, cancellationToken)));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
            await node.KillAsync();
    }

    private Uri[]? AddressesOf(Func<KillableNode, bool> wanted) =>
        Nodes.Where(wanted).Select(node => node.Address).ToArray() is { Length: > 0 } found ? found : null;

    private static int[] FreePorts(int count)
    {
        for (var tries = 0; tries < 100; tries++)
        {
            var first = RandomNumberGenerator.GetInt32(FirstPort, LastPort - count);
            var ports = Enumerable.Range(first, count).ToArray();
            if (!ports.Any(LoopbackPorts.IsTaken))
                return ports;
        }
        throw new UserErrorException($"There are no {count} free ports in a row between {FirstPort} and {LastPort} on 127.0.0.1: end what listens there.");
    }
}
