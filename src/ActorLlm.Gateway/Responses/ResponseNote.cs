using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorLlm.Gateway.Responses;

/// <summary>What is kept with a response's turn beside its content: fields that are said back as they were sent.</summary>
/// <param name="Fields">The fields.</param>
internal sealed record ResponseNote(JsonObject Fields)
{
    private const string ConversationField = "conversation";
    private const string InheritedField = "inherited";

    // Sent back as they are; those that a backend may know are passed on to it as well.
    private static readonly string[] Echoed =
        ["max_tool_calls", "prompt_cache_key", "prompt_cache_retention", "safety_identifier", "service_tier", "truncation", "user"];

    /// <summary>How many of the turn's messages come from an earlier response, and not from the request.</summary>
    public int Inherited => Fields[InheritedField]?.GetValue<int>() ?? 0;

    /// <summary>Whether the response was asked for in the background.</summary>
    public bool Background => Fields["background"]?.GetValue<bool>() ?? false;

    /// <summary>A note as it was kept; null where the turn is no response.</summary>
    public static ResponseNote? Parse(string note) => note.Length > 0 && JsonNode.Parse(note) is JsonObject fields ? new ResponseNote(fields) : null;

    public static ResponseNote Of(ResponseBody body, string metadata, string? conversation)
    {
        // In this order: the same request is the same turn.
        var fields = new JsonObject
        {
            ["background"] = body.Background ?? false,
            ["store"] = body.Store ?? true,
        };
        if (conversation is not null) fields[ConversationField] = conversation;
        if (body.PreviousResponseId is { } previous) fields["previous_response_id"] = previous;
        if (metadata.Length > 0) fields["metadata"] = JsonNode.Parse(metadata);
        Add(fields, "reasoning", body.Reasoning);
        if (body.Text is { } text) Add(fields, "verbosity", text.Verbosity);
        foreach (var name in Echoed)
        {
            if (body.Others?.TryGetValue(name, out var value) is true) Add(fields, name, value);
        }

        return new ResponseNote(fields);
    }

    /// <summary>The same in a conversation.</summary>
    public ResponseNote In(string conversation)
    {
        var fields = (JsonObject)Fields.DeepClone();
        fields[ConversationField] = conversation;
        return new ResponseNote(fields);
    }

    /// <summary>The same with a number of inherited messages.</summary>
    public ResponseNote Inheriting(int messages)
    {
        var fields = (JsonObject)Fields.DeepClone();
        fields[InheritedField] = messages;
        return new ResponseNote(fields);
    }

    /// <summary>The same without it: what the request itself says.</summary>
    public ResponseNote Own()
    {
        var fields = (JsonObject)Fields.DeepClone();
        fields.Remove(InheritedField);
        return new ResponseNote(fields);
    }

    public string Write() => Fields.ToJsonString();

    private static void Add(JsonObject fields, string name, JsonElement value)
    {
        if (value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null)) fields[name] = JsonNode.Parse(value.GetRawText());
    }
}
