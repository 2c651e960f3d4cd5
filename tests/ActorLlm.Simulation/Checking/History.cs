using ActorLlm.Domain.Conversations;

namespace ActorLlm.Simulation.Checking;

/// <summary>A row of the journal, as it became durable.</summary>
internal sealed record Row(long Ordering, int Conversation, long Sequence, ConversationEvent Event, long At, string Writer);

/// <summary>An incarnation of a conversation started an attempt, knowing the journal up to a sequence number.</summary>
internal sealed record Start(long At, int Conversation, string Incarnation, long Known, string Turn, int Attempt);

/// <summary>One call of the model.</summary>
internal sealed class ModelCall
{
    public required long StartedAt { get; init; }

    public required int Conversation { get; init; }

    public required string Turn { get; init; }

    public required int Attempt { get; init; }

    /// <summary>The text that the model would say in full.</summary>
    public required string FullText { get; init; }

    /// <summary>When it ended; null for a call that never did.</summary>
    public long? EndedAt { get; set; }

    /// <summary>Whether the whole text was given.</summary>
    public bool Answered { get; set; }
}

/// <summary>A caller asked for a turn.</summary>
internal sealed record Asked(long At, int Caller, int Conversation, string Turn, string Content, bool Oversize);

/// <summary>A caller was told something.</summary>
/// <param name="At">When.</param>
/// <param name="AskedAt">When it had asked.</param>
/// <param name="Caller">Who.</param>
/// <param name="Conversation">About which conversation.</param>
/// <param name="Turn">About which turn; empty for a view.</param>
/// <param name="Content">The content that the caller had sent; null where the question carried none.</param>
/// <param name="Answer">The answer.</param>
/// <param name="Shown">The text streamed to the caller before; null where none was asked for.</param>
/// <param name="Diverged">Whether the caller was told that this text is not the reply's beginning.</param>
internal sealed record Told(long At, long AskedAt, int Caller, int Conversation, string Turn, string? Content, object Answer, string? Shown, bool Diverged);

/// <summary>Everything that a run leaves for the checker.</summary>
internal sealed class History
{
    public List<Row> Rows { get; } = [];

    public List<Start> Starts { get; } = [];

    public List<ModelCall> Calls { get; } = [];

    public List<Asked> Asked { get; } = [];

    public List<Told> Told { get; } = [];

    /// <summary>Exceptions of the domain, with the time.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>Questions that never had an answer, though their callers waited until the end.</summary>
    public List<string> Unanswered { get; } = [];

    /// <summary>When the faults were over.</summary>
    public long HealedAt { get; set; }

    /// <summary>When the run ended.</summary>
    public long EndedAt { get; set; }

    /// <summary>Whether nothing at all was disturbed but the model's speed.</summary>
    public bool Calm { get; init; }

    /// <summary>Whether nothing was disturbed but single messages.</summary>
    public bool Mild { get; init; }
}
