using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace ActorLlm.Backends;

/// <summary>Carries a streamed refusal, of which OpenAI's chat client gives nothing unless the answer has tool calls too.</summary>
internal sealed class OpenAIRefusalClient(IChatClient inner) : DelegatingChatClient(inner)
{
    private const string Code = "Refusal";

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages, ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IAsyncEnumerable<ChatResponseUpdate> stream = base.GetStreamingResponseAsync(messages, options, cancellationToken);
        await foreach (ChatResponseUpdate update in stream.ConfigureAwait(false))
        {
            if (update.RawRepresentation is StreamingChatCompletionUpdate { RefusalUpdate: { Length: > 0 } piece })
                update.Contents.Add(new ErrorContent(piece) { ErrorCode = Code });
            // All of it again, with the tool calls.
            else if (update.RawRepresentation is null && update.Contents.Any(content => content is ErrorContent { ErrorCode: Code }))
                update.Contents = [.. update.Contents.Where(content => content is not ErrorContent { ErrorCode: Code })];
            yield return update;
        }
    }
}
