using ActorLlm.Chaos.Network;

namespace ActorLlm.Chaos.Servers;

/// <summary>Real nodes with one database and one simulated model.</summary>
internal sealed class NodeCluster : IAsyncDisposable
{
    private NodeCluster(IReadOnlyList<ClusterNode> nodes) => Nodes = nodes;

    public IReadOnlyList<ClusterNode> Nodes { get; }

    /// <summary>The node whose process is the oldest: the cluster's singletons are there. The first of them where all are of one age.</summary>
    public ClusterNode Oldest => Nodes.MinBy(node => node.JoinedAt)!;

    /// <summary>Starts nothing yet.</summary>
    /// <param name="count">How many nodes.</param>
    /// <param name="network">The nodes' networks; null for loopback.</param>
    /// <param name="postgres">The connection string of an empty database.</param>
    /// <param name="model">The endpoint of the simulated model.</param>
    /// <param name="folder">Where the nodes' logs go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="output">Where it is told that a node ended by itself.</param>
    public static NodeCluster Plan(
        int count, NodeNetwork? network, string postgres, Uri model, string folder, TimeProvider time, TextWriter output)
    {
        var ports = FixedPorts.Take(2 * count);
        var places = Enumerable.Range(0, count).Select(i => new NodePlace($"node-{i + 1}", network?.AddressOf(i) ?? "127.0.0.1", ports[i], ports[count + i])
        {
            Through = network?.Through(i) ?? [],
        }).ToArray();
        return new NodeCluster([.. places.Select(place => new ClusterNode(
            place,
            Path.Combine(folder, place.Name),
            new Dictionary<string, string?>
            {
                ["ActorLlm__Postgres"] = postgres,
                ["ActorLlm__Cluster__Hostname"] = place.Host,
                ["ActorLlm__Cluster__Port"] = $"{place.ClusterPort}",
                ["ActorLlm__Backends__sim__Type"] = "OpenAI",
                ["ActorLlm__Backends__sim__Endpoint"] = model.AbsoluteUri,
                ["ActorLlm__Backends__sim__Models__0"] = "simulator",
            },
            time,
            output))]);
    }

    /// <summary>Waits until every node is up in the cluster and takes turns.</summary>
    /// <exception cref="UserErrorException">One was not ready in time.</exception>
    public Task WaitReadyAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        Task.WhenAll(Nodes.Select(node => node.WaitReadyAsync(deadline, cancellationToken)));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
            await node.KillAsync();
    }
}
