using System.ClientModel.Primitives;
using System.Text.Json;

namespace ActorLlm.Backends;

/// <summary>The provider's message in an error body, with its code: <c>{"error":{"message":...,"code":...}}</c> or <c>{"error":"..."}</c>.</summary>
internal static class ErrorBody
{
    public static string? Message(PipelineResponse response)
    {
        try
        {
            return Message(response.Content);
        }
        catch (InvalidOperationException)
        {
            // The body was never buffered: the answer broke off after its headers.
            return null;
        }
    }

    public static string? Message(BinaryData body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("error", out JsonElement error))
                return null;
            return error.ValueKind == JsonValueKind.Object ? WithCode(Text(error, "message"), Text(error, "code")) : Text(error);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The code is what programs decide by, and OpenAI's own messages do not have it: <c>context_length_exceeded</c>.</summary>
    private static string? WithCode(string? message, string? code) =>
        string.IsNullOrEmpty(message) || string.IsNullOrEmpty(code) ? message ?? code
        : message.Contains(code, StringComparison.Ordinal) ? message
        : $"{message} ({code})";

    private static string? Text(JsonElement error, string name) => error.TryGetProperty(name, out JsonElement member) ? Text(member) : null;

    private static string? Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString() : null;
}
