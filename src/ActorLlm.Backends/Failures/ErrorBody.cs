using System.ClientModel.Primitives;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ActorLlm.Backends;

/// <summary>What a provider says in an error body: <c>{"error":{"message":...,"code":...,"param":...}}</c> or <c>{"error":"..."}</c>.</summary>
/// <param name="Message">What people read.</param>
/// <param name="Code">What programs decide by.</param>
/// <param name="Param">The field that is meant.</param>
internal sealed partial record ErrorBody(string? Message, string? Code, string? Param)
{
    private static readonly ErrorBody None = new(null, null, null);

    /// <summary>The message with its code, which OpenAI's own messages do not have: <c>context_length_exceeded</c>.</summary>
    public string? Words =>
        string.IsNullOrEmpty(Message) || string.IsNullOrEmpty(Code) ? Message ?? Code
        : Message.Contains(Code, StringComparison.Ordinal) ? Message
        : $"{Message} ({Code})";

    public static ErrorBody Of(PipelineResponse response)
    {
        try
        {
            return Of(response.Content);
        }
        catch (InvalidOperationException)
        {
            // The body was never buffered: the answer broke off after its headers.
            return None;
        }
    }

    public static ErrorBody Of(BinaryData body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("error", out JsonElement error))
                return None;
            return error.ValueKind == JsonValueKind.Object
                ? new(Text(error, "message"), CodeOf(error), Name(Text(error, "param")))
                : new(Text(error), null, null);
        }
        catch (JsonException)
        {
            return None;
        }
    }

    // Some say it by the type alone.
    private static string? CodeOf(JsonElement error) =>
        Text(error, "type") == BackendFailure.InsufficientQuota ? BackendFailure.InsufficientQuota : Name(Text(error, "code"));

    private static string? Text(JsonElement error, string name) => error.TryGetProperty(name, out JsonElement member) ? Text(member) : null;

    private static string? Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString() : null;

    private static string? Name(string? text) => text is not null && Names().IsMatch(text) ? text : null;

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_.\[\]-]{0,99}$")]
    private static partial Regex Names();
}
