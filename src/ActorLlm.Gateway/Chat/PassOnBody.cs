using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ActorLlm.Gateway.Chat;

/// <summary>Fields that the server has no word for: the backend may. In the order of their names, so that the same request is the same turn.</summary>
internal static class PassOnBody
{
    /// <summary>
    /// What a chat completion hands on: what the server has no word for, the log probabilities, which it merely asks for, and the older name of the
    /// most tokens, where the client used that.
    /// </summary>
    public static string Write(ChatBody body)
    {
        if (body is { Logprobs: not true, MaxTokens: null }) return Write(body.Others);
        var fields = new Dictionary<string, JsonElement>(body.Others ?? []);
        if (body.MaxTokens is { } most) fields["max_tokens"] = Number(most);
        if (body.Logprobs is true) fields["logprobs"] = JsonElement.Parse("true");
        if (body is { Logprobs: true, TopLogprobs: { } top }) fields["top_logprobs"] = Number(top);
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

    private static JsonElement Number(int number) => JsonElement.Parse(number.ToString(CultureInfo.InvariantCulture));
}
