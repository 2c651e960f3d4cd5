using ActorLlm.Cluster.Membership;
using ActorLlm.Cluster.Persistence;
using Akka.Actor;
using Akka.Cluster;

namespace ActorLlm.Hosting;

/// <summary>The node's health, for the probes of a container platform or a load balancer.</summary>
public interface INodeHealth
{
    /// <summary>Whether the node can serve: it is up in the cluster and its conversations' database answers. The text says what is amiss.</summary>
    ValueTask<(bool Ready, string Reason)> CheckReadyAsync(CancellationToken cancellationToken = default);

    /// <summary>Whether the process can still do its work; if not, only a restart helps. The text says why.</summary>
    (bool Alive, string Reason) CheckAlive();

    /// <summary>
    /// Whether the cluster put this node out, as it was cut off or silent for too long, or did not let it in: its process must be started again.
    /// </summary>
    bool WasDowned { get; }
}

internal sealed class NodeHealth(ClusterDoor door, JournalProbe journal) : INodeHealth
{
    public async ValueTask<(bool Ready, string Reason)> CheckReadyAsync(CancellationToken cancellationToken = default)
    {
        if (door.System is not { } system) return (false, "The actor system has not started.");
        // Also one that gave up joining, and is let in while it ends.
        if (CoordinatedShutdown.Get(system).ShutdownReason is not null) return (false, "The node is shutting down.");
        var member = Akka.Cluster.Cluster.Get(system).SelfMember;
        if (member.Status == MemberStatus.Removed) return (false, "The node is in no cluster: it is joining, or was put out.");
        if (member.Status != MemberStatus.Up) return (false, $"The node is {member.Status} in the cluster, not Up.");
        if (door.IsDraining) return (false, "The node is draining.");
        // Anyone may ask, so neither the address nor the server's words are told.
        return await journal.AnswersAsync(cancellationToken).ConfigureAwait(false)
            ? (true, "The node is up and its database answers.")
            : (false, "The database does not answer.");
    }

    public bool WasDowned => door.System is { } system && ClusterMembership.WasDowned(system);

    public (bool Alive, string Reason) CheckAlive() => door.System is { WhenTerminated.IsCompleted: true }
        ? (false, "The actor system has ended: the node was downed or shut down.")
        : (true, "The process works.");
}
