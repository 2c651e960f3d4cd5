using System.Text.Json;
using ActorLlm.Backends;
using Microsoft.Extensions.AI;

namespace ActorLlm.Simulator;

/// <summary>What the simulator understands of a chat completion request; other fields are passed over, as OpenAI-compatible servers do.</summary>
internal sealed record ChatRequest(string Model, List<ChatMessage> Messages, bool Stream, bool IncludeUsage, ChatOptions Options)
{
    /// <exception cref="RefusedException">The request cannot be understood; with status 400 and a message that names the field.</exception>
    public static async Task<ChatRequest> Read(HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            using JsonDocument document = await JsonDocument.ParseAsync(request.Body, cancellationToken: cancellation);
            return Read(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw Refused($"the body is not JSON ({exception.Message})");
        }
    }

    private static ChatRequest Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw Refused("the body is no JSON object");
        string? model = Member(body, "model", JsonValueKind.String)?.GetString();
        if (string.IsNullOrEmpty(model))
            throw Refused("'model' is missing: expected the name of a model");
        JsonElement messages = Member(body, "messages", JsonValueKind.Array)
            ?? throw Refused("'messages' is missing: expected an array of messages");
        JsonElement? streamOptions = Member(body, "stream_options", JsonValueKind.Object);
        var asked = new ChatOptions
        {
            MaxOutputTokens = Tokens(body, "max_completion_tokens") ?? Tokens(body, "max_tokens"),
            Tools = [.. Member(body, "tools", JsonValueKind.Array)?.EnumerateArray().Select(Tool) ?? []],
            ToolMode = body.TryGetProperty("tool_choice", out JsonElement choice) ? ToolMode(choice) : null,
            ResponseFormat = Member(body, "response_format", JsonValueKind.Object) is { } format ? Format(format) : null,
        };
        // As vLLM has it.
        if (Flag(body, "continue_final_message"))
            Continuation.Ask(asked);
        return new(
            model,
            [.. messages.EnumerateArray().Select(Message)],
            Flag(body, "stream"),
            streamOptions is { } options && Flag(options, "include_usage"),
            asked);
    }

    private static AITool Tool(JsonElement tool)
    {
        JsonElement function = Needed(tool, "function", "a tool");
        return new DeclaredTool(
            Name(function, "a tool's function"),
            Member(function, "description", JsonValueKind.String)?.GetString() ?? "",
            Member(function, "parameters", JsonValueKind.Object)?.GetRawText() ?? "",
            function.TryGetProperty("strict", out JsonElement strict) && strict.ValueKind != JsonValueKind.Null ? Flag(function, "strict") : null);
    }

    private static ChatToolMode? ToolMode(JsonElement choice) => choice.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Object => ChatToolMode.RequireSpecific(Name(Needed(choice, "function", "'tool_choice'"), "'tool_choice.function'")),
        JsonValueKind.String => choice.GetString() switch
        {
            "none" => ChatToolMode.None,
            "required" => ChatToolMode.RequireAny,
            "auto" => ChatToolMode.Auto,
            _ => throw Refused("'tool_choice' is neither auto, none, required nor an object"),
        },
        _ => throw Refused("'tool_choice' is neither auto, none, required nor an object"),
    };

    private static ChatResponseFormat Format(JsonElement format) => Member(format, "type", JsonValueKind.String)?.GetString() switch
    {
        "json_object" => ChatResponseFormat.Json,
        "json_schema" => ChatResponseFormat.ForJsonSchema(Needed(Needed(format, "json_schema", "'response_format'"), "schema", "'json_schema'").Clone()),
        "text" => ChatResponseFormat.Text,
        _ => throw Refused("'response_format.type' is neither text, json_object nor json_schema"),
    };

    private static ChatMessage Message(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object || Member(message, "role", JsonValueKind.String)?.GetString() is not { } role)
            throw Refused("a message has no 'role': expected system, developer, user, assistant or tool");
        List<AIContent> contents = message.TryGetProperty("content", out JsonElement content) ? Contents(content) : [];
        if (role == "tool")
            contents = [new FunctionResultContent(Needed(message, "tool_call_id", "a tool's message").GetString()!, string.Concat(contents.OfType<TextContent>()))];
        foreach (JsonElement call in Member(message, "tool_calls", JsonValueKind.Array)?.EnumerateArray() ?? [])
        {
            JsonElement function = Needed(call, "function", "a tool call");
            contents.Add(ToolCallText.ContentOf(
                Needed(call, "id", "a tool call").GetString()!, Name(function, "a tool call's function"), Needed(function, "arguments", "a tool call's function").GetString()!));
        }
        return new ChatMessage(new ChatRole(role), contents);
    }

    private static List<AIContent> Contents(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.String => [new TextContent(content.GetString())],
        JsonValueKind.Null => [],
        JsonValueKind.Array => [.. content.EnumerateArray().Select(Part)],
        _ => throw Refused("a message's 'content' is neither text nor an array of parts"),
    };

    private static AIContent Part(JsonElement part)
    {
        if (Image(part) is { } image)
            return image;
        string type = part.ValueKind == JsonValueKind.Object ? Member(part, "type", JsonValueKind.String)?.GetString() ?? "" : "";
        string? text = type switch
        {
            "text" => Member(part, "text", JsonValueKind.String)?.GetString(),
            "refusal" => Member(part, "refusal", JsonValueKind.String)?.GetString(),
            // Anything else counts as far as the prompt's hash goes, and is not looked into.
            _ => part.GetRawText(),
        };
        return new TextContent(text ?? throw Refused($"a part of type '{type}' has no text"));
    }

    private static AIContent? Image(JsonElement part)
    {
        if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty("image_url", out JsonElement image))
            return null;
        string url = Needed(image, "url", "'image_url'").GetString()!;
        try
        {
            return url.StartsWith("data:", StringComparison.OrdinalIgnoreCase) ? new DataContent(url) : new UriContent(url, "image/*");
        }
        catch (Exception exception) when (exception is UriFormatException or ArgumentException)
        {
            throw Refused($"an image's url is not valid ({exception.Message})");
        }
    }

    private static string Name(JsonElement element, string of) => Needed(element, "name", of).GetString() is { Length: > 0 } name ? name : throw Refused($"{of} has an empty 'name'");

    private static JsonElement Needed(JsonElement element, string name, string of) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.Object or JsonValueKind.String
            ? value
            : throw Refused($"{of} has no '{name}'");

    private static JsonElement? Member(JsonElement element, string name, JsonValueKind kind)
    {
        if (!element.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == kind ? value : throw Refused($"'{name}' is no {kind}");
    }

    private static bool Flag(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False or JsonValueKind.Null => false,
            _ => throw Refused($"'{name}' is neither true nor false"),
        };

    private static int? Tokens(JsonElement body, string name) =>
        Member(body, name, JsonValueKind.Number) is not { } value ? null
        : value.TryGetInt32(out int tokens) && tokens >= 1 ? tokens
        : throw Refused($"'{name}' is {value.GetRawText()}: expected a whole number of at least 1");

    private static RefusedException Refused(string problem) => new(StatusCodes.Status400BadRequest, problem + ".");
}
