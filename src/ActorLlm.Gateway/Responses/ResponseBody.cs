using System.Text.Json;
using System.Text.Json.Serialization;
using ActorLlm.Gateway.Errors;

namespace ActorLlm.Gateway.Responses;

/// <summary>The body of a request for a response: what is used, and all else, of which some is passed on and some said back.</summary>
internal sealed class ResponseBody
{
    public string? Model { get; set; }
    public JsonElement Input { get; set; }
    public string? Instructions { get; set; }
    public string? PreviousResponseId { get; set; }
    public JsonElement Conversation { get; set; }
    public bool? Background { get; set; }
    public bool? Store { get; set; }
    public bool? Stream { get; set; }

    public double? Temperature { get; set; }
    public double? TopP { get; set; }
    [JsonConverter(typeof(WholeInt))]
    public int? MaxOutputTokens { get; set; }
    public List<ResponseToolBody?>? Tools { get; set; }
    public JsonElement ToolChoice { get; set; }
    public bool? ParallelToolCalls { get; set; }
    public TextBody? Text { get; set; }
    public JsonElement Reasoning { get; set; }
    public JsonElement Metadata { get; set; }

    [JsonConverter(typeof(WholeInt))]
    public int? TopLogprobs { get; set; }
    public JsonElement Prompt { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

internal sealed class ResponseToolBody
{
    public string? Type { get; set; }
    public string? Name { get; set; }
    public string? Description { get; set; }
    public JsonElement Parameters { get; set; }
    public bool? Strict { get; set; }
}

internal sealed class TextBody
{
    public TextFormatBody? Format { get; set; }
    public JsonElement Verbosity { get; set; }
}

internal sealed class TextFormatBody
{
    public string? Type { get; set; }
    public string? Name { get; set; }
    public string? Description { get; set; }
    public JsonElement Schema { get; set; }
    public bool? Strict { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ResponseBody))]
internal sealed partial class ResponseBodyContext : JsonSerializerContext;

/// <summary>What is expected at a field of the body, and what fields are called that a chat completion has too.</summary>
internal static class ResponseFields
{
    /// <summary>An error that names a field of a chat completion, with the name that it has here.</summary>
    public static ApiError Renamed(ApiError error) => error with
    {
        Param = error.Param switch
        {
            { } param when param.StartsWith("messages", StringComparison.Ordinal) => "input",
            { } param when param.StartsWith("response_format", StringComparison.Ordinal) => "text.format",
            "max_tokens" or "max_completion_tokens" => "max_output_tokens",
            "reasoning_effort" => "reasoning.effort",
            "verbosity" => "text.verbosity",
            var other => other,
        },
    };

    public static string ExpectedAt(string field) => field[(field.LastIndexOf('.') + 1)..] switch
    {
        "temperature" or "top_p" => "a number",
        "max_output_tokens" or "top_logprobs" => "a whole number that fits its range",
        "background" or "store" or "stream" or "parallel_tool_calls" or "strict" => "true or false",
        "tools" => "an array of tools",
        "text" or "format" => "an object",
        _ => "a string of valid Unicode",
    };
}
