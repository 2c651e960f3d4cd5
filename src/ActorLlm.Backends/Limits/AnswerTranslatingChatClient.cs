using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends;

/// <summary>
/// Takes what a provider's client throws while it reads an answer for what it is: something that could not be read. The clients throw
/// whatever their parser stumbles over (a number where text was due, an unknown role), which nobody else can tell from a mistake in the
/// request.
/// </summary>
public sealed class AnswerTranslatingChatClient(IChatClient inner) : DelegatingChatClient(inner)
{
    /// <inheritdoc/>
    /// <exception cref="BackendException">The answer could not be read.</exception>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsOfParser(exception))
        {
            throw new BackendException(BackendFailures.Malformed, exception);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="BackendException">A chunk could not be read.</exception>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using IAsyncEnumerator<ChatResponseUpdate> chunks =
            base.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await chunks.MoveNextAsync().ConfigureAwait(false))
                    yield break;
            }
            catch (Exception exception) when (IsOfParser(exception))
            {
                throw new BackendException(BackendFailures.Malformed, exception);
            }
            yield return chunks.Current;
        }
    }

    private static bool IsOfParser(Exception exception) => exception
        is JsonException
        or FormatException
        or KeyNotFoundException
        or IndexOutOfRangeException
        or NullReferenceException
        or ArgumentOutOfRangeException
        or InvalidOperationException and not ObjectDisposedException;
}

/// <summary>Builder extension of <see cref="AnswerTranslatingChatClient"/>.</summary>
public static class AnswerTranslatingChatClientBuilderExtensions
{
    /// <summary>Makes an answer that could not be read a failure of the provider.</summary>
    public static ChatClientBuilder UseAnswerTranslation(this ChatClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Use(inner => new AnswerTranslatingChatClient(inner));
    }
}
