using System.Globalization;
using ActorLlm.Domain;
using ActorLlm.Inspection;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;

namespace ActorLlm.Cluster.Inspection;

/// <summary>Which shards a node holds, as it says; null where it did not answer in time, or not for all of them.</summary>
internal sealed record NodeShards(string Node, IReadOnlyList<ShardPicture>? Shards);

/// <summary>Asks each node's region for its shards: the coordinator's own statistics fail as a whole when one node is silent.</summary>
internal static class ShardReader
{
    /// <summary>Asks all nodes that may hold shards.</summary>
    public static Task<NodeShards[]> ReadAsync(ActorSystem system) => Task.WhenAll(Akka.Cluster.Cluster.Get(system).State.Members
        .Where(member => member.HasRole(Roles.Conversation) && member.Status is (MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Leaving))
        .OrderBy(member => member.Address.Place(), StringComparer.Ordinal)
        .Select(member => AskAsync(system, member.Address)));

    private static async Task<NodeShards> AskAsync(ActorSystem system, Address node)
    {
        var region = system.ActorSelection(new RootActorPath(node) / "system" / "sharding" / ActorLlmNode.RegionName);
        try
        {
            var stats = await region.Ask<ShardRegionStats>(GetShardRegionStats.Instance, Limits.InspectionPatience).ConfigureAwait(false);
            return new NodeShards(node.Place(), stats.Failed.Count > 0
                ? null
                : [.. stats.Stats.Select(shard => new ShardPicture(int.Parse(shard.Key, CultureInfo.InvariantCulture), shard.Value)).OrderBy(shard => shard.Shard)]);
        }
        catch (AskTimeoutException)
        {
            return new NodeShards(node.Place(), null);
        }
    }
}
