using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorLlm.Backends;

/// <summary>
/// One answer of a server that speaks OpenAI's HTTP API nearly, chunk by chunk, in the form that the OpenAI SDK reads. What says nothing about
/// the reply is put right or left out; what the reply would lack is a failure, and never left out in silence.
/// </summary>
internal sealed class AnswerRepair
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The tool calls of each choice.</summary>
    private readonly Dictionary<int, ToolCallRepair> _calls = [];

    /// <summary>Whether every further chunk must be looked at: a call still lacks something.</summary>
    public bool MustSeeAll => _calls.Count > 0 && _calls.Values.Any(calls => calls.AnyUnnamed);

    /// <summary>The answer or chunk as the SDK reads it; null where it cannot be better than it is.</summary>
    /// <exception cref="BackendException">It is of no use, in words that say why.</exception>
    public byte[]? Repair(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            if (JsonNode.Parse(ref reader) is not JsonObject root)
                return null;
            Repair(root);
            return Encoding.UTF8.GetBytes(root.ToJsonString(Relaxed));
        }
        catch (Exception unreadable) when (unreadable is JsonException or ArgumentException or InvalidOperationException)
        {
            // Not JSON, a member twice, or half a character: the SDK says what it makes of it.
            return null;
        }
    }

    private void Repair(JsonObject root)
    {
        if (root.ContainsKey("error") && root["error"] is null)
            root.Remove("error");
        foreach (string text in (string[])["id", "model", "object", "system_fingerprint", "service_tier"])
            MakeText(root, text);
        if (root["created"] is not JsonValue created || !created.TryGetValue(out long seconds) || seconds < 0 || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            root.Remove("created");
        RepairCounts(root, "usage");
        if (root.ContainsKey("choices") && root["choices"] is null)
            root["choices"] = new JsonArray();
        if (root["choices"] is not JsonArray choices)
            return;
        foreach (JsonObject choice in choices.OfType<JsonObject>())
            Repair(choice, root);
    }

    private void Repair(JsonObject choice, JsonObject root)
    {
        string? delta = choice["delta"] is JsonObject ? "delta" : choice["message"] is JsonObject ? "message" : null;
        int index = choice["index"] is JsonValue value && value.TryGetValue(out int at) ? at : 0;
        if (delta is not null)
            Repair((JsonObject)choice[delta]!, isWhole: delta == "message", index, root);
        if (choice["finish_reason"] is not JsonValue said || !said.TryGetValue(out string? reason))
            return;
        if (_calls.TryGetValue(index, out ToolCallRepair? calls) && calls.AnyUnnamed && reason.Length > 0)
            throw Useless("it calls a tool without a name");
        choice["finish_reason"] = FinishReasons.Known(reason);
    }

    private void Repair(JsonObject message, bool isWhole, int choice, JsonObject root)
    {
        if (message["role"] is null or JsonValue && (message["role"]?.ToString() ?? "").Length == 0)
        {
            message.Remove("role");
            if (isWhole)
                message["role"] = "assistant";
        }
        if (message["audio"] is not null)
            throw Useless("it is audio, which is not supported");
        if (message["function_call"] is JsonObject function)
        {
            message.Remove("function_call");
            message["tool_calls"] = new JsonArray(new JsonObject { ["index"] = 0, ["function"] = function });
        }
        if (message["tool_calls"] is not JsonArray pieces)
            return;
        if (!_calls.TryGetValue(choice, out ToolCallRepair? calls))
            _calls[choice] = calls = new ToolCallRepair($"{root["id"]}/{root["created"]}/{choice}");
        foreach (JsonObject piece in pieces.OfType<JsonObject>())
            calls.Repair(piece, isWhole);
    }

    private static void MakeText(JsonObject parent, string name)
    {
        if (parent[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number)
            parent[name] = value.ToString();
        else if (parent[name]?.GetValueKind() is not JsonValueKind.String)
            parent.Remove(name);
    }

    private static void RepairCounts(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject counts)
        {
            parent.Remove(name);
            return;
        }
        foreach ((string count, JsonNode? value) in counts.ToArray())
        {
            if (count.EndsWith("_tokens_details", StringComparison.Ordinal))
                RepairCounts(counts, count);
            else if (count.EndsWith("_tokens", StringComparison.Ordinal))
                RepairCount(counts, count, value);
        }
    }

    // A count that is none is unknown; to call it 0 would be a claim.
    private static void RepairCount(JsonObject counts, string name, JsonNode? value)
    {
        if (double.TryParse(value?.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number is >= 0 and <= int.MaxValue)
            counts[name] = (int)number;
        else
            counts.Remove(name);
    }

    internal static BackendException Useless(string why) => new(BackendFailures.Unusable($"The backend's answer cannot be used: {why}."));
}
