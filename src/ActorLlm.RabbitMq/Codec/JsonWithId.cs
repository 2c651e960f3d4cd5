using System.Text.Encodings.Web;
using System.Text.Json;

namespace ActorLlm.RabbitMq.Codec;

/// <summary>Writes objects of two texts and the request's id, which stays as it came.</summary>
internal static class JsonWithId
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write((string Name, string Value) first, (string Name, string Value) second, string id)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString(first.Name, first.Value);
            json.WriteString(second.Name, second.Value);
            json.WritePropertyName("id");
            json.WriteRawValue(id);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
