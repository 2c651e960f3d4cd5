using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using ActorLlm.Gateway.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace ActorLlm.Gateway;

/// <summary>Reads a request's body, or says what is wrong with it.</summary>
internal static class JsonBody
{
    private const int MaxDepth = 64;
    /// <summary>Reads the body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maxBytes">The largest body allowed.</param>
    /// <param name="type">What it is read into.</param>
    /// <param name="expectedAt">What is expected at a field, given its path.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static async ValueTask<(T? Body, ApiError? Error)> ReadAsync<T>(
        HttpRequest request, int maxBytes, JsonTypeInfo<T> type, Func<string, string> expectedAt, CancellationToken cancellation)
        where T : class
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
                var body = Parse(read.Buffer, type, expectedAt, out var error);
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

    private static T? Parse<T>(in ReadOnlySequence<byte> bytes, JsonTypeInfo<T> type, Func<string, string> expectedAt, out ApiError? error)
        where T : class
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
            var body = JsonSerializer.Deserialize(ref reader, type);
            // Anything but white space after the object throws here.
            reader.Read();
            if (body is null) error = NotAnObject("The request body is null; expected a JSON object.");
            // Strings are looked into when they are read; those that are passed on as they are never were.
            else if (!Utf8.IsValid(bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray())) error = NotJson("it is not valid UTF-8");
            return body;
        }
        catch (JsonException exception)
        {
            error = Describe(exception, expectedAt);
            return null;
        }
    }

    /// <summary>The JSON reader's exceptions say what is wrong; the serializer's name .NET types, which help no client.</summary>
    private static ApiError Describe(JsonException exception, Func<string, string> expectedAt)
    {
        var syntax = exception.InnerException as JsonException ?? (exception.Path is null ? exception : null);
        if (syntax is null) return Unexpected(Field(exception.Path!), expectedAt);
        var message = syntax.Message;
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var what = (end < 0 ? message : message[..end]).TrimEnd('.', ' ');
        return NotJson($"{what} (line {syntax.LineNumber + 1}, byte {syntax.BytePositionInLine + 1})");
    }

    private static ApiError NotJson(string why) => ApiError.Invalid("invalid_json", null, $"The request body is not valid JSON: {why}.");

    private static ApiError NotAnObject(string message) => ApiError.Invalid("invalid_type", null, message);

    private static ApiError Unexpected(string field, Func<string, string> expectedAt) => field.Length == 0
        ? NotAnObject("The request body is not a JSON object, or a name in it is not valid Unicode.")
        : ApiError.Invalid("invalid_type", field, $"The value of {field} cannot be read; expected {expectedAt(field)}.");

    private static string Field(string path) => path.Length > 2 ? path[2..] : "";
}
