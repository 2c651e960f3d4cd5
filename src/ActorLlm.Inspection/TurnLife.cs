using ActorLlm.Domain.Conversations;

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
    string? TraceId)
{
    /// <summary>What its module did that is not silently repeated, in its order; empty where no module took a step.</summary>
    public IReadOnlyList<StepLife> Steps { get; init; } = [];

    /// <summary>The step that it is the work of; null where a client sent it.</summary>
    public ParentLife? Parent { get; init; }
}

/// <summary>One step of a turn, without its text.</summary>
/// <param name="Key">The module's own name for it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The tool or the other module; empty for an approval.</param>
/// <param name="State">How it stands.</param>
/// <param name="Attempt">The attempt that began it last.</param>
/// <param name="BegunAt">When it was first begun.</param>
/// <param name="EndedAt">When it ended; null while it has not.</param>
/// <param name="By">Who decided an approval; empty elsewhere.</param>
public sealed record StepLife(string Key, StepKind Kind, string Name, StepState State, int Attempt, DateTimeOffset BegunAt, DateTimeOffset? EndedAt, string By)
{
    /// <summary>The conversation of the other module's turn, whose id is the step's key; null for any other step.</summary>
    public string? Conversation { get; init; }

    /// <summary>The life of the other module's turn; null for any other step, and where it is not known.</summary>
    public TurnLife? Child { get; init; }
}

/// <summary>The step that a turn is the work of.</summary>
public sealed record ParentLife(string Conversation, string Turn, string Step);

/// <summary>How a step stands or ended.</summary>
public enum StepState
{
    /// <summary>It has begun.</summary>
    Open,

    /// <summary>The tool or the other module has answered.</summary>
    Done,

    /// <summary>It has not, and will not.</summary>
    Failed,

    /// <summary>Approved.</summary>
    Granted,

    /// <summary>Not approved.</summary>
    Refused,

    /// <summary>The other module's turn was cancelled, or nobody waits for the approval any more.</summary>
    Cancelled,

    /// <summary>The tool was about to be called by an attempt that has ended since, and what came of it was lost.</summary>
    Unknown,
}

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

    /// <summary>It ended to wait for another module or an approval; the next one goes on from there.</summary>
    Suspended,
}
