using System.Text;

namespace ActorLlm.Domain.Conversations;

/// <summary>Tokens counted by the backend; null where it did not say.</summary>
public sealed record Usage(long? InputTokens, long? OutputTokens);

/// <summary>A model's whole reply.</summary>
/// <param name="Text">The text.</param>
/// <param name="Model">The model that answered.</param>
/// <param name="Backend">The configured backend that answered.</param>
/// <param name="FinishReason">Why generation ended, in OpenAI's words: <c>stop</c>, <c>length</c>, <c>content_filter</c>.</param>
/// <param name="Usage">Tokens used.</param>
public sealed record Reply(string Text, string Model, string Backend, string FinishReason, Usage Usage)
{
    /// <summary>Size of the text in UTF-8 bytes.</summary>
    public int ByteCount() => Encoding.UTF8.GetByteCount(Text);
}

/// <summary>Why an attempt failed, which decides whether and when the next one follows. The numbers are stored and never change.</summary>
public enum FailureKind
{
    /// <summary>The content was refused or the reply could not be used: bounded by <see cref="ConversationPolicy.MaxContentFailures"/>.</summary>
    Content = 1,

    /// <summary>The provider failed or asked to wait: tried until <see cref="ConversationPolicy.TimeToLive"/>.</summary>
    Provider = 2,

    /// <summary>The worker fell silent or left: bounded by <see cref="ConversationPolicy.MaxWorkerLosses"/>.</summary>
    WorkerLost = 3,

    /// <summary>The worker handed the attempt back while shutting down: tried again at once, not counted.</summary>
    Interrupted = 4,

    /// <summary>The turn's own deadline passed.</summary>
    Deadline = 5,
}

/// <summary>Who ended a turn before it had a reply. The numbers are stored and never change.</summary>
public enum CancelledBy
{
    /// <summary>A client's request.</summary>
    Client = 1,

    /// <summary>A later turn with <see cref="OverlapPolicy.Interrupt"/>.</summary>
    LaterTurn = 2,
}

/// <summary>The one terminal, visible outcome of a turn.</summary>
public abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>The reply is durable.</summary>
    public sealed record Committed(Reply Reply) : Outcome;

    /// <summary>No further attempt is made.</summary>
    public sealed record Failed(FailureKind Kind, string Reason) : Outcome;

    /// <summary>Ended before there was a reply.</summary>
    public sealed record Cancelled(CancelledBy By) : Outcome;
}
