using Akka.Actor;

namespace ActorLlm.Cluster;

internal static class NodeAddress
{
    /// <summary>A node's place in the cluster, <c>host:port</c>: its name to an operator.</summary>
    public static string Place(this Address address) => $"{address.Host}:{address.Port}";

    /// <summary>The place of an actor's node; that of an actor of this node does not say it by itself.</summary>
    public static string PlaceOf(this IActorRef actor, string self) => actor.Path.Address.HasLocalScope ? self : actor.Path.Address.Place();

    /// <summary>The address of an actor's node; that of an actor of this node does not say it by itself.</summary>
    public static Address AddressOf(this Akka.Cluster.Cluster cluster, IActorRef actor) =>
        actor.Path.Address.HasLocalScope ? cluster.SelfAddress : actor.Path.Address;
}
