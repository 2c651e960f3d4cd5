using System.Buffers;
using System.Text.Json;
using ActorLlm.Gateway.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace ActorLlm.Gateway;

/// <summary>Reads a body that must be JSON, or says what is wrong with it.</summary>
internal static class RequestBody
{
    /// <summary>How deep arrays and objects may lie in each other.</summary>
    public const int MaxDepth = 64;

    /// <summary>Makes something of all bytes of a body, or gives the error to answer with.</summary>
    public delegate T? Parser<T>(in ReadOnlySequence<byte> bytes, out ApiError? error) where T : class;

    /// <summary>Reads a body to its end; it is JSON in UTF-8 as far as its headers say.</summary>
    public static async ValueTask<(T? Body, ApiError? Error)> ReadAsync<T>(
        HttpRequest request, int maxBytes, Parser<T> parse, CancellationToken cancellation)
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
                var body = parse(WithoutMark(read.Buffer), out var error);
                input.AdvanceTo(read.Buffer.End);
                return (body, error);
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Some editors and clients of Windows begin UTF-8 with a byte order mark, which is no part of the JSON.</summary>
    private static ReadOnlySequence<byte> WithoutMark(in ReadOnlySequence<byte> bytes)
    {
        var reader = new SequenceReader<byte>(bytes);
        return reader.IsNext([0xEF, 0xBB, 0xBF]) ? bytes.Slice(3) : bytes;
    }

    public static ApiError NotJson(string why) => ApiError.Invalid("invalid_json", null, $"The request body is not valid JSON: {why}.");

    /// <summary>The JSON reader's exceptions say what is wrong, and where.</summary>
    public static ApiError NotJson(JsonException syntax)
    {
        var message = syntax.Message;
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var what = (end < 0 ? message : message[..end]).TrimEnd('.', ' ');
        return NotJson($"{what} (line {syntax.LineNumber + 1}, byte {syntax.BytePositionInLine + 1})");
    }

    public static ApiError NotAnObject(string message = "The request body is not a JSON object, or a name in it is not valid Unicode.") =>
        ApiError.Invalid("invalid_type", null, message);

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
}
