using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace ActorLlm.Backends;

/// <summary>
/// The model's earlier calls of tools in its own words, see <see cref="ToolCallText"/>: OpenAI's chat client would write what was parsed of
/// their arguments, which is nothing where they are no JSON.
/// </summary>
internal static class OpenAIHistory
{
    /// <summary>The messages; of those with calls, what is to be sent stands beside what was parsed.</summary>
    public static IEnumerable<ChatMessage> WithRawCalls(IEnumerable<ChatMessage> messages) => messages.Select(message =>
        message.Role == ChatRole.Assistant && message.Contents.Any(content => content is FunctionCallContent)
            ? new ChatMessage(message.Role, message.Contents) { RawRepresentation = Raw(message) }
            : message);

    private static AssistantChatMessage Raw(ChatMessage message)
    {
        var raw = new AssistantChatMessage(message.Contents.OfType<FunctionCallContent>().Select(call =>
            ChatToolCall.CreateFunctionToolCall(call.CallId, call.Name, BinaryData.FromString(ToolCallText.ArgumentsOf(call)))));
        if (message.Text.Length > 0)
            raw.Content.Add(ChatMessageContentPart.CreateTextPart(message.Text));
        raw.ParticipantName = message.AuthorName;
        return raw;
    }
}
