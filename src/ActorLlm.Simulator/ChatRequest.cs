using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ActorLlm.Simulator;

/// <summary>What the simulator understands of a chat completion request; other fields are passed over, as OpenAI-compatible servers do.</summary>
internal sealed record ChatRequest(string Model, List<ChatMessage> Messages, bool Stream, bool IncludeUsage, int? MaxTokens)
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
        return new(
            model,
            [.. messages.EnumerateArray().Select(Message)],
            Flag(body, "stream"),
            streamOptions is { } options && Flag(options, "include_usage"),
            Tokens(body, "max_completion_tokens") ?? Tokens(body, "max_tokens"));
    }

    private static ChatMessage Message(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object || Member(message, "role", JsonValueKind.String)?.GetString() is not { } role)
            throw Refused("a message has no 'role': expected system, developer, user, assistant or tool");
        if (!message.TryGetProperty("content", out JsonElement content))
            return new ChatMessage(new ChatRole(role), "");
        return content.ValueKind switch
        {
            JsonValueKind.String => new ChatMessage(new ChatRole(role), content.GetString()),
            JsonValueKind.Null => new ChatMessage(new ChatRole(role), ""),
            JsonValueKind.Array => new ChatMessage(new ChatRole(role), [.. content.EnumerateArray().Select(Part)]),
            _ => throw Refused("a message's 'content' is neither text nor an array of parts"),
        };
    }

    private static AIContent Part(JsonElement part)
    {
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
