using ActorLlm.Domain.Conversations;

namespace ActorLlm.Cluster.Streams;

/// <summary>A piece of a reply that is being streamed.</summary>
/// <param name="Stream">The turn's stream, see <see cref="StreamOf"/>.</param>
/// <param name="Position">1 for its first piece. Two attempts cannot both write one: the first to do so keeps the other out.</param>
/// <param name="Attempt">The attempt that writes it.</param>
/// <param name="Offset">Where it starts in the reply, in UTF-16 code units; what was written from there on is void.</param>
/// <param name="Text">The piece; empty where an attempt only takes over.</param>
internal sealed record StreamRow(string Stream, int Position, int Attempt, int Offset, string Text)
{
    /// <summary>The name of a turn's stream. No id has a line break, so no two turns share one.</summary>
    public static string StreamOf(AttemptKey key) => $"{key.Conversation}\n{key.Turn}";
}

/// <summary>What earlier attempts left of a stream.</summary>
/// <param name="Text">The text.</param>
/// <param name="Position">The last piece's; 0 where there is none.</param>
internal sealed record StreamRest(string Text, int Position)
{
    /// <summary>Nothing.</summary>
    public static StreamRest None { get; } = new("", 0);
}
