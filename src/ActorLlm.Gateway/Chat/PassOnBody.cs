using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ActorLlm.Gateway.Chat;

/// <summary>Fields that the server has no word for: the backend may. In the order of their names, so that the same request is the same turn.</summary>
internal static class PassOnBody
{
    /// <summary>What a chat completion hands on: what the server has no word for, and the log probabilities, which it merely asks for.</summary>
    public static string Write(ChatBody body)
    {
        if (body.Logprobs is not true) return Write(body.Others);
        var fields = new Dictionary<string, JsonElement>(body.Others ?? []) { ["logprobs"] = JsonElement.Parse("true") };
        if (body.TopLogprobs is { } top) fields["top_logprobs"] = JsonElement.Parse(top.ToString(CultureInfo.InvariantCulture));
        return Write(fields);
    }

    /// <summary>The fields as the text of a JSON object; empty where there are none.</summary>
    public static string Write(Dictionary<string, JsonElement>? fields)
    {
        if (fields is null) return "";
        var passed = fields
            .Where(field => field.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
            .OrderBy(field => field.Key, StringComparer.Ordinal)
            .ToArray();
        if (passed.Length == 0) return "";
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in passed)
            {
                json.WritePropertyName(name);
                json.WriteRawValue(value.GetRawText(), skipInputValidation: true);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
