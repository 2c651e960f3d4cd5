using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorLlm.Gateway.Chat;

/// <summary>The body of a chat completion request: what is used, what must be refused aloud, and all else, which is passed on to the backend.</summary>
internal sealed class ChatBody
{
    public string? Model { get; set; }
    public List<MessageBody?>? Messages { get; set; }
    public bool? Stream { get; set; }
    public StreamOptionsBody? StreamOptions { get; set; }
    public MetadataBody? Metadata { get; set; }
    public bool? Store { get; set; }

    public double? Temperature { get; set; }
    public double? TopP { get; set; }
    public double? FrequencyPenalty { get; set; }
    public double? PresencePenalty { get; set; }
    [JsonConverter(typeof(WholeInt))]
    public int? MaxTokens { get; set; }
    [JsonConverter(typeof(WholeInt))]
    public int? MaxCompletionTokens { get; set; }
    [JsonConverter(typeof(WholeLong))]
    public long? Seed { get; set; }
    [JsonConverter(typeof(StopConverter))]
    public List<string>? Stop { get; set; }

    public List<ToolBody?>? Tools { get; set; }
    public JsonElement ToolChoice { get; set; }
    public bool? ParallelToolCalls { get; set; }
    public ResponseFormatBody? ResponseFormat { get; set; }

    [JsonConverter(typeof(WholeInt))]
    public int? N { get; set; }
    public bool? Logprobs { get; set; }
    [JsonConverter(typeof(WholeInt))]
    public int? TopLogprobs { get; set; }
    public JsonElement Functions { get; set; }
    public JsonElement FunctionCall { get; set; }
    public JsonElement Modalities { get; set; }
    public JsonElement Audio { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

internal sealed class MessageBody
{
    public string? Role { get; set; }
    public ContentBody? Content { get; set; }
    public string? Name { get; set; }
    public List<ToolCallBody?>? ToolCalls { get; set; }
    public string? ToolCallId { get; set; }
    public JsonElement Refusal { get; set; }
    public JsonElement FunctionCall { get; set; }
    public JsonElement Audio { get; set; }
}

internal sealed class ToolCallBody
{
    public string? Id { get; set; }
    public string? Type { get; set; }
    public CalledFunctionBody? Function { get; set; }
}

internal sealed class CalledFunctionBody
{
    public string? Name { get; set; }
    public string? Arguments { get; set; }
}

internal sealed class ToolBody
{
    public string? Type { get; set; }
    public FunctionBody? Function { get; set; }
}

internal sealed class FunctionBody
{
    public string? Name { get; set; }
    public string? Description { get; set; }
    public JsonElement Parameters { get; set; }
    public bool? Strict { get; set; }
}

internal sealed class ResponseFormatBody
{
    public string? Type { get; set; }
    public JsonSchemaBody? JsonSchema { get; set; }
}

internal sealed class JsonSchemaBody
{
    public string? Name { get; set; }
    public string? Description { get; set; }
    public JsonElement Schema { get; set; }
    public bool? Strict { get; set; }
}

internal sealed class StreamOptionsBody
{
    public bool? IncludeUsage { get; set; }
}

internal sealed class MetadataBody
{
    public string? ConversationId { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ChatBody))]
internal sealed partial class ChatBodyContext : JsonSerializerContext;

/// <summary>A string or an array of strings.</summary>
internal sealed class StopConverter : JsonConverter<List<string>>
{
    public override List<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return [reader.GetString()!];
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException();
        var stops = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            stops.Add(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException());
        return stops;
    }

    public override void Write(Utf8JsonWriter writer, List<string> value, JsonSerializerOptions options) =>
        throw new NotSupportedException();
}
