using System.Text;
using System.Text.Json;
using ActorLlm.Hosting;

namespace ActorLlm.Gateway.Chat;

/// <summary>The log probabilities of tokens that were not written yet.</summary>
internal sealed class LogprobsJson
{
    private readonly StringBuilder _content = new();
    private readonly StringBuilder _refusal = new();

    public void Add(DirectUpdate.Logprobs tokens)
    {
        Append(_content, tokens.Content);
        Append(_refusal, tokens.Refusal);
    }

    /// <summary>Writes them, and forgets them; null where there are none.</summary>
    public void Write(Utf8JsonWriter json)
    {
        if (_content.Length + _refusal.Length == 0)
        {
            json.WriteNull("logprobs"u8);
            return;
        }

        json.WriteStartObject("logprobs"u8);
        Write(json, "content"u8, _content);
        Write(json, "refusal"u8, _refusal);
        json.WriteEndObject();
    }

    private static void Append(StringBuilder entries, string more)
    {
        if (more.Length == 0) return;
        if (entries.Length > 0) entries.Append(',');
        entries.Append(more);
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, StringBuilder entries)
    {
        if (entries.Length == 0)
        {
            json.WriteNull(name);
            return;
        }

        json.WritePropertyName(name);
        json.WriteRawValue($"[{entries}]", skipInputValidation: true);
        entries.Clear();
    }
}
