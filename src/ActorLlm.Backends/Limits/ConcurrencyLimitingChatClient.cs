using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends;

/// <summary>Lets only so many calls run at once; a stream keeps its place until it is read to its end or given up.</summary>
public sealed class ConcurrencyLimitingChatClient(IChatClient inner, ConcurrencyGate gate) : DelegatingChatClient(inner)
{
    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using ConcurrencyGate.Place place = await gate.Enter(cancellationToken).ConfigureAwait(false);
        return await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using ConcurrencyGate.Place place = await gate.Enter(cancellationToken).ConfigureAwait(false);
        IAsyncEnumerable<ChatResponseUpdate> stream = base.GetStreamingResponseAsync(messages, options, cancellationToken);
        await foreach (ChatResponseUpdate update in stream.ConfigureAwait(false))
            yield return update;
    }
}

/// <summary>Builder extension of <see cref="ConcurrencyLimitingChatClient"/>.</summary>
public static class ConcurrencyLimitingChatClientBuilderExtensions
{
    /// <summary>Limits the calls at once to the places of <paramref name="gate"/>.</summary>
    public static ChatClientBuilder UseConcurrencyLimit(this ChatClientBuilder builder, ConcurrencyGate gate)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(gate);
        return builder.Use(inner => new ConcurrencyLimitingChatClient(inner, gate));
    }
}
