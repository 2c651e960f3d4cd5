using System.Text.Json;

namespace ActorLlm.Backends;

/// <summary>
/// Tells answers and chunks that the OpenAI SDK reads as they are from those that need a closer look: nearly all are of the first kind, so it
/// is one pass without an allocation.
/// </summary>
internal static class AnswerScan
{
    /// <summary>The last second that a <see cref="DateTimeOffset"/> has.</summary>
    private const long LastSecond = 253_402_300_799;

    /// <summary>Whether it has nothing to be repaired; false where it is no JSON.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            return reader.Read() && IsPlainRoot(ref reader);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsPlainRoot(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            return false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool plain = true;
            if (json.ValueTextEquals("choices"u8))
                plain = IsPlainChoices(ref json);
            else if (json.ValueTextEquals("created"u8))
                plain = Next(ref json) == JsonTokenType.Number && json.TryGetInt64(out long created) && created is >= 0 and <= LastSecond;
            else if (json.ValueTextEquals("usage"u8))
                plain = Next(ref json) == JsonTokenType.Null || IsPlainCounts(ref json);
            else if (json.ValueTextEquals("error"u8))
                plain = false;
            else if (json.ValueTextEquals("id"u8) || json.ValueTextEquals("model"u8) || json.ValueTextEquals("object"u8))
                plain = Next(ref json) == JsonTokenType.String;
            else if (json.ValueTextEquals("system_fingerprint"u8) || json.ValueTextEquals("service_tier"u8))
                plain = Next(ref json) is JsonTokenType.String or JsonTokenType.Null;
            else
                json.Skip();
            if (!plain)
                return false;
        }
        return true;
    }

    private static bool IsPlainChoices(ref Utf8JsonReader json)
    {
        if (Next(ref json) != JsonTokenType.StartArray)
            return false;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.StartObject)
                return false;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                bool plain = true;
                if (json.ValueTextEquals("delta"u8) || json.ValueTextEquals("message"u8))
                    plain = IsPlainMessage(ref json);
                else if (json.ValueTextEquals("finish_reason"u8))
                    plain = Next(ref json) == JsonTokenType.Null || IsKnownReason(ref json);
                else
                    json.Skip();
                if (!plain)
                    return false;
            }
        }
        return true;
    }

    private static bool IsPlainMessage(ref Utf8JsonReader json)
    {
        if (Next(ref json) != JsonTokenType.StartObject)
            return false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool plain = true;
            if (json.ValueTextEquals("role"u8))
                plain = Next(ref json) == JsonTokenType.String && json.ValueTextEquals("assistant"u8);
            else if (json.ValueTextEquals("tool_calls"u8) || json.ValueTextEquals("function_call"u8) || json.ValueTextEquals("audio"u8))
                plain = Next(ref json) == JsonTokenType.Null;
            else
                json.Skip();
            if (!plain)
                return false;
        }
        return true;
    }

    private static bool IsPlainCounts(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            return false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> name = json.ValueSpan;
            bool plain = true;
            if (name.EndsWith("_tokens"u8))
                plain = Next(ref json) == JsonTokenType.Number && json.TryGetInt32(out _);
            else if (name.EndsWith("_tokens_details"u8))
                plain = Next(ref json) == JsonTokenType.StartObject && IsPlainCounts(ref json);
            else
                json.Skip();
            if (!plain)
                return false;
        }
        return true;
    }

    private static bool IsKnownReason(ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.String
        && (json.ValueTextEquals("stop"u8) || json.ValueTextEquals("length"u8) || json.ValueTextEquals("tool_calls"u8) || json.ValueTextEquals("content_filter"u8));

    private static JsonTokenType Next(ref Utf8JsonReader json) => json.Read() ? json.TokenType : JsonTokenType.None;
}
