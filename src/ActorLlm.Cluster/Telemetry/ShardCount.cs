using ActorLlm.Telemetry;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace ActorLlm.Cluster;

/// <summary>Counts, where anybody wants to know, the shards and conversations that live on this node, and those shards that came and went since it counted last.</summary>
internal sealed class ShardCount(IActorRef region) : UntypedActor, IWithTimers
{
    /// <summary>The actor's name on every node of role <c>conversation</c>.</summary>
    public const string Name = "actorllm-shard-count";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private HashSet<string> _shards = [];

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TimeSpan.Zero, Interval);

    // What it counted must not stand for ever on a node that holds nothing any more.
    protected override void PostStop() => ClusterMetrics.Shards(0, 0, 0, _shards.Count);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tick when ClusterMetrics.ShardsWanted:
                region.Tell(GetShardRegionStats.Instance);
                break;
            case ShardRegionStats stats:
                var shards = stats.Stats.Keys.ToHashSet(StringComparer.Ordinal);
                ClusterMetrics.Shards(
                    shards.Count, stats.Stats.Values.Sum(), gained: shards.Count(shard => !_shards.Contains(shard)), lost: _shards.Count(shard => !shards.Contains(shard)));
                _shards = shards;
                break;
        }
    }

    private sealed record Tick
    {
        public static Tick Instance { get; } = new();
    }
}
