using System.Collections.Immutable;

namespace ActorLlm.Domain.Conversations;

/// <summary>Tell the sender, an operator, what only the conversation knows of a turn: <see cref="TurnInsight"/>.</summary>
public sealed record InspectTurn(ConversationId Conversation, TurnId Turn) : ConversationCommand(Conversation, Turn);

/// <summary>Tell the sender, an operator, which turns the conversation has: <see cref="ConversationInsight"/>.</summary>
public sealed record InspectConversation(ConversationId Conversation) : IWithConversationId;

/// <summary>What only the conversation knows of a turn; the rest of its life is in the journal.</summary>
/// <param name="Conversation">The conversation.</param>
/// <param name="Turn">The turn.</param>
/// <param name="Home">The node where the conversation lives, <c>host:port</c>.</param>
/// <param name="AcceptedNr">Its acceptance's sequence number; 0 where an old snapshot does not say.</param>
/// <param name="SettledNr">Its terminal event's sequence number; 0 while it has none.</param>
/// <param name="Ahead">Unfinished turns before it.</param>
/// <param name="Acknowledged">Whether a client has acknowledged its outcome.</param>
/// <param name="Requeued">Whether the conversation knows the turn in which an operator had it run again.</param>
/// <param name="Run">The attempt under way; null for none.</param>
public sealed record TurnInsight(
    ConversationId Conversation, TurnId Turn, string Home, long AcceptedNr, long SettledNr, int Ahead, bool Acknowledged, bool Requeued, RunInsight? Run)
    : IWithConversationId;

/// <summary>An attempt under way.</summary>
/// <param name="Attempt">Its number.</param>
/// <param name="Queued">Whether it waits for a free worker.</param>
/// <param name="Node">Its worker's node, <c>host:port</c>; empty while the conversation has not heard from it.</param>
public sealed record RunInsight(int Attempt, bool Queued, string Node)
{
    /// <summary>What it waits for, for people; empty where a free worker is all, or where it runs.</summary>
    public string WaitsFor { get; init; } = "";
}

/// <summary>The turns of a conversation, without what was said in them.</summary>
/// <param name="Conversation">The conversation.</param>
/// <param name="Exists">Whether there is anything in it.</param>
/// <param name="CreatedAt">When it came into being; the least time where it does not exist or that is not known.</param>
/// <param name="TurnsSettled">Turns that have reached an outcome, over its whole life.</param>
/// <param name="Turns">The latest ones, the oldest of them first: at most <see cref="Limits.MaxGlances"/>.</param>
public sealed record ConversationInsight(
    ConversationId Conversation, bool Exists, DateTimeOffset CreatedAt, long TurnsSettled, ImmutableArray<TurnGlance> Turns) : IWithConversationId;

/// <summary>One turn in brief.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Phase">How it stands.</param>
/// <param name="AcceptedNr">Its acceptance's sequence number; 0 where an old snapshot does not say.</param>
/// <param name="AcceptedAt">When it was accepted; null where only the journal knows.</param>
/// <param name="SettledAt">When it reached its outcome; null while it has none.</param>
/// <param name="Attempts">Attempts made so far, one that runs included.</param>
/// <param name="Reason">Why it, or its last attempt, failed; empty for neither.</param>
public sealed record TurnGlance(
    TurnId Turn, TurnPhase Phase, long AcceptedNr, DateTimeOffset? AcceptedAt, DateTimeOffset? SettledAt, int Attempts, string Reason);

/// <summary>How a turn stands. The numbers travel and never change.</summary>
public enum TurnPhase
{
    /// <summary>Earlier turns come first.</summary>
    Waiting = 1,

    /// <summary>It is the head of its conversation.</summary>
    Running = 2,

    /// <summary>Its reply is durable.</summary>
    Committed = 3,

    /// <summary>It failed for good.</summary>
    Failed = 4,

    /// <summary>It was cancelled.</summary>
    Cancelled = 5,

    /// <summary>Its messages are in the history; no reply was asked for.</summary>
    Recorded = 6,
}
