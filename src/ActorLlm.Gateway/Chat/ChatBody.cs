using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorLlm.Gateway.Chat;

/// <summary>The body of a chat completion request: what is used, and what must be refused aloud. Other fields are skipped.</summary>
internal sealed class ChatBody
{
    public string? Model { get; set; }
    public List<MessageBody?>? Messages { get; set; }
    public bool? Stream { get; set; }
    public StreamOptionsBody? StreamOptions { get; set; }
    public MetadataBody? Metadata { get; set; }

    public double? Temperature { get; set; }
    public double? TopP { get; set; }
    public double? FrequencyPenalty { get; set; }
    public double? PresencePenalty { get; set; }
    public int? MaxTokens { get; set; }
    public int? MaxCompletionTokens { get; set; }
    public long? Seed { get; set; }
    [JsonConverter(typeof(StopConverter))]
    public List<string>? Stop { get; set; }

    public int? N { get; set; }
    public bool? Logprobs { get; set; }
    public int? TopLogprobs { get; set; }
    public JsonElement LogitBias { get; set; }
    public JsonElement Tools { get; set; }
    public JsonElement ToolChoice { get; set; }
    public JsonElement Functions { get; set; }
    public JsonElement FunctionCall { get; set; }
    public ResponseFormatBody? ResponseFormat { get; set; }
    public JsonElement Modalities { get; set; }
    public JsonElement Audio { get; set; }
    public JsonElement WebSearchOptions { get; set; }
    public JsonElement ReasoningEffort { get; set; }
    public JsonElement Verbosity { get; set; }
}

internal sealed class MessageBody
{
    public string? Role { get; set; }
    public ContentBody? Content { get; set; }
    public JsonElement ToolCalls { get; set; }
    public JsonElement FunctionCall { get; set; }
    public JsonElement Audio { get; set; }
}

internal sealed class ResponseFormatBody
{
    public string? Type { get; set; }
}

internal sealed class StreamOptionsBody
{
    public bool? IncludeUsage { get; set; }
}

internal sealed class MetadataBody
{
    public string? ConversationId { get; set; }
}

/// <summary>A message's content: its text, or the first part that is no text.</summary>
/// <param name="Text">The text, all text parts together.</param>
/// <param name="OtherPart">The position of the first part that is no text; null when there is none.</param>
/// <param name="OtherType">That part's type; null when it has none.</param>
[JsonConverter(typeof(ContentConverter))]
internal sealed record ContentBody(string Text, int? OtherPart = null, string? OtherType = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ChatBody))]
internal sealed partial class ChatBodyContext : JsonSerializerContext;

/// <summary>A string, or an array of parts of which the text ones are understood.</summary>
/// <remarks>It throws without a message: the serializer adds the path, and the reader says what was expected there.</remarks>
internal sealed class ContentConverter : JsonConverter<ContentBody>
{
    public override ContentBody Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return new ContentBody(reader.GetString()!);
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException();
        var texts = new List<string>();
        ContentBody? other = null;
        for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            var (type, text) = ReadPart(ref reader);
            if (type == "text" && text is not null) texts.Add(text);
            else if (type == "text") throw new JsonException();
            else other ??= new ContentBody("", index, type);
        }

        return other ?? new ContentBody(texts.Count == 1 ? texts[0] : string.Concat(texts));
    }

    public override void Write(Utf8JsonWriter writer, ContentBody value, JsonSerializerOptions options) =>
        throw new NotSupportedException();

    private static (string? Type, string? Text) ReadPart(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException();
        string? type = null, text = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isType, isText) = (reader.ValueTextEquals("type"u8), reader.ValueTextEquals("text"u8));
            reader.Read();
            if (isType) type = reader.GetString();
            else if (isText && reader.TokenType == JsonTokenType.String) text = reader.GetString();
            else reader.Skip();
        }

        return (type, text);
    }
}

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
