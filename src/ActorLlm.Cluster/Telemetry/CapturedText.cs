using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Cluster;

/// <summary>What was asked and answered, in the form of OpenTelemetry's GenAI conventions: for spans, where the operator asked for it.</summary>
internal static class CapturedText
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(ImmutableArray<Message> messages) => Write(json =>
    {
        foreach (var message in messages) Write(json, RoleOf(message.Role), message.Text, finishReason: null);
    });

    public static string Of(Reply reply) => Write(json => Write(json, "assistant", reply.Text, reply.FinishReason));

    private static string Write(Action<Utf8JsonWriter> items)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartArray();
            items(json);
            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, string role, string text, string? finishReason)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, role);
        json.WriteStartArray("parts"u8);
        json.WriteStartObject();
        json.WriteString("type"u8, "text"u8);
        json.WriteString("content"u8, text);
        json.WriteEndObject();
        json.WriteEndArray();
        if (finishReason is not null) json.WriteString("finish_reason"u8, finishReason);
        json.WriteEndObject();
    }

    private static string RoleOf(Role role) => role switch
    {
        Role.System => "system",
        Role.Developer => "developer",
        Role.Assistant => "assistant",
        Role.Tool => "tool",
        _ => "user",
    };
}
