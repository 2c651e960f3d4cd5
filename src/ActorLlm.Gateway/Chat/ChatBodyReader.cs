using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using ActorLlm.Gateway.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace ActorLlm.Gateway.Chat;

/// <summary>Reads a request's body into a <see cref="ChatBody"/>, or says what is wrong with it.</summary>
internal static class ChatBodyReader
{
    private const int MaxDepth = 64;
    private const string Text = "a string of valid Unicode";
    private const string Number = "a number";
    private const string Integer = "a whole number";
    private const string Flag = "true or false";

    public static async ValueTask<(ChatBody? Body, ApiError? Error)> ReadAsync(
        HttpRequest request, int maxBytes, CancellationToken cancellation)
    {
        if (WrongMediaType(request) is { } wrong) return (null, wrong);
        LiftServerLimit(request);
        if (request.ContentLength > maxBytes) return (null, ApiError.TooLargeBody(maxBytes));
        var input = request.BodyReader;
        while (true)
        {
            var read = await input.ReadAsync(cancellation);
            if (read.Buffer.Length > maxBytes)
            {
                input.AdvanceTo(read.Buffer.End);
                return (null, ApiError.TooLargeBody(maxBytes));
            }

            if (read.IsCompleted)
            {
                var body = Parse(read.Buffer, out var error);
                input.AdvanceTo(read.Buffer.End);
                return (body, error);
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    // The limit here takes its place. Beyond its own, the server would close the connection under a client that is still sending, which
    // then never reads the 413; without one it takes the rest in for some seconds.
    private static void LiftServerLimit(HttpRequest request)
    {
        var limit = request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (limit is { IsReadOnly: false }) limit.MaxRequestBodySize = null;
    }

    private static ApiError? WrongMediaType(HttpRequest request)
    {
        if (!request.HasJsonContentType())
        {
            var sent = request.ContentType is { Length: > 0 } type ? $"is {ApiError.Show(type)}" : "is missing";
            return UnsupportedMedia(HeaderNames.ContentType, $"The header Content-Type {sent}; expected application/json.");
        }

        var charset = MediaTypeHeaderValue.Parse(request.ContentType).Charset.Value?.Trim('"');
        if (!string.IsNullOrEmpty(charset) && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            return UnsupportedMedia(HeaderNames.ContentType, $"The body's charset is {ApiError.Show(charset)}; expected utf-8.");
        var encoding = request.Headers.ContentEncoding.ToString();
        return encoding is "" or "identity"
            ? null
            : UnsupportedMedia(
                HeaderNames.ContentEncoding, $"The header Content-Encoding is {ApiError.Show(encoding)}; send the body uncompressed.");
    }

    private static ApiError UnsupportedMedia(string header, string message) =>
        ApiError.Rejected(415, "unsupported_media_type", message) with { Param = header };

    private static ChatBody? Parse(in ReadOnlySequence<byte> bytes, out ApiError? error)
    {
        error = null;
        if (bytes.IsEmpty)
        {
            error = NotJson("it is empty");
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
            var body = JsonSerializer.Deserialize(ref reader, ChatBodyContext.Default.ChatBody);
            // Anything but white space after the object throws here.
            reader.Read();
            if (body is null) error = NotAnObject("The request body is null; expected a JSON object.");
            // Strings are looked into when they are read; those that are passed on as they are never were.
            else if (!Utf8.IsValid(bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray())) error = NotJson("it is not valid UTF-8");
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
        if (syntax is null) return Unexpected(Field(exception.Path!));
        var message = syntax.Message;
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var what = (end < 0 ? message : message[..end]).TrimEnd('.', ' ');
        return NotJson($"{what} (line {syntax.LineNumber + 1}, byte {syntax.BytePositionInLine + 1})");
    }

    private static ApiError NotJson(string why) => ApiError.Invalid("invalid_json", null, $"The request body is not valid JSON: {why}.");

    private static ApiError NotAnObject(string message) => ApiError.Invalid("invalid_type", null, message);

    private static ApiError Unexpected(string field) => field.Length == 0
        ? NotAnObject("The request body is not a JSON object, or a name in it is not valid Unicode.")
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
