using System.Text.Json;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Chat;
using ActorLlm.Gateway.Errors;

namespace ActorLlm.Gateway.Responses;

/// <summary>How a response is to be generated: its tools, its form and what steers it.</summary>
internal static class ResponseForm
{
    private const string FormatField = "text.format";

    public static ApiError? Read(ResponseBody body, out GenerationSettings settings)
    {
        settings = GenerationSettings.Default with { Temperature = body.Temperature, TopP = body.TopP, MaxOutputTokens = body.MaxOutputTokens };
        if (FormRules.ReadTools(body.Tools, ReadTool, out var tools) is { } badTools) return badTools;
        if (ReadChoice(body.ToolChoice, out var choice) is { } badChoice) return badChoice;
        if (FormRules.ReadFormat(Nested(body.Text?.Format), FormatField, out var format) is { } badFormat) return badFormat;
        settings = settings with { Tools = tools, ToolChoice = choice, ParallelToolCalls = body.ParallelToolCalls, Format = format };
        return FormRules.Check(ref settings, FormatField);
    }

    private static ApiError? ReadTool(ResponseToolBody body, string at, out ToolDefinition tool)
    {
        tool = null!;
        if (FormRules.ToolTypeError(body.Type, at, ": this server runs no tools itself") is { } wrongType) return wrongType;
        if (body.Name is not { } name) return ApiError.InvalidValue($"{at}.name", $"{at}.name is missing; expected the function's name.");
        tool = new ToolDefinition(name, body.Description ?? "", Json.Raw(body.Parameters), body.Strict);
        return null;
    }

    private static ApiError? ReadChoice(JsonElement choice, out ToolChoice? read)
    {
        read = FormRules.Word(Json.Text(choice)) ?? Named(choice);
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

    // What is one object here is two in a chat completion.
    private static ResponseFormatBody? Nested(TextFormatBody? body) => body is null
        ? null
        : new ResponseFormatBody
        {
            Type = body.Type,
            JsonSchema = new JsonSchemaBody { Name = body.Name, Description = body.Description, Schema = body.Schema, Strict = body.Strict },
        };
}
