using System.Collections.Immutable;

namespace ActorLlm.Domain.Conversations;

/// <summary>Everything that is addressed to one conversation carries its id.</summary>
public interface IWithConversationId
{
    /// <summary>The conversation that the message concerns.</summary>
    ConversationId Conversation { get; }
}

/// <summary>What happens to a new turn while earlier ones are unfinished. The numbers travel and never change.</summary>
public enum OverlapPolicy
{
    /// <summary>It waits for its turn.</summary>
    Enqueue = 0,

    /// <summary>It is refused with <see cref="RejectionCode.Busy"/>.</summary>
    Reject = 1,

    /// <summary>The unfinished turns are cancelled and it runs.</summary>
    Interrupt = 2,
}

/// <summary>A request to a conversation, from a client.</summary>
public abstract record ConversationCommand(ConversationId Conversation, TurnId Turn) : IWithConversationId;

/// <summary>Accept a turn durably. The same turn id with the same content may be sent any number of times.</summary>
/// <param name="Conversation">The conversation.</param>
/// <param name="Turn">The idempotency key.</param>
/// <param name="Content">What is asked.</param>
/// <param name="Overlap">What happens while earlier turns are unfinished.</param>
/// <param name="Deadline">Longest time from acceptance to an outcome: 1 ms to <see cref="Limits.MaxDeadline"/>; null for none.</param>
/// <param name="Follow">Whether the sender wants the outcome as soon as it is there.</param>
/// <param name="Stream">Whether the sender also wants the text as it grows; implies <paramref name="Follow"/>.</param>
public sealed record SubmitTurn(
    ConversationId Conversation, TurnId Turn, TurnContent Content, OverlapPolicy Overlap, TimeSpan? Deadline, bool Follow, bool Stream)
    : ConversationCommand(Conversation, Turn)
{
    /// <summary>The turn that must be the last one accepted, else <see cref="RejectionCode.NotTheLast"/>; null for any.</summary>
    public TurnId? After { get; init; }

    /// <summary>Whether a conversation that has nothing yet is refused with <see cref="RejectionCode.NotFound"/>.</summary>
    public bool MustExist { get; init; }

    /// <summary>Where in a trace the turn was asked for; null where nobody records one.</summary>
    public TraceContext? Trace { get; init; }
}

/// <summary>Tell the sender the turn's outcome as soon as it is there, and with <paramref name="Stream"/> its text from an offset on.</summary>
public sealed record FollowTurn(ConversationId Conversation, TurnId Turn, bool Stream, int FromOffset) : ConversationCommand(Conversation, Turn);

/// <summary>Tell the sender how the turn stands now, and nothing after that.</summary>
public sealed record GetTurn(ConversationId Conversation, TurnId Turn) : ConversationCommand(Conversation, Turn);

/// <summary>End the turn unless it already has an outcome.</summary>
public sealed record CancelTurn(ConversationId Conversation, TurnId Turn) : ConversationCommand(Conversation, Turn)
{
    /// <summary>Who asks.</summary>
    public CancelledBy By { get; init; } = CancelledBy.Client;
}

/// <summary>The client has the outcome.</summary>
public sealed record AcknowledgeReply(ConversationId Conversation, TurnId Turn) : ConversationCommand(Conversation, Turn);

/// <summary>Read the conversation's turns and history.</summary>
public sealed record GetConversation(ConversationId Conversation) : IWithConversationId
{
    /// <summary>Whether the history is left out, which may be large.</summary>
    public bool WithoutHistory { get; init; }
}

/// <summary>Be alive and go on with what is unfinished.</summary>
public sealed record WakeConversation(ConversationId Conversation) : IWithConversationId;

/// <summary>An answer about one turn, to a client.</summary>
public abstract record TurnAnswer(ConversationId Conversation, TurnId Turn) : IWithConversationId
{
    /// <summary>
    /// Which content is spoken of, as <see cref="TurnContent.Check"/>: the turn's, or the refused one. A client may have sent two contents under
    /// one id, and an answer may come late. 0 where the question named no content and the turn is not known.
    /// </summary>
    public ulong ContentCheck { get; init; }

    /// <summary>How many turns of the conversation are unfinished as this is said; null where nobody says.</summary>
    public int? Unfinished { get; init; }
}

/// <summary>The turn is durable and unfinished.</summary>
/// <param name="Conversation">The conversation.</param>
/// <param name="Turn">The turn.</param>
/// <param name="Ahead">Unfinished turns before it.</param>
/// <param name="FailedAttempts">Attempts that have failed so far.</param>
/// <param name="LastError">Why the last one failed; empty if none has.</param>
public sealed record TurnPending(ConversationId Conversation, TurnId Turn, int Ahead, int FailedAttempts, string LastError)
    : TurnAnswer(Conversation, Turn);

/// <summary>The turn's outcome.</summary>
/// <param name="Conversation">The conversation.</param>
/// <param name="Turn">The turn.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Attempts">Attempts made, the successful one included.</param>
/// <param name="Acknowledged">Whether a client has acknowledged it.</param>
/// <param name="At">When it was settled.</param>
public sealed record TurnSettled(
    ConversationId Conversation, TurnId Turn, Outcome Outcome, int Attempts, bool Acknowledged, DateTimeOffset At)
    : TurnAnswer(Conversation, Turn);

/// <summary>The request was refused and nothing has changed.</summary>
public sealed record TurnRejected(ConversationId Conversation, TurnId Turn, RejectionCode Code, string Reason) : TurnAnswer(Conversation, Turn);

/// <summary>Why a request was refused. The numbers travel and never change.</summary>
public enum RejectionCode
{
    /// <summary>The content is not valid.</summary>
    Invalid = 1,

    /// <summary>The turn id was used with other content.</summary>
    TurnIdReused = 2,

    /// <summary>Too many unfinished turns; try again later.</summary>
    TooManyPending = 3,

    /// <summary>Another turn is unfinished and <see cref="OverlapPolicy.Reject"/> was asked for.</summary>
    Busy = 4,

    /// <summary>The content is larger than <see cref="Limits.MaxContentBytes"/>.</summary>
    TooLarge = 5,

    /// <summary>The conversation remembers as many turns as it may; start another or wait.</summary>
    ConversationFull = 6,

    /// <summary>No such turn.</summary>
    NotFound = 7,

    /// <summary>Another turn was accepted after the one that was to be the last.</summary>
    NotTheLast = 8,

    /// <summary>An approval was decided otherwise before.</summary>
    AlreadyDecided = 9,
}

/// <summary>What a conversation holds, to a client.</summary>
public sealed record ConversationView(
    ConversationId Conversation, long TurnsSettled, ImmutableArray<TurnId> Pending, ImmutableArray<Exchange> History) : IWithConversationId
{
    /// <summary>Whether anything was ever accepted in it, and it was not deleted.</summary>
    public bool Exists { get; init; }

    /// <summary>When it came into being; the least time where it does not exist.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>What the client keeps with it, as the text of a JSON object; empty for nothing.</summary>
    public string Metadata { get; init; } = "";
}
