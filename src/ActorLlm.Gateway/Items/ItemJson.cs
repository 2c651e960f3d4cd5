using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Gateway.Items;

/// <summary>The JSON of items, as the Responses and the Conversations API have them.</summary>
internal static class ItemJson
{
    /// <summary>The items of an exchange that were not deleted, each with its position.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="id">The id of the item of a kind at a position.</param>
    public static IEnumerable<(int Position, JsonObject Item)> Of(Exchange exchange, Func<string, int, string> id)
    {
        var slots = new List<(int Position, JsonObject? Item)>();
        foreach (var message in exchange.Messages) AddMessage(slots, message, id);
        if (exchange.Reply is { } reply) AddReply(slots, reply, id);
        foreach (var (position, item) in slots)
        {
            if (item is not null && !exchange.Deleted.Contains(position)) yield return (position, item);
        }
    }

    /// <summary>What a reply is as the output of a response; what the model thought comes last, since a stream can tell it no earlier.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="first">The position of its first item.</param>
    /// <param name="id">The id of the item of a kind at a position.</param>
    public static IEnumerable<JsonObject> Output(Reply reply, int first, Func<string, int, string> id)
    {
        var slots = new List<(int Position, JsonObject? Item)>();
        AddReply(slots, reply, (prefix, position) => id(prefix, first + position));
        // It has the place behind all items, and none among them: it is in no conversation, and no model is given it again.
        if (reply.Reasoning.Length > 0) slots.Add((slots.Count, Reasoning(id("rs", first + slots.Count), "completed", ReasoningText(reply.Reasoning))));
        return slots.Select(slot => slot.Item).OfType<JsonObject>();
    }

    /// <summary>What the model thought; its parts are those that are given.</summary>
    public static JsonObject Reasoning(string id, string status, params JsonNode?[] parts) => new()
    {
        ["id"] = id,
        ["type"] = "reasoning",
        ["status"] = status,
        ["summary"] = new JsonArray(),
        ["content"] = new JsonArray(parts),
    };

    /// <summary>A part of what the model thought.</summary>
    public static JsonObject ReasoningText(string text) => new() { ["type"] = "reasoning_text", ["text"] = text };

    /// <summary>The message of a reply; its parts are those that are given.</summary>
    public static JsonObject Message(string id, string status, params JsonNode?[] parts) => new()
    {
        ["id"] = id,
        ["type"] = "message",
        ["status"] = status,
        ["role"] = "assistant",
        ["content"] = new JsonArray(parts),
    };

    /// <summary>A part of a reply's message.</summary>
    public static JsonObject OutputText(string text) => new()
    {
        ["type"] = "output_text",
        ["text"] = text,
        ["annotations"] = new JsonArray(),
        ["logprobs"] = new JsonArray(),
    };

    /// <summary>A part of a reply's message.</summary>
    public static JsonObject Refusal(string text) => new() { ["type"] = "refusal", ["refusal"] = text };

    /// <summary>A call of a tool.</summary>
    public static JsonObject Call(string id, ToolCall call, string arguments, string status) => new()
    {
        ["id"] = id,
        ["type"] = "function_call",
        ["status"] = status,
        ["call_id"] = call.Id,
        ["name"] = call.Name,
        ["arguments"] = arguments,
    };

    private static void AddMessage(List<(int, JsonObject?)> slots, Message message, Func<string, int, string> id)
    {
        // A message that only carries calls is no item of its own.
        slots.Add((slots.Count, message.Text.Length == 0 && !message.ToolCalls.AsSpan().IsEmpty ? null : Whole(message, id, slots.Count)));
        AddCalls(slots, message.ToolCalls, id);
    }

    private static void AddReply(List<(int, JsonObject?)> slots, Reply reply, Func<string, int, string> id)
    {
        slots.Add((slots.Count, ReplyMessage(reply, id, slots.Count)));
        AddCalls(slots, reply.ToolCalls, id);
    }

    private static void AddCalls(List<(int, JsonObject?)> slots, ImmutableArray<ToolCall> calls, Func<string, int, string> id)
    {
        foreach (var call in calls.AsSpan()) slots.Add((slots.Count, Call(id("fc", slots.Count), call, call.Arguments, "completed")));
    }

    private static JsonObject? ReplyMessage(Reply reply, Func<string, int, string> id, int at)
    {
        var parts = new List<JsonNode?>();
        if (reply.Text.Length > 0) parts.Add(OutputText(reply.Text));
        if (reply.Refusal.Length > 0) parts.Add(Refusal(reply.Refusal));
        if (parts.Count == 0 && reply.ToolCalls.AsSpan().IsEmpty) parts.Add(OutputText(""));
        return parts.Count == 0 ? null : Message(id("msg", at), reply.FinishReason is "length" or "content_filter" ? "incomplete" : "completed", [.. parts]);
    }

    private static JsonObject Whole(Message message, Func<string, int, string> id, int at)
    {
        if (message.Role == Role.Tool)
            return new JsonObject
            {
                ["id"] = id("fco", at),
                ["type"] = "function_call_output",
                ["status"] = "completed",
                ["call_id"] = message.ToolCallId,
                ["output"] = message.Text,
            };
        return new JsonObject
        {
            ["id"] = id("msg", at),
            ["type"] = "message",
            ["status"] = "completed",
            ["role"] = message.Role.ToString().ToLowerInvariant(),
            ["content"] = new JsonArray([.. Parts(message)]),
        };
    }

    private static IEnumerable<JsonNode?> Parts(Message message)
    {
        if (message.Role == Role.Assistant)
        {
            yield return OutputText(message.Text);
            yield break;
        }

        var at = 0;
        foreach (var image in message.Images.AsSpan().ToArray())
        {
            if (image.At > at) yield return InputText(message.Text[at..image.At]);
            at = image.At;
            yield return new JsonObject
            {
                ["type"] = "input_image",
                ["detail"] = image.Detail.Length > 0 ? image.Detail : "auto",
                ["file_id"] = null,
                ["image_url"] = image.Url,
            };
        }

        if (at < message.Text.Length || message.Images.AsSpan().IsEmpty) yield return InputText(message.Text[at..]);
    }

    private static JsonObject InputText(string text) => new() { ["type"] = "input_text", ["text"] = text };
}
