using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ActorLlm.Gateway;

/// <summary>How JSON leaves the gateway.</summary>
internal static class Json
{
    // Escapes what JSON must escape (quotes, backslashes, all control characters, so that no text can end an SSE line) and leaves other
    // scripts readable and short; the stock encoder is for JSON pasted into HTML.
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    // A string's escaped form may need six bytes a character, and the writer asks for the worst case in one piece.
    private const int SegmentLength = 8 * 1024;

    public static Utf8JsonWriter Writer(IBufferWriter<byte> output) => new(output, Options);

    /// <summary>Writes a text of any length without asking for one buffer that holds all of it.</summary>
    public static void WriteText(Utf8JsonWriter json, ReadOnlySpan<char> text)
    {
        while (text.Length > SegmentLength)
        {
            json.WriteStringValueSegment(text[..SegmentLength], isFinalSegment: false);
            text = text[SegmentLength..];
        }

        json.WriteStringValueSegment(text, isFinalSegment: true);
    }

    /// <summary>A value as it was sent; empty for none and for null.</summary>
    public static string Raw(JsonElement json) => json.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? "" : json.GetRawText();

    /// <summary>A string; null for every other value, and for one with half of a surrogate pair, which throws when it is read.</summary>
    public static string? Text(JsonElement json)
    {
        try
        {
            return json.ValueKind == JsonValueKind.String ? json.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
