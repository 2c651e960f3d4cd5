using System.Collections.Immutable;
using System.Text.Json;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;

namespace ActorLlm.Gateway.Chat;

/// <summary>What the tools of a chat completion request, and the form that it asks of its reply, must be.</summary>
internal static class FormRules
{
    /// <summary>Adds them to the settings, or says what is wrong with them.</summary>
    public static ApiError? Read(ChatBody body, GenerationSettings settings, out GenerationSettings read)
    {
        read = settings;
        if (ReadTools(body.Tools, ReadTool, out var tools) is { } badTools) return badTools;
        if (ReadChoice(body.ToolChoice, out var choice) is { } badChoice) return badChoice;
        if (ReadFormat(body.ResponseFormat, "response_format", out var format) is { } badFormat) return badFormat;
        read = settings with { Tools = tools, ToolChoice = choice, ParallelToolCalls = body.ParallelToolCalls, Format = format };
        return Check(ref read, "response_format");
    }

    /// <summary>What tools, the choice among them and a form must be together, whichever API they came by.</summary>
    public static ApiError? Check(ref GenerationSettings settings, string formatField)
    {
        // With no tools to choose from, these two say what is so anyway.
        if (settings.Tools.IsEmpty && settings.ToolChoice?.Kind is ToolChoiceKind.Auto or ToolChoiceKind.None) settings = settings with { ToolChoice = null };
        if (ToolRules.ToolsError(settings) is { } toolsError) return ApiError.InvalidValue("tools", toolsError);
        return ToolRules.FormatError(settings.Format) is { } formatError ? ApiError.InvalidValue(formatField, formatError) : null;
    }

    /// <summary>Reads one tool of a request, which is at a place, or says what is wrong with it.</summary>
    public delegate ApiError? ToolReader<T>(T body, string at, out ToolDefinition tool);

    /// <summary>Reads the tools of a request, each in the way of its API.</summary>
    public static ApiError? ReadTools<T>(List<T?>? bodies, ToolReader<T> readTool, out ImmutableArray<ToolDefinition> tools)
        where T : class
    {
        tools = [];
        if (bodies is null) return null;
        var read = ImmutableArray.CreateBuilder<ToolDefinition>(bodies.Count);
        for (var index = 0; index < bodies.Count; index++)
        {
            var at = $"tools[{index}]";
            if (bodies[index] is not { } body) return ApiError.InvalidValue(at, $"{at} is null; expected a tool object.");
            if (readTool(body, at, out var tool) is { } error) return error;
            read.Add(tool);
        }

        tools = read.MoveToImmutable();
        return null;
    }

    /// <summary>Refuses a tool that is no function.</summary>
    public static ApiError? ToolTypeError(string? type, string at, string why = "") => type is "function"
        ? null
        : ApiError.Unsupported($"{at}.type", $"{at}.type {(type is null ? "is missing" : $"is {ApiError.Show(type)}")}; only 'function' is supported{why}.");

    private static ApiError? ReadTool(ToolBody body, string at, out ToolDefinition tool)
    {
        tool = null!;
        if (ToolTypeError(body.Type, at) is { } wrongType) return wrongType;
        if (body.Function is not { Name: { } name } function)
            return ApiError.InvalidValue($"{at}.function", $"{at}.function has no name; expected {{\"name\",\"description\",\"parameters\"}}.");
        tool = new ToolDefinition(name, function.Description ?? "", Json.Raw(function.Parameters), function.Strict);
        return null;
    }

    private static ApiError? ReadChoice(JsonElement choice, out ToolChoice? read)
    {
        read = null;
        if (choice.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) return null;
        read = choice.ValueKind == JsonValueKind.String ? Word(Json.Text(choice)) : Function(choice);
        return read is null
            ? ApiError.InvalidValue("tool_choice", "tool_choice cannot be read; expected 'auto', 'none', 'required' or {\"type\":\"function\",\"function\":{\"name\"}}.")
            : null;
    }

    /// <summary>A choice among tools that is a word; null for every other.</summary>
    public static ToolChoice? Word(string? choice) => choice switch
    {
        "auto" => new ToolChoice(ToolChoiceKind.Auto, ""),
        "none" => new ToolChoice(ToolChoiceKind.None, ""),
        "required" => new ToolChoice(ToolChoiceKind.Required, ""),
        _ => null,
    };

    private static ToolChoice? Function(JsonElement choice) =>
        choice.ValueKind == JsonValueKind.Object
        && choice.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object
        && function.TryGetProperty("name", out var name) && Json.Text(name) is { } text
            ? new ToolChoice(ToolChoiceKind.Named, text)
            : null;

    /// <summary>Reads the form of a reply, which a field of the request asks for.</summary>
    public static ApiError? ReadFormat(ResponseFormatBody? body, string field, out ReplyFormat? format)
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
            case "json_schema" when body.JsonSchema is { Name: { } name } schema:
                format = new ReplyFormat(ReplyFormatKind.JsonSchema, name, schema.Description ?? "", Json.Raw(schema.Schema), schema.Strict);
                return null;
            case "json_schema":
                return ApiError.InvalidValue(field, $"{field} of the type json_schema has no name; expected a name, a schema and whether it is strict.");
            default:
                var sent = body.Type is { } type ? $"is {ApiError.Show(type)}" : "is missing";
                return ApiError.Unsupported(field, $"{field}.type {sent}; allowed are text, json_object and json_schema.");
        }
    }
}
