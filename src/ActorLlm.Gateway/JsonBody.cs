using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using ActorLlm.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Gateway;

/// <summary>Reads a body into a type, or says what is wrong with it.</summary>
internal static class JsonBody
{
    /// <summary>Reads the body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maxBytes">The largest body allowed.</param>
    /// <param name="type">What it is read into.</param>
    /// <param name="expectedAt">What is expected at a field, given its path.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <param name="wellFormed">Whether half of a surrogate pair is refused wherever it stands: what is read later, and written back, must be Unicode.</param>
    public static ValueTask<(T? Body, ApiError? Error)> ReadAsync<T>(
        HttpRequest request, int maxBytes, JsonTypeInfo<T> type, Func<string, string> expectedAt, CancellationToken cancellation, bool wellFormed = false)
        where T : class
    {
        return RequestBody.ReadAsync<T>(request, maxBytes, Parse, cancellation);

        T? Parse(in ReadOnlySequence<byte> bytes, out ApiError? error)
        {
            var body = JsonBody.Parse(bytes, type, expectedAt, out error);
            if (error is null && wellFormed && HasHalfCharacter(bytes))
                error = RequestBody.NotJson("a string in it has half of a UTF-16 surrogate pair, which is not a character");
            return body;
        }
    }

    private static T? Parse<T>(in ReadOnlySequence<byte> bytes, JsonTypeInfo<T> type, Func<string, string> expectedAt, out ApiError? error)
        where T : class
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
            var body = JsonSerializer.Deserialize(ref reader, type);
            // Anything but white space after the object throws here.
            reader.Read();
            if (body is null) error = RequestBody.NotAnObject("The request body is null; expected a JSON object.");
            // Strings are looked into when they are read; those that are passed on as they are never were.
            else if (!Utf8.IsValid(bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray())) error = RequestBody.NotJson("it is not valid UTF-8");
            return body;
        }
        catch (JsonException exception)
        {
            error = Describe(exception, expectedAt);
            return null;
        }
    }

    private static bool HasHalfCharacter(in ReadOnlySequence<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = RequestBody.MaxDepth });
        try
        {
            while (reader.Read())
            {
                // Without an escape it is UTF-8, which was looked into.
                if (reader.ValueIsEscaped) reader.GetString();
            }

            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    /// <summary>The JSON reader's exceptions say what is wrong; the serializer's name .NET types, which help no client.</summary>
    private static ApiError Describe(JsonException exception, Func<string, string> expectedAt)
    {
        var syntax = exception.InnerException as JsonException ?? (exception.Path is null ? exception : null);
        return syntax is null ? Unexpected(Field(exception.Path!), expectedAt) : RequestBody.NotJson(syntax);
    }

    private static ApiError Unexpected(string field, Func<string, string> expectedAt) => field.Length == 0
        ? RequestBody.NotAnObject()
        : ApiError.Invalid("invalid_type", field, $"The value of {field} cannot be read; expected {expectedAt(field)}.");

    private static string Field(string path) => path.Length > 2 ? path[2..] : "";
}
