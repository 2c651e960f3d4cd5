using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;

namespace ActorLlm.Gateway.Items;

/// <summary>What the items of a request must be, and which messages they are.</summary>
internal static class ItemRules
{
    private const string Known = "message, function_call, function_call_output";

    /// <summary>Reads a text, which is one message of the user, or an array of items.</summary>
    public static ApiError? Read(JsonElement input, string at, out ImmutableArray<Message> messages)
    {
        messages = [];
        if (Json.Text(input) is { } text)
        {
            messages = [new Message(Role.User, text)];
            return null;
        }

        if (input.ValueKind != JsonValueKind.Array)
            return input.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
                ? ApiError.Invalid("missing_required_parameter", at, $"The field {at} is missing; expected a string or an array of items.")
                : ApiError.Invalid("invalid_type", at, $"The value of {at} cannot be read; expected a string or an array of items.");
        var count = input.GetArrayLength();
        if (count == 0) return ApiError.InvalidValue(at, $"The field {at} is empty; expected at least one item.");
        if (count > Limits.MaxContentMessages)
            return ApiError.InvalidValue(at, $"The field {at} has {count} items; at most {Limits.MaxContentMessages} are allowed.");
        var read = new List<Message>(count);
        var index = 0;
        foreach (var item in input.EnumerateArray())
        {
            if (ReadItem(item, $"{at}[{index}]", read) is { } error) return error;
            index++;
        }

        messages = [.. read];
        return read.Count > 0 ? null : ApiError.InvalidValue(at, $"The field {at} has no item for the model; expected at least one of the types {Known}.");
    }

    private static ApiError? ReadItem(JsonElement item, string at, List<Message> read)
    {
        if (item.ValueKind != JsonValueKind.Object)
            return ApiError.InvalidValue(at, $"{at} is no object; expected an item of one of the types {Known}.");
        // A message may leave its type out.
        switch (Field(item, "type") ?? (item.TryGetProperty("role", out _) ? "message" : null))
        {
            case "message":
                return ReadMessage(item, at, read);
            case "function_call":
                return ReadCall(item, at, read);
            case "function_call_output":
                return ReadOutput(item, at, read);
            case "reasoning":
                // What a model thought is of use to that model's maker alone, and backends have no place for it.
                return null;
            case { } other:
                return ApiError.Invalid("unsupported_item", at, $"{at} has the type {ApiError.Show(other)}; supported are {Known}.");
            default:
                return ApiError.InvalidValue($"{at}.type", $"{at} has no type; expected one of {Known}.");
        }
    }

    private static ApiError? ReadMessage(JsonElement item, string at, List<Message> read)
    {
        Role? role = Field(item, "role") switch
        {
            "system" => Role.System,
            "developer" => Role.Developer,
            "user" => Role.User,
            "assistant" => Role.Assistant,
            _ => null,
        };
        if (role is null)
            return ApiError.InvalidValue($"{at}.role", $"{at}.role is missing or unknown; allowed are system, developer, user, assistant.");
        if (!item.TryGetProperty("content", out var content))
            return ApiError.InvalidValue($"{at}.content", $"{at}.content is missing; expected a string or an array of parts.");
        if (ReadContent(content, $"{at}.content", out var text, out var images) is { } error) return error;
        read.Add(new Message(role.Value, text) { Images = images });
        return null;
    }

    // Providers ask for all calls of one reply in one message, and for their results behind it.
    private static ApiError? ReadCall(JsonElement item, string at, List<Message> read)
    {
        if (Field(item, "call_id") is not { Length: > 0 } id || Field(item, "name") is not { Length: > 0 } name || Field(item, "arguments") is not { } arguments)
            return ApiError.InvalidValue(at, $"{at} is no call of a function; expected {{\"type\":\"function_call\",\"call_id\",\"name\",\"arguments\"}}, all of them strings.");
        var call = new ToolCall(id, name, arguments);
        if (read is [.., { Role: Role.Assistant } last]) read[^1] = last with { ToolCalls = last.ToolCalls.Add(call) };
        else read.Add(new Message(Role.Assistant, "") { ToolCalls = [call] });
        return null;
    }

    private static ApiError? ReadOutput(JsonElement item, string at, List<Message> read)
    {
        if (Field(item, "call_id") is not { Length: > 0 } id || !item.TryGetProperty("output", out var output))
            return ApiError.InvalidValue(at, $"{at} is no result of a call; expected {{\"type\":\"function_call_output\",\"call_id\",\"output\"}}.");
        if (ReadContent(output, $"{at}.output", out var text, out var images) is { } error) return error;
        if (images.Length > 0) return ApiError.Unsupported($"{at}.output", $"{at}.output has an image; only text is supported as a result.");
        read.Add(new Message(Role.Tool, text) { ToolCallId = id });
        return null;
    }

    private static ApiError? ReadContent(JsonElement content, string at, out string text, out ImmutableArray<ImagePart> images)
    {
        images = [];
        text = "";
        if (Json.Text(content) is { } whole)
        {
            text = whole;
            return null;
        }

        if (content.ValueKind != JsonValueKind.Array)
            return ApiError.Invalid("invalid_type", at, $"The value of {at} cannot be read; expected a string of valid Unicode or an array of parts.");
        var (all, found, index) = (new StringBuilder(), ImmutableArray.CreateBuilder<ImagePart>(), 0);
        foreach (var part in content.EnumerateArray())
        {
            if (ReadPart(part, $"{at}[{index}]", all, found) is { } error) return error;
            index++;
        }

        (text, images) = (all.ToString(), found.ToImmutable());
        return null;
    }

    private static ApiError? ReadPart(JsonElement part, string at, StringBuilder text, ImmutableArray<ImagePart>.Builder images)
    {
        var type = Field(part, "type");
        if (type is "input_text" or "output_text" or "text" or "refusal")
        {
            if (Field(part, type == "refusal" ? type : "text") is not { } piece)
                return ApiError.InvalidValue(at, $"{at} has no text; expected {{\"type\":\"{type}\",\"text\":\"...\"}}.");
            text.Append(piece);
            return null;
        }

        if (type is not "input_image")
            return ApiError.Invalid(
                "unsupported_content_part", at,
                $"{at} {(type is null ? "has no type" : $"has the type {ApiError.Show(type)}")}; supported are input_text, output_text, refusal and input_image.");
        if (Field(part, "image_url") is not { } url)
            return ApiError.Unsupported(at, $"{at} has no image_url; expected an address or a data: URL. Images given by file_id are not supported.");
        images.Add(new ImagePart(text.Length, url, Field(part, "detail") ?? ""));
        return null;
    }

    private static string? Field(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) ? Json.Text(value) : null;
}
