using System.Collections.Immutable;
using System.Text;

namespace ActorLlm.Domain.Conversations;

/// <summary>Tokens counted by the backend; null where it did not say.</summary>
public sealed record Usage(long? InputTokens, long? OutputTokens)
{
    /// <summary>How many of the input tokens the backend had in its cache.</summary>
    public long? CachedInputTokens { get; init; }

    /// <summary>How many of the output tokens the model spent on thinking.</summary>
    public long? ReasoningTokens { get; init; }
}

/// <summary>A model's whole reply.</summary>
/// <param name="Text">The text.</param>
/// <param name="Model">The model that answered.</param>
/// <param name="Backend">The configured backend that answered.</param>
/// <param name="FinishReason">Why generation ended, in OpenAI's words: <c>stop</c>, <c>length</c>, <c>content_filter</c>, <c>tool_calls</c>.</param>
/// <param name="Usage">Tokens used.</param>
public sealed record Reply(string Text, string Model, string Backend, string FinishReason, Usage Usage)
{
    /// <summary>Calls that the model asks its client to make.</summary>
    public ImmutableArray<ToolCall> ToolCalls { get; init; } = [];

    /// <summary>Why the model refused to answer, in its own words; empty where it did not.</summary>
    public string Refusal { get; init; } = "";

    /// <summary>What the model thought before it answered, where its backend shows that; the model is never given it again. Empty for nothing.</summary>
    public string Reasoning { get; init; } = "";

    /// <summary>The provider's word for the setup that the model ran in; empty where it gave none.</summary>
    public string SystemFingerprint { get; init; } = "";

    /// <summary>The class of service that the provider gave; empty where it says nothing of it.</summary>
    public string ServiceTier { get; init; } = "";

    /// <summary>What the model said, be it a refusal: what later turns are told of it.</summary>
    public string Spoken => Refusal.Length == 0 ? Text : Text + Refusal;

    /// <summary>Size of what the model wrote in UTF-8 bytes.</summary>
    public int ByteCount()
    {
        var bytes = Encoding.UTF8.GetByteCount(Text) + Encoding.UTF8.GetByteCount(Refusal) + Encoding.UTF8.GetByteCount(Reasoning);
        foreach (var call in ToolCalls.AsSpan()) bytes += call.ByteCount();
        return bytes;
    }

    /// <summary>Without any text: what prints a message, as logs do, must not print what people wrote.</summary>
    public override string ToString() =>
        $"Reply {{ Model = {Model}, Backend = {Backend}, FinishReason = {FinishReason}, Bytes = {ByteCount()} }}";

    /// <inheritdoc/>
    public bool Equals(Reply? other) =>
        other is not null
        && (Text, Model, Backend, FinishReason, Usage, Refusal, Reasoning, SystemFingerprint, ServiceTier)
            == (other.Text, other.Model, other.Backend, other.FinishReason, other.Usage, other.Refusal, other.Reasoning, other.SystemFingerprint, other.ServiceTier)
        && ToolCalls.AsSpan().SequenceEqual(other.ToolCalls.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Text, Model, Backend, FinishReason, Usage, Refusal, ToolCalls.AsSpan().Length);
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

    /// <summary>The provider answered, but not in a way that is of use; each attempt may be paid for: bounded by <see cref="ConversationPolicy.MaxContentFailures"/>.</summary>
    AnswerUnusable = 6,

    /// <summary>A module threw, took too long or gave no reply: bounded by <see cref="ConversationPolicy.MaxContentFailures"/>.</summary>
    Module = 7,

    /// <summary>
    /// The account at the provider has no credit: people must look after it, and no wait of an hour helps: bounded by <see cref="ConversationPolicy.MaxContentFailures"/>.
    /// </summary>
    NoCredit = 8,
}

/// <summary>What kinds of failure have in common.</summary>
public static class FailureKinds
{
    /// <summary>Whether another attempt most likely ends in the same way, so that attempts are few: bounded by <see cref="ConversationPolicy.MaxContentFailures"/>.</summary>
    public static bool IsLasting(this FailureKind kind) => kind is FailureKind.Content or FailureKind.AnswerUnusable or FailureKind.Module or FailureKind.NoCredit;
}

/// <summary>Who ended a turn before it had a reply. The numbers are stored and never change.</summary>
public enum CancelledBy
{
    /// <summary>A client's request.</summary>
    Client = 1,

    /// <summary>A later turn with <see cref="OverlapPolicy.Interrupt"/>.</summary>
    LaterTurn = 2,

    /// <summary>The turn that asked for it, whose outcome needs it no more.</summary>
    Parent = 3,
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

    /// <summary>The messages are in the history; no reply was asked for.</summary>
    public sealed record Recorded : Outcome
    {
        /// <summary>The only instance.</summary>
        public static Recorded Instance { get; } = new();
    }

    /// <summary>Ended before there was a reply.</summary>
    public sealed record Cancelled(CancelledBy By) : Outcome;
}
