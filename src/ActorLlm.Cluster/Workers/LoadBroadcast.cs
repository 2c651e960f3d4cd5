using System.Collections.Immutable;
using ActorLlm.Cluster.Routing;
using ActorLlm.Domain.Capacity;
using ActorLlm.Domain.Routing;
using Akka.Actor;
using Akka.Cluster;

namespace ActorLlm.Cluster.Workers;

/// <summary>Sends a worker's load to the dispatcher of every conversation node and to the coordinator.</summary>
internal sealed class LoadBroadcast(IActorContext context, IActorRef coordinator)
{
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(context.System);
    private readonly Dictionary<Address, ActorSelection> _dispatchers = [];

    public void Subscribe() => _cluster.Subscribe(
        context.Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));

    public void Unsubscribe() => _cluster.Unsubscribe(context.Self);

    /// <summary>Takes a membership event; false for any other message.</summary>
    public bool Handle(object message)
    {
        if (message is not ClusterEvent.IMemberEvent { Member: var member }) return false;
        if (member.Status is MemberStatus.Up or MemberStatus.WeaklyUp && member.HasRole(Roles.Conversation))
            _dispatchers[member.Address] = context.ActorSelection(new RootActorPath(member.Address) / "user" / DispatcherActor.Name);
        else if (member.Status is MemberStatus.Removed)
            _dispatchers.Remove(member.Address);
        return true;
    }

    /// <summary>Sends the load to all, and how the backends do and what was counted to the coordinator alone.</summary>
    public void Send(LoadReport report, ImmutableArray<BackendLoad> backends, ImmutableArray<StationTally> stations)
    {
        foreach (var dispatcher in _dispatchers.Values) dispatcher.Tell(report, context.Self);
        coordinator.Tell(report with { Backends = backends, Stations = stations }, context.Self);
    }
}
