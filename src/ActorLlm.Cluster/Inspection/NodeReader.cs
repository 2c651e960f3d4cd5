using ActorLlm.Domain;
using ActorLlm.Domain.Routing;
using Akka.Actor;
using Akka.Cluster;

namespace ActorLlm.Cluster.Inspection;

/// <summary>Asks single nodes.</summary>
internal static class NodeReader
{
    /// <summary>Asks all members for their time.</summary>
    public static Task<NodeClock[]> ClocksAsync(ActorSystem system, TimeProvider time, CancellationToken cancellationToken) =>
        Task.WhenAll(Akka.Cluster.Cluster.Get(system).State.Members
            .Where(member => member.Status is MemberStatus.Up or MemberStatus.WeaklyUp)
            .OrderBy(member => member.Address.Place(), StringComparer.Ordinal)
            .Select(async member =>
            {
                var (asked, started) = (time.GetUtcNow(), time.GetTimestamp());
                var standing = await AskAsync(system, member.Address, GetNodeStanding.Instance, cancellationToken).ConfigureAwait(false);
                var half = time.GetElapsedTime(started) / 2;
                return new NodeClock(member.Address.Place(), standing?.Time - (asked + half), half);
            }));

    /// <summary>Gives a node an order or asks how it stands; null where it did not answer in time.</summary>
    public static async Task<NodeStanding?> AskAsync(ActorSystem system, Address node, object message, CancellationToken cancellationToken)
    {
        try
        {
            return await system.ActorSelection(new RootActorPath(node) / "user" / NodeActor.Name)
                .Ask<NodeStanding>(message, Limits.InspectionPatience, cancellationToken).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}
