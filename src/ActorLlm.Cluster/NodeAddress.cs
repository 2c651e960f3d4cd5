using Akka.Actor;

namespace ActorLlm.Cluster;

internal static class NodeAddress
{
    /// <summary>The address of an actor's node; that of an actor of this node does not say it by itself.</summary>
    public static Address AddressOf(this Akka.Cluster.Cluster cluster, IActorRef actor) =>
        actor.Path.Address.HasLocalScope ? cluster.SelfAddress : actor.Path.Address;
}
