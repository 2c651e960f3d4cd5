using System.Collections.Immutable;
using System.Text;

namespace ActorLlm.Domain.Conversations;

/// <summary>A turn that is accepted and has no outcome yet.</summary>
public sealed record PendingTurn(TurnId Id, TurnContent Content, UInt128 Fingerprint, DateTimeOffset AcceptedAt, DateTimeOffset? Deadline)
{
    /// <summary>Its acceptance's sequence number in the journal; 0 where an old snapshot does not say.</summary>
    public long AcceptedNr { get; init; }

    /// <summary>Attempts that ended without a reply, those that were suspended included; the next one's number is one more.</summary>
    public int FailedAttempts { get; init; }

    /// <summary>How many of them ended to wait for a child or an approval.</summary>
    public int SuspendedAttempts { get; init; }

    /// <summary>Whether the last one of them did.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>The steps taken, in their order; at most <see cref="Limits.MaxStepsPerTurn"/>.</summary>
    public ImmutableArray<TurnStep> Steps { get; init; } = [];

    /// <summary>How many of them failed for their content.</summary>
    public int ContentFailures { get; init; }

    /// <summary>How many of them lost their worker.</summary>
    public int WorkerLosses { get; init; }

    /// <summary>How many of them failed at the provider.</summary>
    public int ProviderFailures { get; init; }

    /// <summary>When the first of these was; null if none has: <see cref="ConversationPolicy.TimeToLive"/> counts from here.</summary>
    public DateTimeOffset? ProviderFailingSince { get; init; }

    /// <summary>The next attempt starts no earlier.</summary>
    public DateTimeOffset NotBefore { get; init; } = DateTimeOffset.MinValue;

    /// <summary>Why the last attempt failed; empty if none has.</summary>
    public string LastError { get; init; } = "";

    /// <summary>Where in a trace it was asked for; null where nobody recorded one.</summary>
    public TraceContext? Trace { get; init; }

    /// <summary>The span of the last attempt that failed, in the same trace; null where there is none.</summary>
    public ulong? FailedSpanId { get; init; }

    /// <summary>The number of the attempt that runs or comes next.</summary>
    public int NextAttempt => FailedAttempts + 1;

    /// <summary>Whether no attempt runs nor is to start, until what the last one waits for has ended.</summary>
    public bool Waits => IsSuspended && Steps.Any(step => step.IsAwaited);

    /// <summary>A step by its key; null where there is none.</summary>
    public TurnStep? Find(string key) => IndexOf(key) is >= 0 and var index ? Steps[index] : null;

    internal int IndexOf(string key)
    {
        for (var i = 0; i < Steps.Length; i++)
        {
            if (Steps[i].Key == key) return i;
        }

        return -1;
    }
}

/// <summary>What is remembered of a turn that has its outcome. The reply's text is in the history, or in the journal at <paramref name="SequenceNr"/>.</summary>
/// <param name="Fingerprint">Of the content, to tell a repeat from a reuse of the id.</param>
/// <param name="SequenceNr">The terminal event's sequence number in the journal.</param>
/// <param name="Attempts">Attempts made.</param>
/// <param name="Ending">The outcome that is no reply; null when a reply was committed.</param>
/// <param name="Acknowledged">Whether a client has acknowledged the outcome.</param>
/// <param name="At">When it was settled.</param>
public sealed record SettledTurn(UInt128 Fingerprint, long SequenceNr, int Attempts, Outcome? Ending, bool Acknowledged, DateTimeOffset At)
{
    /// <summary>Its acceptance's sequence number in the journal; 0 where an old snapshot does not say.</summary>
    public long AcceptedNr { get; init; }

    /// <summary>Whether its client deleted it: its id stays used, and it is answered as unknown.</summary>
    public bool Deleted { get; init; }
}

/// <summary>The state of one conversation: a fold over its events, and nothing else.</summary>
public sealed record ConversationState
{
    /// <summary>A conversation without events.</summary>
    public static ConversationState Empty { get; } = new();

    /// <summary>Events applied; the last one's sequence number in the journal.</summary>
    public long Version { get; init; }

