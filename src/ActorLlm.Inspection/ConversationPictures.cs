using ActorLlm.Domain;

namespace ActorLlm.Inspection;

/// <summary>Conversations, the most recently changed first.</summary>
/// <param name="Conversations">One page of them. What may be looked at for a page is bounded: it may be short, even empty, and still have a next one.</param>
/// <param name="Next">What to ask for to get the next page; null after the last.</param>
public sealed record ConversationPage(IReadOnlyList<ConversationSummary> Conversations, long? Next);

/// <summary>Which conversations are asked for.</summary>
/// <param name="Tenant">Only this tenant's; null for all.</param>
/// <param name="Before">Where an earlier page said that the next one begins; null for the first page.</param>
/// <param name="Limit">How many at most: 1 to 1000.</param>
public sealed record ConversationFilter(string? Tenant, long? Before, int Limit)
{
    /// <summary>The most that one page holds.</summary>
    public const int MaxLimit = 1000;
}

/// <summary>One conversation in a list.</summary>
/// <param name="Conversation">Its id, <c>tenant/name</c>.</param>
/// <param name="Events">Rows that it has in the journal.</param>
/// <param name="LastEvent">What happened to it last, by the name of the event, such as <c>ReplyCommitted</c>.</param>
/// <param name="LastEventAt">When.</param>
public sealed record ConversationSummary(string Conversation, long Events, string LastEvent, DateTimeOffset LastEventAt);

/// <summary>One conversation.</summary>
/// <param name="Conversation">Its id, <c>tenant/name</c>.</param>
/// <param name="CreatedAt">When it came into being.</param>
/// <param name="TurnsSettled">Turns that reached their outcome.</param>
/// <param name="Turns">Its latest turns, settled and not, the oldest of them first; at most <see cref="MaxTurns"/>.</param>
public sealed record ConversationPicture(string Conversation, DateTimeOffset CreatedAt, long TurnsSettled, IReadOnlyList<TurnSummary> Turns)
{
    /// <summary>The most turns that are listed.</summary>
    public const int MaxTurns = Limits.MaxGlances;
}

/// <summary>One turn in a list.</summary>
/// <param name="Turn">Its id.</param>
/// <param name="State">How it stands.</param>
/// <param name="AcceptedAt">When it was accepted; null where that is no longer known.</param>
/// <param name="SettledAt">When it reached its outcome; null while it has none.</param>
/// <param name="Attempts">Attempts made so far, one that runs included.</param>
/// <param name="Reason">Why it failed, or why its last attempt did; empty for neither.</param>
public sealed record TurnSummary(string Turn, TurnState State, DateTimeOffset? AcceptedAt, DateTimeOffset? SettledAt, int Attempts, string Reason);

/// <summary>How a turn stands.</summary>
public enum TurnState
{
    /// <summary>Earlier turns of its conversation come first.</summary>
    Waiting,

    /// <summary>It is at the head: an attempt runs, waits for a worker, or for the time of its retry.</summary>
    Running,

    /// <summary>Its reply is durable.</summary>
    Committed,

    /// <summary>It failed for good.</summary>
    Failed,

    /// <summary>It was cancelled.</summary>
    Cancelled,

    /// <summary>Its messages are in the history; no reply was asked for.</summary>
    Recorded,
}
