using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends;

/// <summary>
/// Fails a stream that sends no chunk for a time, and a plain call that takes too long. A long healthy stream has no limit. It does not
/// rely on the inner client to obey its cancellation: one that ignores it is left behind.
/// </summary>
/// <param name="inner">The client.</param>
/// <param name="stream">The longest silence in a stream, before its first chunk included.</param>
/// <param name="response">The longest time of a call that is not streamed.</param>
/// <param name="time">The clock.</param>
public sealed class InactivityLimitingChatClient(IChatClient inner, TimeSpan stream, TimeSpan response, TimeProvider time)
    : DelegatingChatClient(inner)
{
    /// <inheritdoc/>
    /// <exception cref="BackendException">No answer in time.</exception>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<ChatResponse> answer = base.GetResponseAsync(messages, options, stop.Token);
        return await TimeLimit.Within(answer, response, time, stop, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="BackendException">No chunk in time.</exception>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        IAsyncEnumerator<ChatResponseUpdate> chunks =
            base.GetStreamingResponseAsync(messages, options, stop.Token).GetAsyncEnumerator(stop.Token);
        Task<bool>? pending = null;
        try
        {
            while (true)
            {
                ValueTask<bool> next = chunks.MoveNextAsync();
                bool more;
                if (next.IsCompleted)
                {
                    more = await next.ConfigureAwait(false);
                }
                else
                {
                    pending = next.AsTask();
                    more = await TimeLimit.Within(pending, stream, time, stop, cancellationToken).ConfigureAwait(false);
                }
                if (!more)
                    yield break;
                yield return chunks.Current;
            }
        }
        finally
        {
            // An enumerator must not be disposed while it moves.
            if (pending is null or { IsCompleted: true })
                await chunks.DisposeAsync().ConfigureAwait(false);
            else
                _ = DisposeLater(pending, chunks);
        }
    }

    private static async Task DisposeLater(Task pending, IAsyncEnumerator<ChatResponseUpdate> chunks)
    {
        await pending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await chunks.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>Builder extension of <see cref="InactivityLimitingChatClient"/>.</summary>
public static class InactivityLimitingChatClientBuilderExtensions
{
    /// <summary>Limits the silence in a stream and the time of a plain call.</summary>
    public static ChatClientBuilder UseInactivityLimit(
        this ChatClientBuilder builder, TimeSpan stream, TimeSpan response, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(stream, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(response, TimeSpan.Zero);
        return builder.Use(inner => new InactivityLimitingChatClient(inner, stream, response, time ?? TimeProvider.System));
    }
}
