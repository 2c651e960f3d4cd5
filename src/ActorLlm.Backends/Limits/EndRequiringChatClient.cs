using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends;

/// <summary>
/// Takes an answer without a finish reason for a failure. A provider's client ends in good order when a proxy closes a stream half-way, and
/// passes over an error frame; the finish reason is the only sign that the text is whole.
/// </summary>
public sealed class EndRequiringChatClient(IChatClient inner) : DelegatingChatClient(inner)
{
    private static readonly BackendFailure MissingEnd =
        BackendFailures.Provider("The backend's answer broke off: it ended without a finish reason.");

    /// <inheritdoc/>
    /// <exception cref="BackendException">The answer has no finish reason.</exception>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ChatResponse response = await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        return string.IsNullOrEmpty(response.FinishReason?.Value) ? throw new BackendException(MissingEnd) : response;
    }

    /// <inheritdoc/>
    /// <exception cref="BackendException">The stream ended without a finish reason.</exception>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        bool finished = false;
        IAsyncEnumerable<ChatResponseUpdate> stream = base.GetStreamingResponseAsync(messages, options, cancellationToken);
        await foreach (ChatResponseUpdate update in stream.ConfigureAwait(false))
        {
            finished |= !string.IsNullOrEmpty(update.FinishReason?.Value);
            yield return update;
        }
        if (!finished)
            throw new BackendException(MissingEnd);
    }
}

/// <summary>Builder extension of <see cref="EndRequiringChatClient"/>.</summary>
public static class EndRequiringChatClientBuilderExtensions
{
    /// <summary>Makes an answer without a finish reason a failure.</summary>
    public static ChatClientBuilder UseRequiredEnd(this ChatClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Use(inner => new EndRequiringChatClient(inner));
    }
}
