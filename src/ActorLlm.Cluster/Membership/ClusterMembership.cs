using ActorLlm.Cluster.Persistence;
using Akka.Actor;

namespace ActorLlm.Cluster.Membership;

/// <summary>How a node comes into its cluster and out of it.</summary>
public static class ClusterMembership
{
    private static readonly TimeSpan LeaveWithin = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Joins the cluster of the nodes that share the database, or forms one where none is. The tables must be there. It goes on by itself
    /// until the node is up, and ends the actor system when it is not let in for a minute.
    /// </summary>
    public static void Start(ActorSystem system, JournalSettings journal, DiscoverySettings discovery, TimeProvider time)
    {
        var contacts = Contacts.Of(discovery, system);
        var membership = system.ActorOf(Props.Create(() => new MembershipActor(journal, contacts, time)), MembershipActor.Name);
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseClusterShutdown, "actorllm-leave", async () =>
        {
            try
            {
                await membership.Ask<Akka.Done>(Leave.Instance, LeaveWithin).ConfigureAwait(false);
            }
            catch (AskTimeoutException)
            {
                // Its word grows old by itself.
            }

            return Akka.Done.Instance;
        });
    }

    /// <summary>Whether the cluster put this node out, or did not let it in: nobody in it waits for this node any more.</summary>
    public static bool WasDowned(ActorSystem system) => CoordinatedShutdown.Get(system).ShutdownReason
        is CoordinatedShutdown.ClusterDowningReason or CoordinatedShutdown.ClusterJoinUnsuccessfulReason;
}
