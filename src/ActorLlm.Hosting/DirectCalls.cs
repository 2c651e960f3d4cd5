using System.Runtime.CompilerServices;
using ActorLlm.Backends;
using ActorLlm.Cluster.Images;
using ActorLlm.Cluster.Workers;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Microsoft.Extensions.AI;

namespace ActorLlm.Hosting;

/// <summary>Calls through this node's catalog, with the words that a worker has for a turn and its reply.</summary>
internal sealed class DirectCalls(BackendCatalog catalog, ContentCheck check, ImageFetcher images) : IDirectCalls
{
    public async IAsyncEnumerable<DirectUpdate> StreamAsync(TurnContent content, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        check.DirectCall(content);
        await using var call = CallAsync(content, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await MoveAsync(call, cancellationToken).ConfigureAwait(false)) yield return call.Current;
    }

    private async IAsyncEnumerable<DirectUpdate> CallAsync(TurnContent content, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (!catalog.TryResolve(content.Model, catalog.SomeTakeNoImages && ChatRequest.HasImages([], content), out var backend))
            throw new DirectCallException(FailureKind.Content, $"No backend of this node serves the model '{content.Model}'.", status: 404);
        var reply = new ReplyBuilder();
        var (length, logprobsLength) = (0, 0);
        var messages = await ImageMessages.ForAsync(backend, ChatRequest.Messages([], content), images, cancellation).ConfigureAwait(false);
        var updates = backend.Client.GetStreamingResponseAsync(messages, ChatRequest.Options(content, backend.Model), cancellation);
        await foreach (var update in updates.ConfigureAwait(false))
        {
            if (TokenLogprobs.Of(update) is { } tokens)
            {
                logprobsLength += tokens.Content.Length + tokens.Refusal.Length;
                if (logprobsLength > Limits.MaxLogprobsLength)
                    throw new DirectCallException(FailureKind.Content, $"The log probabilities grew past {Limits.MaxLogprobsLength} characters and were broken off. Ask for fewer top_logprobs.");
                yield return new DirectUpdate.Logprobs(tokens.Content, tokens.Refusal);
            }

            foreach (var thought in update.Contents.OfType<TextReasoningContent>().Where(content => content.Text.Length > 0))
                yield return new DirectUpdate.Reasoning(thought.Text);

            foreach (var text in reply.Add(update))
            {
                length += text.Length;
                yield return new DirectUpdate.Text(text);
            }

            // Nothing is kept here, but an answer without an end would be paid for without one: a turn's limit holds.
            if (length + reply.OtherLength > Limits.MaxReplyBytes)
                throw new DirectCallException(FailureKind.Content, $"The reply grew past {Limits.MaxReplyBytes} characters and was broken off.");
        }

        var whole = reply.Finish("", backend)
            ?? throw new DirectCallException(FailureKind.Provider, "The reply ended without a finish reason: it may be cut short.");
        yield return new DirectUpdate.Ended(whole with { Reasoning = "" });
    }

    private static async ValueTask<bool> MoveAsync(IAsyncEnumerator<DirectUpdate> call, CancellationToken cancellation)
    {
        try
        {
            return await call.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested && DirectFailure.Of(error) is { } failure)
        {
            throw failure;
        }
    }
}
