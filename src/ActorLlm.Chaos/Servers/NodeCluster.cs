using ActorLlm.Chaos.Faults;

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
    /// <param name="rig">All the rest, already there.</param>
    /// <param name="needs">What the faults of the run need.</param>
    /// <param name="folder">Where the nodes' logs go.</param>
    /// <param name="otherVersion">The assembly of another version of the node, as which all begin; null for none.</param>
    public static NodeCluster Plan(int count, Rig rig, Needs needs, string folder, string? otherVersion)
    {
        var network = rig.Network;
        var ports = FixedPorts.Take(2 * count);
        var places = Enumerable.Range(0, count).Select(i => new NodePlace($"node-{i + 1}", network?.AddressOf(i) ?? "127.0.0.1", ports[i], ports[count + i])
        {
            Through = network?.Through(i) ?? [],
            OtherVersion = otherVersion,
            Clock = needs.HasFlag(Needs.FakeClocks) ? NodeClock.Make(Path.Combine(folder, $"node-{i + 1}")) : null,
        }).ToArray();
        return new NodeCluster([.. places.Select(place => new ClusterNode(
            place,
            Path.Combine(folder, place.Name),
            new Dictionary<string, string?>(rig.KeySettings.Concat(place.Clock?.Environment ?? []))
            {
                ["ActorLlm__Postgres"] = rig.Postgres.NodesConnectionString,
                ["ActorLlm__Cluster__Hostname"] = place.Host,
                ["ActorLlm__Cluster__Port"] = $"{place.ClusterPort}",
                ["ActorLlm__Backends__sim__Type"] = "OpenAI",
                ["ActorLlm__Backends__sim__Endpoint"] = rig.Simulator.Endpoint.AbsoluteUri,
                ["ActorLlm__Backends__sim__Models__0"] = "simulator",
            },
            rig.Time,
            rig.Output))]);
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
