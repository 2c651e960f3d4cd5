namespace ActorLlm.Inspection;

/// <summary>Where the shards of the conversations live.</summary>
/// <param name="Shards">How many shards there are in all; those that no conversation needed yet have no home.</param>
/// <param name="Regions">The nodes that hold some, by name.</param>
/// <param name="Silent">Nodes that hold shards and did not answer in time.</param>
/// <param name="Moves">The latest moves that the asked node has seen, the newest first.</param>
public sealed record ShardsPicture(int Shards, IReadOnlyList<RegionPicture> Regions, IReadOnlyList<string> Silent, IReadOnlyList<ShardMove> Moves);

/// <summary>The shards of one node.</summary>
/// <param name="Node">The node, <c>host:port</c>.</param>
/// <param name="Shards">Its shards, by number.</param>
public sealed record RegionPicture(string Node, IReadOnlyList<ShardPicture> Shards);

/// <summary>One shard.</summary>
/// <param name="Shard">Its number.</param>
/// <param name="Conversations">Conversations of it that are in memory.</param>
public sealed record ShardPicture(int Shard, int Conversations);

/// <summary>A shard that came to another node.</summary>
/// <param name="Shard">Its number.</param>
/// <param name="From">Where it was seen before; null where it was not seen.</param>
/// <param name="To">Where it is.</param>
/// <param name="At">When this was seen.</param>
public sealed record ShardMove(int Shard, string? From, string To, DateTimeOffset At);
