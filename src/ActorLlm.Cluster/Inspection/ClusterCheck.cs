using System.Globalization;
using ActorLlm.Cluster.Membership;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using ActorLlm.Domain.Membership;
using ActorLlm.Inspection;

namespace ActorLlm.Cluster.Inspection;

/// <summary>How far a node's clock was ahead of the asking node's, within half of the time that the question took; null where it did not answer.</summary>
internal sealed record NodeClock(string Node, TimeSpan? Ahead, TimeSpan Uncertainty);

/// <summary>Looks after the cluster, from what its members say.</summary>
internal static class ClusterCheck
{
    private static readonly TimeSpan SkewToSee = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SkewToMend = TimeSpan.FromSeconds(10);

    /// <summary>Members that are not heard, and programs of different versions.</summary>
    public static IEnumerable<Finding> Members(ClusterPicture cluster)
    {
        var silent = cluster.Members.Where(member => !member.Reachable).Select(member => member.Node).ToArray();
        yield return silent.Length == 0
            ? Good("members", $"All {cluster.Members.Count} members are reachable.")
            : new Finding("members", Severity.Bad, $"Not heard: {string.Join(", ", silent)}.", "See whether the process lives and the network lets it through. The cluster puts it out by itself; one that stays may be declared dead.");
        if (cluster.Coordinator is null)
            yield return new Finding("coordinator", Severity.Bad, "No member of role conversation is up.", "Start a node of role conversation.");
        var versions = cluster.Members.GroupBy(member => member.Version).OrderBy(group => group.Key, StringComparer.Ordinal).ToArray();
        yield return versions.Length <= 1
            ? Good("versions", $"All members run version {versions.FirstOrDefault()?.Key}.")
            : new Finding(
                "versions",
                Severity.Warning,
                $"The members run different versions: {string.Join("; ", versions.Select(group => $"{group.Key} on {string.Join(", ", group.Select(member => member.Node))}"))}.",
                "Finish the upgrade: two versions side by side are meant for the time of it.");
    }

    /// <summary>Clocks that differ from the database's, or from the asking node's where the database has none.</summary>
    public static Finding Clocks(IReadOnlyCollection<NodeClock> nodes, TimeSpan? databaseAhead)
    {
        const string check = "clocks";
        var reference = databaseAhead is null ? "this node's" : "the database's";
        // What the question itself took cannot be told from a difference.
        var off = nodes.Where(node => node.Ahead is not null)
            .Select(node => (node.Node, Ahead: node.Ahead!.Value - (databaseAhead ?? TimeSpan.Zero), node.Uncertainty))
            .Where(node => node.Ahead.Duration() - node.Uncertainty >= SkewToSee)
            .OrderByDescending(node => node.Ahead.Duration())
            .ToArray();
        var silent = nodes.Where(node => node.Ahead is null).Select(node => node.Node).ToArray();
        if (off.Length > 0)
        {
            return new Finding(
                check,
                off.Any(node => node.Ahead.Duration() - node.Uncertainty >= SkewToMend) ? Severity.Bad : Severity.Warning,
                $"Clocks differ from {reference}: {string.Join(", ", off.Select(node => string.Create(CultureInfo.InvariantCulture, $"{node.Node} by {node.Ahead.TotalSeconds:+0.0;-0.0} s")))}.",
                "Have the machines keep time (NTP). Deadlines and retries come early or late by as much; nothing is lost by it.");
        }

        return silent.Length == 0
            ? Good(check, $"All {nodes.Count} nodes agree with {reference} clock to within a second.")
            : new Finding(check, Severity.Warning, $"Not told by {string.Join(", ", silent)}.", "See whether these nodes are reachable and started.");
    }

    /// <summary>Workers that are missing or take nothing, and backends that fail.</summary>
    public static IEnumerable<Finding> Workers(WorkersPicture? workers)
    {
        if (workers is null)
        {
            yield return new Finding("workers", Severity.Warning, "The coordinator did not list the workers.", "Ask again in a few seconds: it may be starting on another node.");
            yield break;
        }

        var taking = workers.Workers.Count(worker => worker.Capacity > 0);
        yield return taking > 0
            ? Good("workers", $"{taking} of {workers.Workers.Count} workers take attempts.")
            : new Finding("workers", Severity.Bad, $"None of {workers.Workers.Count} workers takes attempts: turns are accepted and wait.", "Start a node of role worker, or resume one that is drained.");
        var failing = workers.Workers
            .SelectMany(worker => worker.Backends.Where(backend => backend.FailuresInARow > 0).Select(backend => (worker.Node, Backend: backend)))
            .ToArray();
        foreach (var (node, backend) in failing)
        {
            yield return new Finding(
                "backends",
                Severity.Warning,
                $"{backend.Backend} fails on {node}, {backend.FailuresInARow} attempts in a row: {backend.LastError}",
                "See the provider's status, the key, the address and the model's name. Turns are tried again by themselves.");
        }

        if (failing.Length == 0 && workers.Workers.Count > 0) yield return Good("backends", "None failed the last time it was called.");
    }

    /// <summary>Nodes of another cluster on the same database.</summary>
    public static async Task<Finding> SecondClusterAsync(Akka.Cluster.Cluster cluster, JournalSettings journal, CancellationToken cancellationToken)
    {
        const string check = "one cluster";
        try
        {
            var others = await OthersAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            var strangers = Rendezvous.Strangers(others, cluster.State.Members.Select(member => IdOf(member.UniqueAddress)).ToHashSet());
            return strangers.Count == 0
                ? Good(check, "No node outside of this cluster speaks in its database.")
                : new Finding(
                    check,
                    Severity.Warning,
                    $"In the database speak nodes that are not in this cluster: {string.Join(", ", strangers.Select(stranger => stranger.Id.Address))}.",
                    $"One that was just lost is forgotten within {Limits.NodeFreshFor.TotalSeconds:0} s. Others that go on are a second cluster: the smaller one ends by itself, and joins when it is started again.");
        }
        catch (Exception error) when (error is OperationCanceledException || DatabaseLoss.IsMeantBy(error))
        {
            return new Finding(check, Severity.Warning, "The database did not say which nodes speak in it.", "See the finding about the database.");
        }

        async Task<IReadOnlyList<KnownNode>> OthersAsync()
        {
            await using var table = new NodeTable(journal, IdOf(cluster.SelfUniqueAddress));
            return await table.ReadOthersAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static NodeId IdOf(Akka.Cluster.UniqueAddress node) => new(node.Address.Place(), node.Uid);

    private static Finding Good(string check, string message) => new(check, Severity.Good, message, "");
}
