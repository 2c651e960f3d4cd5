using System.Collections.Immutable;

namespace ActorLlm.Domain.Conversations;

/// <summary>Names one attempt.</summary>
public readonly record struct AttemptKey(ConversationId Conversation, TurnId Turn, int Attempt);

/// <summary>A message about one attempt, between a conversation, a dispatcher and a worker.</summary>
public abstract record AttemptMessage(AttemptKey Key) : IWithConversationId
{
    /// <inheritdoc/>
    public ConversationId Conversation => Key.Conversation;
}

/// <summary>Run an attempt: conversation to dispatcher to worker.</summary>
/// <param name="Key">The attempt.</param>
/// <param name="Content">What is asked.</param>
/// <param name="History">Earlier turns, oldest first.</param>
public sealed record RunAttempt(AttemptKey Key, TurnContent Content, ImmutableQueue<Exchange> History) : AttemptMessage(Key)
{
    /// <summary>Where in a trace the turn was asked for; null where nobody records one.</summary>
    public TraceContext? Trace { get; init; }

    /// <summary>The span of the attempt that failed before this one, in the same trace; null where there is none.</summary>
    public ulong? FailedSpanId { get; init; }

    /// <summary>How long it waited where no worker had room for it, in whole microseconds; zero where it did not. Only measurements are made of it.</summary>
    public TimeSpan Waited { get; init; }
}

/// <summary>The attempt is no longer wanted: conversation to whoever holds it.</summary>
public sealed record StopAttempt(AttemptKey Key) : AttemptMessage(Key);

/// <summary>Send the sender the attempt's text from an offset (in UTF-16 code units) on.</summary>
public sealed record AttachStream(AttemptKey Key, int FromOffset) : AttemptMessage(Key);

/// <summary>A piece of a running attempt's text, to a subscriber.</summary>
/// <param name="Key">The attempt.</param>
/// <param name="Offset">Where the piece starts in the reply, in UTF-16 code units.</param>
/// <param name="Text">The piece. It neither begins nor ends inside a surrogate pair: half of one cannot travel as UTF-8.</param>
public sealed record StreamChunk(AttemptKey Key, int Offset, string Text) : AttemptMessage(Key)
{
    /// <summary>Without the text.</summary>
    public override string ToString() => $"StreamChunk {{ {Key}, Offset = {Offset}, Length = {Text.Length} }}";
}

/// <summary>The attempt is in good hands: whoever holds it to the conversation, each <see cref="Limits.HeartbeatInterval"/>.</summary>
/// <param name="Key">The attempt.</param>
/// <param name="Queued">Whether it still waits for a free worker.</param>
public sealed record Heartbeat(AttemptKey Key, bool Queued) : AttemptMessage(Key)
{
    /// <summary>What it waits for, for people; empty where a free worker is all.</summary>
    public string WaitsFor { get; init; } = "";
}

/// <summary>The attempt has ended: worker to conversation, again and again until <see cref="ResultAck"/>.</summary>
public sealed record AttemptResult(AttemptKey Key, AttemptEnd End) : AttemptMessage(Key)
{
    /// <summary>The span that tells of the attempt, in the turn's trace; null where there is none.</summary>
    public ulong? SpanId { get; init; }

    /// <summary>How long the backend worked, in whole microseconds: what is left of the turn's time is the platform's. Null where nobody measures it.</summary>
    public TimeSpan? BackendTime { get; init; }
}

/// <summary>The result is durable, or of no use any more: conversation to worker.</summary>
public sealed record ResultAck(AttemptKey Key) : AttemptMessage(Key);

/// <summary>How an attempt ended.</summary>
public abstract record AttemptEnd
{
    private AttemptEnd()
    {
    }

    /// <summary>Where it ran and when; null where nobody can say.</summary>
    public AttemptTrace? Trace { get; init; }

    /// <summary>The model has answered in full.</summary>
    public sealed record Succeeded(Reply Reply) : AttemptEnd;

    /// <summary>It has not.</summary>
    /// <param name="Kind">What kind of failure.</param>
    /// <param name="Reason">For people; safe to show to the client.</param>
    /// <param name="RetryAfter">What the provider asked to wait; null if it did not.</param>
    public sealed record Failed(FailureKind Kind, string Reason, TimeSpan? RetryAfter) : AttemptEnd
    {
        /// <summary>Whether another attempt is of no use, whatever the kind allows.</summary>
        public bool Final { get; init; }
    }

    /// <summary>It has come to a step that is waited for: it ends, and the turn goes on by another one when the step has ended.</summary>
    public sealed record Suspended : AttemptEnd;
}