    /// <summary>When the first event was; the least time where an old snapshot does not say.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The turn that was accepted last; null for none, or where an old snapshot does not say.</summary>
    public TurnId? LastAccepted { get; init; }

    /// <summary>What the client keeps with the conversation; empty for nothing.</summary>
    public string Metadata { get; init; } = "";

    /// <summary>What all of the request that made it said, see <see cref="ConversationDescribed.Request"/>; 0 where nobody says, or a turn made it.</summary>
    public ulong MadeBy { get; init; }

    /// <summary>Whether it was deleted.</summary>
    public bool Deleted { get; init; }

    /// <summary>Whether anything was accepted in it, and it was not deleted.</summary>
    public bool Exists => Version > 0 && !Deleted;

    /// <summary>Turns that have reached an outcome, over the whole life of the conversation.</summary>
    public long SettledCount { get; init; }

    /// <summary>Unfinished turns in the order of their acceptance; only the first one runs.</summary>
    public ImmutableArray<PendingTurn> Pending { get; init; } = [];

    /// <summary>Children to be cancelled, whose parents have their outcome.</summary>
    public ImmutableArray<UnwantedChild> Unwanted { get; init; } = [];

    /// <summary>The latest turns with replies, oldest first; see <see cref="Limits.MaxHistoryTurns"/> and <see cref="Limits.MaxHistoryBytes"/>.</summary>
    public ImmutableQueue<Exchange> History { get; init; } = [];

    /// <summary>Number of turns in <see cref="History"/>.</summary>
    public int HistoryTurns { get; init; }

    /// <summary>Size of <see cref="History"/>, each exchange by <see cref="BytesOf"/>.</summary>
    public long HistoryBytes { get; init; }

    /// <summary>Settled turns by id, for repeats.</summary>
    public ImmutableDictionary<TurnId, SettledTurn> Settled { get; init; } = ImmutableDictionary<TurnId, SettledTurn>.Empty;

    /// <summary>The keys of <see cref="Settled"/>, oldest first.</summary>
    public ImmutableQueue<TurnId> SettledOrder { get; init; } = [];

    /// <summary>The turn that runs; null when nothing is unfinished.</summary>
    public PendingTurn? Head => Pending.IsEmpty ? null : Pending[0];

    /// <summary>Place of an unfinished turn in <see cref="Pending"/>, or -1.</summary>
    public int IndexOfPending(TurnId turn)
    {
        for (var i = 0; i < Pending.Length; i++)
        {
            if (Pending[i].Id == turn) return i;
        }

        return -1;
    }

    /// <summary>The reply of a turn in the history, or null when it is no longer held in memory.</summary>
    /// <remarks>An id that was forgotten and used again may be there twice; only the later one is still known by it.</remarks>
    public Reply? ReplyInHistory(TurnId turn)
    {
        Reply? reply = null;
        foreach (var exchange in History)
        {
            if (exchange.Turn == turn) reply = exchange.Reply;
        }

        return reply;
    }

    /// <summary>An exchange's size in a frame at most: its text in UTF-8 bytes, and what is written around it.</summary>
    /// <remarks>Many short messages weigh more than their text: without the rest, a history within its bound could outgrow a frame.</remarks>
    public static long BytesOf(Exchange exchange)
    {
        const int aroundExchange = 64, aroundMessage = 16, aroundPart = 16;
        long bytes = aroundExchange + exchange.Turn.Value.Length;
        if (exchange.Reply is { } reply)
            bytes += reply.ByteCount() + Encoding.UTF8.GetByteCount(reply.Model) + Encoding.UTF8.GetByteCount(reply.Backend)
                + Encoding.UTF8.GetByteCount(reply.FinishReason) + Encoding.UTF8.GetByteCount(reply.SystemFingerprint) + Encoding.UTF8.GetByteCount(reply.ServiceTier) + (aroundPart * reply.ToolCalls.AsSpan().Length);
        foreach (var message in exchange.Messages)
            bytes += aroundMessage + message.ByteCount() + (aroundPart * (message.Images.AsSpan().Length + message.ToolCalls.AsSpan().Length));
        return bytes;
    }
}
