using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends;

/// <summary>
/// The arguments of tool calls as the text that the model wrote. The chat client's abstraction has them parsed, which loses their
/// form, and all of them where the model was cut off.
/// </summary>
public static class ToolCallText
{
    private const string Property = "arguments_text";

    // Other scripts stay readable; nothing here goes into HTML.
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The arguments' text: the model's own where it is known, else what was parsed, written again.</summary>
    public static string ArgumentsOf(FunctionCallContent call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return call.AdditionalProperties?.TryGetValue(Property, out string? text) == true
            ? text
            : JsonSerializer.Serialize(call.Arguments ?? new Dictionary<string, object?>(), Relaxed);
    }

    /// <summary>A call of which the arguments' text is known.</summary>
    /// <param name="id">The call's name.</param>
    /// <param name="name">The tool.</param>
    /// <param name="arguments">The text; where it is no JSON object, the parsed arguments are empty.</param>
    public static FunctionCallContent ContentOf(string id, string name, string arguments) =>
        Keep(new FunctionCallContent(id, name, Parse(arguments)), arguments);

    /// <summary>Keeps the arguments' text with a call.</summary>
    internal static FunctionCallContent Keep(FunctionCallContent call, string arguments)
    {
        (call.AdditionalProperties ??= [])[Property] = arguments;
        return call;
    }

    private static Dictionary<string, object?> Parse(string arguments)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, object?>>(arguments) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
