using ActorLlm.Cluster.Inspection;
using ActorLlm.Domain;
using ActorLlm.Inspection;

namespace ActorLlm.Cluster.Tests.Inspection;

public class ShardMovesTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ShardMoves _moves = new();

    [Fact]
    public void A_shard_that_is_seen_elsewhere_has_moved_and_the_latest_move_comes_first()
    {
        _moves.See([Node("a:1", 1, 2), Node("b:1", 3)], At);
        _moves.See([Node("a:1", 1, 2), Node("b:1", 3)], At.AddSeconds(5));
        _moves.See([Node("a:1", 1), Node("b:1", 3, 2)], At.AddSeconds(10));

        Assert.Equal(new ShardMove(2, "a:1", "b:1", At.AddSeconds(10)), _moves.Latest[0]);
        Assert.Equal([(3, null), (2, null), (1, null)], _moves.Latest.Skip(1).Select(move => (move.Shard, move.From)));
    }

    [Fact]
    public void Nothing_is_concluded_from_a_silent_node()
    {
        _moves.See([Node("a:1", 1)], At);
        _moves.See([new NodeShards("a:1", null)], At.AddSeconds(5));
        _moves.See([Node("a:1", 1)], At.AddSeconds(10));

        Assert.Single(_moves.Latest);
    }

    [Fact]
    public void Only_so_many_moves_are_remembered()
    {
        for (var i = 0; i <= Limits.MaxShardMoves; i++) _moves.See([Node(i % 2 == 0 ? "a:1" : "b:1", 7)], At.AddSeconds(i));

        Assert.Equal(Limits.MaxShardMoves, _moves.Latest.Count);
        Assert.Equal(At.AddSeconds(Limits.MaxShardMoves), _moves.Latest[0].At);
    }

    private static NodeShards Node(string node, params int[] shards) => new(node, [.. shards.Select(shard => new ShardPicture(shard, 1))]);
}
