using ActorLlm.Domain;
using ActorLlm.Inspection;
using Akka.Actor;

namespace ActorLlm.Cluster.Inspection;

/// <summary>Looks every <see cref="Limits.ShardLookInterval"/> where the shards are, and remembers the latest moves that it has seen.</summary>
internal sealed class ShardWatch : UntypedActor, IWithTimers
{
    public const string Name = "actorllm-shard-watch";

    private readonly TimeProvider _time;
    private readonly ShardMoves _moves = new();

    public ShardWatch(TimeProvider time) => _time = time;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartSingleTimer(nameof(Look), Look.Instance, Limits.ShardLookInterval);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Look:
                ShardReader.ReadAsync(Context.System).PipeTo(Self, success: nodes => new Seen(nodes), failure: _ => new Seen([]));
                break;
            case Seen seen:
                _moves.See(seen.Nodes, _time.GetUtcNow());
                Timers.StartSingleTimer(nameof(Look), Look.Instance, Limits.ShardLookInterval);
                break;
            case GetMoves:
                Sender.Tell(new Moves(_moves.Latest));
                break;
        }
    }

    private sealed record Look
    {
        public static Look Instance { get; } = new();
    }

    private sealed record Seen(IReadOnlyList<NodeShards> Nodes);
}

/// <summary>Asks the node's own watch for the moves that it has seen.</summary>
internal sealed record GetMoves : INoSerializationVerificationNeeded
{
    public static GetMoves Instance { get; } = new();
}

/// <summary>The moves, the newest first.</summary>
internal sealed record Moves(IReadOnlyList<ShardMove> Latest) : INoSerializationVerificationNeeded;

/// <summary>A bounded memory of moves, from looks at where the shards are.</summary>
internal sealed class ShardMoves
{
    private readonly Dictionary<int, string> _homes = [];
    private readonly LinkedList<ShardMove> _latest = new();

    /// <summary>The newest first.</summary>
    public IReadOnlyList<ShardMove> Latest => [.. _latest];

    /// <summary>Takes what one look has shown. What a silent node holds is not known, and nothing is concluded from it.</summary>
    public void See(IEnumerable<NodeShards> nodes, DateTimeOffset at)
    {
        foreach (var (node, shards) in nodes)
        {
            foreach (var shard in shards ?? [])
            {
                var known = _homes.TryGetValue(shard.Shard, out var from);
                if (known && from == node) continue;
                _homes[shard.Shard] = node;
                _latest.AddFirst(new ShardMove(shard.Shard, from, node, at));
                if (_latest.Count > Limits.MaxShardMoves) _latest.RemoveLast();
            }
        }
    }
}
