using System.Text.Encodings.Web;
using System.Text.Json;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.RabbitMq.Codec;

/// <summary>Writes replies, <c>{"status": ..., "result": ..., "id": ...}</c>.</summary>
internal static class ReplyWriter
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The reply to a turn.</summary>
    public static byte[] Write(Outcome outcome, string id) => outcome switch
    {
        Outcome.Committed { Reply: var reply } => Write("success", reply.Spoken, id),
        Outcome.Failed { Reason: var reason } => Write("error", reason, id),
        Outcome.Cancelled { By: CancelledBy.LaterTurn } => Write("error", "The turn was cancelled by a later one.", id),
        Outcome.Cancelled => Write("error", "The turn was cancelled.", id),
        _ => Write("success", "", id),
    };

    /// <summary>The reply to what made no turn.</summary>
    public static byte[] Error(string reason, string id) => Write("error", reason, id);

    private static byte[] Write(string status, string result, string id)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("status", status);
            json.WriteString("result", result);
            json.WritePropertyName("id");
            json.WriteRawValue(id);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
