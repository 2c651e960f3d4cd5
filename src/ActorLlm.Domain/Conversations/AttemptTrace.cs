namespace ActorLlm.Domain.Conversations;

/// <summary>Where an attempt ran and when what happened, for people who ask later. Nothing is decided by it.</summary>
/// <param name="Node">The worker's node, <c>host:port</c>; empty where nobody can say any more.</param>
/// <remarks>Times are whole milliseconds by the worker's clock; those that a lost worker took along are null.</remarks>
public sealed record AttemptTrace(string Node)
{
    /// <summary>When a worker took it.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    /// <summary>When the backend was called.</summary>
    public DateTimeOffset? CalledAt { get; init; }

    /// <summary>When the first text of the reply came.</summary>
    public DateTimeOffset? FirstTextAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The backend that was called; empty for none, or where the reply says it.</summary>
    public string Backend { get; init; } = "";

    /// <summary>The model that was called; empty for none, or where the reply says it.</summary>
    public string Model { get; init; } = "";

    /// <summary>Tokens that the backend said it had read before it failed; null where it did not, or where the reply says it.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Tokens that the backend said it had written before it failed; null where it did not, or where the reply says it.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>The same with texts as they can be stored.</summary>
    public AttemptTrace Storable() => this with
    {
        Node = UnicodeText.Storable(Node, Limits.MaxNodeLength),
        Backend = UnicodeText.Storable(Backend, Limits.MaxModelLength),
        Model = UnicodeText.Storable(Model, Limits.MaxModelLength),
    };
}
