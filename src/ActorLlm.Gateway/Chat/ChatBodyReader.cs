using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
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
        RequestBody.ReadAsync<ChatBody>(request, maxBytes, Parse, cancellation);

    private static ChatBody? Parse(in ReadOnlySequence<byte> bytes, out ApiError? error)
    {
        error = null;
        if (bytes.IsEmpty)
        {
            error = RequestBody.NotJson("it is empty");
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = RequestBody.MaxDepth });
            var body = JsonSerializer.Deserialize(ref reader, ChatBodyContext.Default.ChatBody);
            // Anything but white space after the object throws here.
            reader.Read();
            if (body is null) error = RequestBody.NotAnObject("The request body is null; expected a JSON object.");
            // Strings are looked into when they are read; those that are passed on as they are never were.
            else if (!Utf8.IsValid(bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray())) error = RequestBody.NotJson("it is not valid UTF-8");
            return body;
        }
        catch (JsonException exception)
        {
            error = Describe(exception);
            return null;
        }
    }

    /// <summary>The JSON reader's exceptions say what is wrong; the serializer's name .NET types, which help no client.</summary>
    private static ApiError Describe(JsonException exception)
    {
        var syntax = exception.InnerException as JsonException ?? (exception.Path is null ? exception : null);
        return syntax is null ? Unexpected(Field(exception.Path!)) : RequestBody.NotJson(syntax);
    }

    private static ApiError Unexpected(string field) => field.Length == 0
        ? RequestBody.NotAnObject()
        : ApiError.Invalid("invalid_type", field, $"The value of {field} cannot be read; expected {ExpectedAt(field)}.");

    private static string Field(string path) => path.Length > 2 ? path[2..] : "";

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
