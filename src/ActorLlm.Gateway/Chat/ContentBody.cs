using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Gateway.Chat;

/// <summary>A message's content: its text and images, or the first part that is neither.</summary>
/// <param name="Text">The text, all text parts together.</param>
/// <param name="Images">The images, each at its place in the text.</param>
/// <param name="OtherPart">The position of the first part that is neither; null when there is none.</param>
/// <param name="OtherType">That part's type; null when it has none.</param>
[JsonConverter(typeof(ContentConverter))]
internal sealed record ContentBody(string Text, ImmutableArray<ImagePart> Images, int? OtherPart = null, string? OtherType = null);

/// <summary>A string, or an array of parts of which text, refusals and images are understood.</summary>
/// <remarks>It throws without a message: the serializer adds the path, and the reader says what was expected there.</remarks>
internal sealed class ContentConverter : JsonConverter<ContentBody>
{
    public override ContentBody Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return new ContentBody(reader.GetString()!, []);
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException();
        var text = new StringBuilder();
        var images = ImmutableArray.CreateBuilder<ImagePart>();
        ContentBody? other = null;
        for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            var part = ReadPart(ref reader);
            switch (part.Type)
            {
                case "text" or "refusal":
                    text.Append(part.Text ?? throw new JsonException());
                    break;
                case "image_url":
                    images.Add(new ImagePart(text.Length, part.Url ?? throw new JsonException(), part.Detail ?? ""));
                    break;
                default:
                    other ??= new ContentBody("", [], index, part.Type);
                    break;
            }
        }

        return other ?? new ContentBody(text.ToString(), images.ToImmutable());
    }

    public override void Write(Utf8JsonWriter writer, ContentBody value, JsonSerializerOptions options) =>
        throw new NotSupportedException();

    private static Part ReadPart(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException();
        var part = default(Part);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isType, isImage) = (reader.ValueTextEquals("type"u8), reader.ValueTextEquals("image_url"u8));
            var isText = reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("refusal"u8);
            reader.Read();
            if (isType) part.Type = reader.GetString();
            else if (isText && reader.TokenType == JsonTokenType.String) part.Text = reader.GetString();
            else if (isImage) ReadImage(ref reader, ref part);
            else reader.Skip();
        }

        return part;
    }

    // OpenAI has an object here; some clients send the address itself.
    private static void ReadImage(ref Utf8JsonReader reader, ref Part part)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            part.Url = reader.GetString();
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isUrl, isDetail) = (reader.ValueTextEquals("url"u8), reader.ValueTextEquals("detail"u8));
            reader.Read();
            if (isUrl) part.Url = reader.GetString();
            else if (isDetail) part.Detail = reader.GetString();
            else reader.Skip();
        }
    }

    private record struct Part(string? Type, string? Text, string? Url, string? Detail);
}
