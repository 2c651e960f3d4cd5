using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace ActorLlm.Backends;

/// <summary>Keeps the arguments' text of streamed tool calls, see <see cref="ToolCallText"/>.</summary>
internal sealed class OpenAIToolCallClient(IChatClient inner) : DelegatingChatClient(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages, ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Dictionary<int, StringBuilder>? texts = null;
        Dictionary<string, int> indexes = [];
        IAsyncEnumerable<ChatResponseUpdate> stream = base.GetStreamingResponseAsync(messages, options, cancellationToken);
        await foreach (ChatResponseUpdate update in stream.ConfigureAwait(false))
        {
            if (update.RawRepresentation is StreamingChatCompletionUpdate raw)
            {
                foreach (StreamingChatToolCallUpdate piece in raw.ToolCallUpdates)
                {
                    if (!string.IsNullOrEmpty(piece.ToolCallId))
                        indexes[piece.ToolCallId] = piece.Index;
                    texts ??= [];
                    if (!texts.TryGetValue(piece.Index, out StringBuilder? text))
                        texts[piece.Index] = text = new StringBuilder();
                    text.Append(piece.FunctionArgumentsUpdate);
                }
            }
            foreach (AIContent content in update.Contents)
            {
                if (content is FunctionCallContent call && indexes.TryGetValue(call.CallId, out int index))
                    ToolCallText.Keep(call, texts![index].ToString());
            }
            yield return update;
        }
    }
}
