using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorLlm.Gateway;

/// <summary>A whole number however it is written: some languages have one kind of number only, and send 1.0 or 1e3.</summary>
internal sealed class WholeInt : JsonConverter<int>
{
    public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        WholeLong.Read(ref reader) is >= int.MinValue and <= int.MaxValue and var number ? (int)number : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) => throw new NotSupportedException();
}

/// <summary>A whole number however it is written.</summary>
internal sealed class WholeLong : JsonConverter<long>
{
    public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader);

    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) => throw new NotSupportedException();

    /// <summary>Reads the number; it throws without a message, to which the serializer adds the path.</summary>
    public static long Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.Number) throw new JsonException();
        if (reader.TryGetInt64(out var number)) return number;
        return reader.TryGetDecimal(out var written) && decimal.IsInteger(written) && written is >= long.MinValue and <= long.MaxValue ? (long)written : throw new JsonException();
    }
}
