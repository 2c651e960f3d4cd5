using System.ClientModel.Primitives;
using System.Text.Json;

namespace ActorLlm.Backends;

/// <summary>The provider's message in an error body: <c>{"error":{"message":...}}</c> or <c>{"error":"..."}</c>.</summary>
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
            return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("error", out JsonElement error)
                ? error.ValueKind switch
                {
                    JsonValueKind.String => error.GetString(),
                    JsonValueKind.Object when error.TryGetProperty("message", out JsonElement message)
                        && message.ValueKind == JsonValueKind.String => message.GetString(),
                    _ => null,
                }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
