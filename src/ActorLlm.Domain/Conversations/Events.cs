using System.Collections.Immutable;

namespace ActorLlm.Domain.Conversations;

/// <summary>A fact of one conversation. Each is one row of the journal; shapes only ever grow.</summary>
/// <remarks>Times are whole milliseconds, so that what is read back equals what was written.</remarks>
public abstract record ConversationEvent(TurnId Turn, DateTimeOffset At);

/// <summary>The turn is durable and will reach one terminal outcome.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Content">What the client asked.</param>
/// <param name="Deadline">When the turn fails if it has no outcome by then; null for never.</param>
/// <param name="At">When it was accepted.</param>
public sealed record TurnAccepted(TurnId Turn, TurnContent Content, DateTimeOffset? Deadline, DateTimeOffset At)
    : ConversationEvent(Turn, At)
{
    /// <summary>Where in a trace the turn was asked for; null where nobody recorded one.</summary>
    public TraceContext? Trace { get; init; }
}

/// <summary>An attempt ended without a reply; the next may start at <paramref name="RetryAt"/>.</summary>
public sealed record AttemptFailed(TurnId Turn, int Attempt, FailureKind Kind, string Reason, DateTimeOffset RetryAt, DateTimeOffset At)
    : ConversationEvent(Turn, At)
{
    /// <summary>Where the attempt ran and when; null where nobody can say.</summary>
    public AttemptTrace? Trace { get; init; }

    /// <summary>The span that tells of the attempt, in the turn's trace; null where there is none.</summary>
    public ulong? SpanId { get; init; }
}

/// <summary>Terminal: the reply is durable.</summary>
public sealed record ReplyCommitted(TurnId Turn, int Attempt, Reply Reply, DateTimeOffset At) : ConversationEvent(Turn, At)
{
    /// <summary>Where the attempt ran and when; null where nobody can say.</summary>
    public AttemptTrace? Trace { get; init; }
}

/// <summary>Terminal: no further attempt is made.</summary>
public sealed record TurnFailed(TurnId Turn, int Attempt, FailureKind Kind, string Reason, DateTimeOffset At)
    : ConversationEvent(Turn, At)
{
    /// <summary>Where the attempt that ended it ran and when; null where nobody can say.</summary>
    public AttemptTrace? Trace { get; init; }
}

/// <summary>Terminal: ended before there was a reply.</summary>
public sealed record TurnCancelled(TurnId Turn, CancelledBy By, DateTimeOffset At) : ConversationEvent(Turn, At)
{
    /// <summary>The attempt that ran then; 0 for none, and in rows of an earlier version.</summary>
    public int Attempt { get; init; }

    /// <summary>Where that attempt ran; null where nobody can say.</summary>
    public AttemptTrace? Trace { get; init; }
}

/// <summary>Terminal at once: messages were added, and no reply was asked for.</summary>
public sealed record ItemsAdded(TurnId Turn, ImmutableArray<Message> Messages, DateTimeOffset At) : ConversationEvent(Turn, At);

/// <summary>One item was taken out of the history.</summary>
public sealed record ItemDeleted(TurnId Turn, int Position, DateTimeOffset At) : ConversationEvent(Turn, At);

/// <summary>A turn was taken out of the history and can no longer be read.</summary>
public sealed record TurnDeleted(TurnId Turn, DateTimeOffset At) : ConversationEvent(Turn, At);

/// <summary>What the client keeps with the conversation was set. The turn is the request's name.</summary>
public sealed record ConversationDescribed(TurnId Turn, string Metadata, DateTimeOffset At) : ConversationEvent(Turn, At)
{
    /// <summary>What all of the request that made the conversation said, to tell a repeat from a reuse of its key; 0 where nobody says.</summary>
    public ulong Request { get; init; }
}

/// <summary>The conversation was emptied and takes no more turns. The turn is the request's name.</summary>
public sealed record ConversationDeleted(TurnId Turn, DateTimeOffset At) : ConversationEvent(Turn, At);

/// <summary>The client has the outcome and said so.</summary>
public sealed record ReplyAcknowledged(TurnId Turn, DateTimeOffset At) : ConversationEvent(Turn, At);
