using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends;

/// <summary>
/// The tools of a request as they were declared. OpenAI's chat client reads a schema into a class of its own, which fails on some that are
/// valid, and changes all: it adds members, and tightens those of tools that are strict.
/// </summary>
internal static class OpenAITools
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Stand-ins with nothing but names: what the chat client makes of the schemas goes nowhere.</summary>
    public static IList<AITool> NamesOf(IEnumerable<AIFunctionDeclaration> tools) =>
        [.. tools.Select(tool => new DeclaredTool(tool.Name, "", "", strict: null))];

    /// <summary>The value of the field <c>tools</c>.</summary>
    public static BinaryData Write(IEnumerable<AIFunctionDeclaration> tools)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartArray();
            foreach (AIFunctionDeclaration tool in tools)
                Write(json, tool);
            json.WriteEndArray();
        }
        return BinaryData.FromBytes(buffer.WrittenMemory);
    }

    private static void Write(Utf8JsonWriter json, AIFunctionDeclaration tool)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, tool.Name);
        if (tool.Description.Length > 0)
            json.WriteString("description"u8, tool.Description);
        if (DeclaredTool.SchemaOf(tool) is { Length: > 0 } schema)
        {
            json.WritePropertyName("parameters"u8);
            json.WriteRawValue(schema);
        }
        if (tool.AdditionalProperties.TryGetValue(DeclaredTool.StrictProperty, out object? value) && value is bool strict)
            json.WriteBoolean("strict"u8, strict);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
