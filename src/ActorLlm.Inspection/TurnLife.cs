namespace ActorLlm.Inspection;

/// <summary>The whole life of one turn, without its text.</summary>
/// <param name="Conversation">Its conversation, <c>tenant/name</c>.</param>
/// <param name="Turn">Its id.</param>
/// <param name="State">How it stands.</param>
/// <param name="AcceptedAt">When it was durable.</param>
/// <param name="Deadline">When it fails if it has no outcome by then; null for never.</param>
/// <param name="Model">The model that was asked for; empty for the default.</param>
/// <param name="Home">The node where the conversation lives now, <c>host:port</c>; null where it did not answer.</param>
/// <param name="Ahead">Unfinished turns before it.</param>
/// <param name="Attempts">Every attempt, by number.</param>
/// <param name="SettledAt">When its outcome was durable; null while it has none.</param>
/// <param name="Outcome">Why it failed, who cancelled it, or the reply's finish reason; empty while it has no outcome.</param>
/// <param name="AcknowledgedAt">When a client said durably that it has the outcome; null where none did.</param>
/// <param name="RequeuedAs">The turn in which an operator had it run again; null where none did.</param>
/// <param name="TraceId">The trace of the request that brought it, in hexadecimal; null where there is none.</param>
public sealed record TurnLife(
    string Conversation,
    string Turn,
    TurnState State,
    DateTimeOffset AcceptedAt,
    DateTimeOffset? Deadline,
    string Model,
    string? Home,
    int Ahead,
    IReadOnlyList<AttemptLife> Attempts,
    DateTimeOffset? SettledAt,
    string Outcome,
    DateTimeOffset? AcknowledgedAt,
    string? RequeuedAs,
    string? TraceId);

/// <summary>One attempt at a turn.</summary>
/// <param name="Number">From 1 on.</param>
/// <param name="End">How it ended.</param>
/// <param name="Reason">Why it failed; empty where it did not.</param>
/// <param name="Node">The worker's node, <c>host:port</c>; null where nobody can say any more.</param>
/// <param name="Backend">The backend that was called; null where nobody can say.</param>
/// <param name="Model">The model that answered; null where none did.</param>
/// <param name="TakenAt">When a worker took it.</param>
/// <param name="CalledAt">When the backend was called: until then it waited for a free place of the worker.</param>
/// <param name="FirstTextAt">When the first text of the reply came.</param>
/// <param name="EndedAt">When it ended; for a lost one, when it was given up.</param>
/// <param name="RetryAt">The earliest time of the next attempt; null where it is the last one.</param>
/// <param name="InputTokens">Tokens read, as the backend counted; null where it did not say.</param>
/// <param name="OutputTokens">Tokens written, as the backend counted; null where it did not say.</param>
public sealed record AttemptLife(
    int Number,
    AttemptState End,
    string Reason,
    string? Node,
    string? Backend,
    string? Model,
    DateTimeOffset? TakenAt,
    DateTimeOffset? CalledAt,
    DateTimeOffset? FirstTextAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset? RetryAt,
    long? InputTokens,
    long? OutputTokens);

/// <summary>How an attempt stands or ended.</summary>
public enum AttemptState
{
    /// <summary>It waits for a free worker.</summary>
    Queued,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>Its reply was committed.</summary>
    Committed,

    /// <summary>The content was refused, or the reply could not be used.</summary>
    ContentFailed,

    /// <summary>The provider failed or asked to wait.</summary>
    ProviderFailed,

    /// <summary>Its worker fell silent or left. The provider may have been paid for it, and the next attempt pays again.</summary>
    WorkerLost,

    /// <summary>Its worker handed it back while shutting down.</summary>
    Interrupted,

    /// <summary>The turn ended while it ran: its deadline passed, or it was cancelled.</summary>
    Abandoned,
}
