using ActorLlm.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Gateway.Chat;

/// <summary>Reads a request's body into a <see cref="ChatBody"/>, or says what is wrong with it.</summary>
internal static class ChatBodyReader
{
    private const string Text = "a string of valid Unicode";
    private const string Number = "a number";
    private const string Integer = "a whole number";
    private const string Flag = "true or false";

    public static ValueTask<(ChatBody? Body, ApiError? Error)> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellation) =>
        JsonBody.ReadAsync(request, maxBytes, ChatBodyContext.Default.ChatBody, ExpectedAt, cancellation);

    private static string ExpectedAt(string field)
    {
        var last = field[(field.LastIndexOf('.') + 1)..];
        return last switch
        {
            "model" or "role" or "type" or "conversation_id" or "name" or "description" or "id" or "arguments" or "tool_call_id" => Text,
            "messages" => "an array of messages",
            "content" => $"{Text}, or an array of parts like {{\"type\":\"text\",\"text\":\"...\"}} or {{\"type\":\"image_url\",\"image_url\":{{\"url\":\"...\"}}}}",
            "stop" => "a string or an array of strings",
            "temperature" or "top_p" or "frequency_penalty" or "presence_penalty" => Number,
            "max_tokens" or "max_completion_tokens" or "seed" or "n" or "top_logprobs" => $"{Integer} that fits its range",
            "stream" or "store" or "include_usage" or "logprobs" or "strict" or "parallel_tool_calls" => Flag,
            "metadata" or "stream_options" or "response_format" or "json_schema" or "function" => "an object",
            "tools" => "an array of tools",
            "tool_calls" => "an array of tool calls",
            _ => last.StartsWith("messages[", StringComparison.Ordinal) ? "a message object" : "another kind of value",
        };
    }
}
