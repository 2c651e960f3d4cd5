using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorLlm.Backends.Simulation;

/// <summary>A small JSON document that satisfies a schema: what the simulator gives where it is asked for a form.</summary>
internal static class SchemaSample
{
    private const int MaxDepth = 16;
    private const int MaxItems = 1000;

    /// <summary>The document, as text. A word that the schema does not know leaves it free.</summary>
    /// <param name="schema">The JSON schema.</param>
    /// <param name="text">What strings without further conditions hold.</param>
    /// <exception cref="BackendException">The schema is none (as status 400).</exception>
    public static string Of(JsonElement schema, string text)
    {
        try
        {
            return Value(schema, schema, text, MaxDepth)?.ToJsonString() ?? "null";
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // Another kind of value than a schema has there, half a character, or a number that no JSON can hold.
            throw new BackendException(BackendFailures.FromStatus(400, detail: "the JSON schema cannot be read."), exception);
        }
    }

    private static JsonNode? Value(JsonElement root, JsonElement schema, string text, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth == 0)
            return null;
        if (schema.TryGetProperty("const", out JsonElement constant))
            return JsonNode.Parse(constant.GetRawText());
        if (First(schema, "enum") is { } choice)
            return JsonNode.Parse(choice.GetRawText());
        if ((First(schema, "anyOf") ?? First(schema, "oneOf") ?? First(schema, "allOf") ?? Referenced(root, schema)) is { } other)
            return Value(root, other, text, depth - 1);
        return TypeOf(schema) switch
        {
            "object" => Object(root, schema, text, depth),
            "array" => Array(root, schema, text, depth),
            "integer" => JsonValue.Create((long)Math.Ceiling(Least(schema, "minimum"))),
            "number" => JsonValue.Create(Least(schema, "minimum")),
            "boolean" => JsonValue.Create(true),
            "null" => null,
            _ => JsonValue.Create(Text(schema, text)),
        };
    }

    private static JsonObject Object(JsonElement root, JsonElement schema, string text, int depth)
    {
        var result = new JsonObject();
        if (schema.TryGetProperty("properties", out JsonElement properties) && properties.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in properties.EnumerateObject())
                result[property.Name] = Value(root, property.Value, text, depth - 1);
        }
        return result;
    }

    private static JsonArray Array(JsonElement root, JsonElement schema, string text, int depth)
    {
        var result = new JsonArray();
        if (schema.TryGetProperty("items", out JsonElement items))
        {
            for (var count = Math.Clamp(Least(schema, "minItems"), 1, MaxItems); count > 0; count--)
                result.Add(Value(root, items, text, depth - 1));
        }
        return result;
    }

    private static string Text(JsonElement schema, string text) =>
        schema.TryGetProperty("format", out JsonElement format) && format.ValueKind == JsonValueKind.String ? format.GetString() switch
        {
            "date" => "2000-01-01",
            "date-time" => "2000-01-01T00:00:00Z",
            "time" => "00:00:00Z",
            "email" => "simulator@example.org",
            "uri" => "https://example.org/",
            "uuid" => "00000000-0000-0000-0000-000000000000",
            _ => text,
        }
        : text.PadRight((int)Math.Min(Least(schema, "minLength"), 1000), '.');

    private static double Least(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 0;

    private static string? TypeOf(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out JsonElement type))
            return schema.TryGetProperty("properties", out _) ? "object" : null;
        return type.ValueKind == JsonValueKind.Array ? First(schema, "type")?.GetString() : type.GetString();
    }

    private static JsonElement? First(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out JsonElement values) && values.ValueKind == JsonValueKind.Array && values.GetArrayLength() > 0 ? values[0] : null;

    /// <summary>References within the document, as generators of schemas make them: <c>#/$defs/name</c>.</summary>
    private static JsonElement? Referenced(JsonElement root, JsonElement schema)
    {
        if (!schema.TryGetProperty("$ref", out JsonElement reference) || reference.GetString() is not { } path || !path.StartsWith('#'))
            return null;
        JsonElement found = root;
        foreach (string step in path.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            bool isThere = found.ValueKind == JsonValueKind.Array
                ? int.TryParse(step, CultureInfo.InvariantCulture, out int index) && index >= 0 && index < found.GetArrayLength() && Take(found[index])
                : found.TryGetProperty(step, out JsonElement next) && Take(next);
            if (!isThere)
                return null;
        }
        return found;

        bool Take(JsonElement next)
        {
            found = next;
            return true;
        }
    }
}
