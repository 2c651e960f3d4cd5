using ActorLlm.Domain.Routing;
using ActorLlm.Inspection;
using Akka.Actor;
using Akka.Cluster;

namespace ActorLlm.Cluster.Inspection;

/// <summary>The cluster as this node sees it.</summary>
internal static class ClusterReader
{
    /// <summary>The members.</summary>
    /// <param name="cluster">This node's view of the cluster.</param>
    /// <param name="workers">The workers that report; those that take nothing are draining.</param>
    public static ClusterPicture Picture(Akka.Cluster.Cluster cluster, WorkersPicture workers)
    {
        var state = cluster.State;
        var members = state.Members.ToList();
        members.Sort((a, b) => a.Equals(b) ? 0 : a.IsOlderThan(b) ? -1 : 1);
        var unreachable = state.Unreachable.Select(member => member.Address).ToHashSet();
        var draining = workers.Workers.Where(worker => worker.Capacity == 0).Select(worker => worker.Node).ToHashSet(StringComparer.Ordinal);
        return new ClusterPicture(
            cluster.SelfAddress.Place(),
            state.Leader?.Place(),
            CoordinatorOf(members)?.Address.Place(),
            [.. members.Select(member => new MemberPicture(
                member.Address.Place(),
                member.Status.ToString(),
                !unreachable.Contains(member.Address),
                [.. member.Roles.Order(StringComparer.Ordinal)],
                member.AppVersion.Version,
                draining.Contains(member.Address.Place())))]);
    }

    /// <summary>The workers by the coordinator's registry.</summary>
    public static WorkersPicture Picture(WorkerList list) => new(
        [.. list.Workers.Select(worker => new WorkerPicture(
            Address.Parse(worker.Address).Place(),
            worker.Load.Capacity,
            worker.Load.InFlight,
            worker.Load.Latency.TotalMilliseconds,
            [.. worker.Load.Backends.Select(backend => new BackendPicture(backend.Backend, backend.FailuresInARow, backend.LastError))])).OrderBy(worker => worker.Node, StringComparer.Ordinal)]);

    // Where the cluster runs the singleton: the oldest that takes part.
    private static Member? CoordinatorOf(IEnumerable<Member> oldestFirst) => oldestFirst.FirstOrDefault(
        member => member.HasRole(Roles.Conversation) && member.Status is (MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting));
}
