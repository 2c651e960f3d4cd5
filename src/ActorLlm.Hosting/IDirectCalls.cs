using ActorLlm.Domain.Conversations;

namespace ActorLlm.Hosting;

/// <summary>What a direct call yields.</summary>
public abstract record DirectUpdate
{
    private DirectUpdate()
    {
    }

    /// <summary>The reply's next piece of text, never empty.</summary>
    public sealed record Text(string Delta) : DirectUpdate;

    /// <summary>The next piece of what the model thinks before it answers, never empty.</summary>
    public sealed record Reasoning(string Delta) : DirectUpdate;

    /// <summary>How likely the model held the tokens that the next pieces are made of; only where it was asked for, of a backend that tells it.</summary>
    /// <param name="Content">The entries of a JSON array for the tokens of the text, in OpenAI's shape, with commas between them; empty for none.</param>
    /// <param name="Refusal">The same for those of a refusal.</param>
    public sealed record Logprobs(string Content, string Refusal) : DirectUpdate;

    /// <summary>The end. Always the last update: a sequence without it was cut short.</summary>
    /// <param name="Reply">The reply but for its text and its reasoning, each of which is all its pieces together.</param>
    public sealed record Ended(Reply Reply) : DirectUpdate;
}

/// <summary>Calls of this node's own backends for those who keep their conversations themselves: nothing is stored, and no other node takes part.</summary>
/// <remarks>A call is made once. Whoever cancels it, or stops reading, ends the backend's work.</remarks>
public interface IDirectCalls
{
    /// <summary>Calls the backend of the content's model, and gives the reply's pieces as they come.</summary>
    /// <exception cref="TurnRejectedException">The content is not valid; no backend was called.</exception>
    /// <exception cref="DirectCallException">The call failed, before or after the first piece.</exception>
    IAsyncEnumerable<DirectUpdate> StreamAsync(TurnContent content, CancellationToken cancellationToken = default);
}

/// <summary>A direct call failed. The message says why and is fit for users.</summary>
/// <param name="kind"><see cref="FailureKind.Content"/> or <see cref="FailureKind.Provider"/>: whether the same call may succeed later.</param>
/// <param name="reason">The message.</param>
/// <param name="status">The HTTP status of the backend's answer; null where there was none.</param>
/// <param name="retryAfter">How long the backend asked to be left alone; null where it did not.</param>
public sealed class DirectCallException(FailureKind kind, string reason, int? status = null, TimeSpan? retryAfter = null) : Exception(reason)
{
    /// <summary>Whether the same call may succeed later: <see cref="FailureKind.Provider"/>.</summary>
    public FailureKind Kind { get; } = kind;

    /// <summary>The HTTP status of the backend's answer; null where there was none.</summary>
    public int? Status { get; } = status;

    /// <summary>The backend's own code for what is wrong; null where it gave none.</summary>
    public string? Code { get; init; }

    /// <summary>The field of the request that the backend names, in the words of OpenAI's chat completions; null where it named none.</summary>
    public string? Param { get; init; }

    /// <summary>How long the backend asked to be left alone; null where it did not.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
