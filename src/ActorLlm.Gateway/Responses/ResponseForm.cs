using System.Collections.Immutable;
using System.Text.Json;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;

namespace ActorLlm.Gateway.Responses;

/// <summary>How a response is to be generated: its tools, its form and what steers it.</summary>
internal static class ResponseForm
{
    public static ApiError? Read(ResponseBody body, out GenerationSettings settings)
    {
        settings = GenerationSettings.Default with { Temperature = body.Temperature, TopP = body.TopP, MaxOutputTokens = body.MaxOutputTokens };
        if (ReadTools(body.Tools, out var tools) is { } badTools) return badTools;
        if (ReadChoice(body.ToolChoice, out var choice) is { } badChoice) return badChoice;
        if (ReadFormat(body.Text?.Format, out var format) is { } badFormat) return badFormat;
        // With no tools to choose from, these two say what is so anyway.
        if (tools.IsEmpty && choice?.Kind is ToolChoiceKind.Auto or ToolChoiceKind.None) choice = null;
        settings = settings with { Tools = tools, ToolChoice = choice, ParallelToolCalls = body.ParallelToolCalls, Format = format };
        if (ToolRules.ToolsError(settings) is { } toolsError) return ApiError.InvalidValue("tools", toolsError);
        return ToolRules.FormatError(format) is { } formatError ? ApiError.InvalidValue("text.format", formatError) : null;
    }

    private static ApiError? ReadTools(List<ResponseToolBody?>? bodies, out ImmutableArray<ToolDefinition> tools)
    {
        tools = [];
        if (bodies is null) return null;
        var read = ImmutableArray.CreateBuilder<ToolDefinition>(bodies.Count);
        for (var index = 0; index < bodies.Count; index++)
        {
            var at = $"tools[{index}]";
            if (bodies[index] is not { } tool) return ApiError.InvalidValue(at, $"{at} is null; expected a tool object.");
            if (tool.Type is not "function")
                return ApiError.Unsupported(
                    $"{at}.type", $"{at}.type {(tool.Type is { } type ? $"is {ApiError.Show(type)}" : "is missing")}; only 'function' is supported: this server runs no tools itself.");
            if (tool.Name is not { } name) return ApiError.InvalidValue($"{at}.name", $"{at}.name is missing; expected the function's name.");
            read.Add(new ToolDefinition(name, tool.Description ?? "", Json.Raw(tool.Parameters), tool.Strict));
        }

        tools = read.MoveToImmutable();
        return null;
    }

    private static ApiError? ReadChoice(JsonElement choice, out ToolChoice? read)
    {
        read = Json.Text(choice) switch
        {
            "auto" => new ToolChoice(ToolChoiceKind.Auto, ""),
            "none" => new ToolChoice(ToolChoiceKind.None, ""),
            "required" => new ToolChoice(ToolChoiceKind.Required, ""),
            _ => Named(choice),
        };
        return read is not null || choice.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
            ? null
            : ApiError.InvalidValue("tool_choice", "tool_choice cannot be read; expected 'auto', 'none', 'required' or {\"type\":\"function\",\"name\":\"...\"}.");
    }

    private static ToolChoice? Named(JsonElement choice) =>
        choice.ValueKind == JsonValueKind.Object
        && choice.TryGetProperty("type", out var type) && Json.Text(type) is "function"
        && choice.TryGetProperty("name", out var name) && Json.Text(name) is { } text
            ? new ToolChoice(ToolChoiceKind.Named, text)
            : null;

    private static ApiError? ReadFormat(TextFormatBody? body, out ReplyFormat? format)
    {
        format = null;
        switch (body?.Type)
        {
            case null when body is null:
            case "text":
                return null;
            case "json_object":
                format = new ReplyFormat(ReplyFormatKind.JsonObject, "", "", "", null);
                return null;
            case "json_schema" when body.Name is { } name:
                format = new ReplyFormat(ReplyFormatKind.JsonSchema, name, body.Description ?? "", Json.Raw(body.Schema), body.Strict);
                return null;
            case "json_schema":
                return ApiError.InvalidValue("text.format.name", "text.format has no name; expected {\"type\":\"json_schema\",\"name\",\"schema\",\"strict\"}.");
            default:
                var sent = body.Type is { } type ? $"is {ApiError.Show(type)}" : "is missing";
                return ApiError.Unsupported("text.format.type", $"text.format.type {sent}; allowed are text, json_object and json_schema.");
        }
    }
}
