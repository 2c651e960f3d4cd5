using System.Text.Json;
using ActorLlm.Gateway.Errors;

namespace ActorLlm.Gateway.Responses;

/// <summary>What fields must be that are said back and otherwise of no use here: clients read them into types.</summary>
internal static class EchoRules
{
    private static readonly string[] Texts = ["prompt_cache_key", "prompt_cache_retention", "safety_identifier", "service_tier", "user"];
    private static readonly string[] Truncations = ["auto", "disabled"];

    public static ApiError? Error(ResponseBody body)
    {
        foreach (var name in Texts)
        {
            if (!IsText(Of(body, name))) return Wrong(name, "a string of valid Unicode");
        }

        var truncation = Of(body, "truncation");
        if (!IsNone(truncation) && !Truncations.Contains(Json.Text(truncation))) return Wrong("truncation", "'auto' or 'disabled'");
        var calls = Of(body, "max_tool_calls");
        if (!IsNone(calls) && !(calls.ValueKind == JsonValueKind.Number && calls.TryGetInt32(out var most) && most >= 1)) return Wrong("max_tool_calls", "a whole number, 1 or more");
        if (body.Text is { } text && !IsText(text.Verbosity)) return Wrong("text.verbosity", "a string of valid Unicode");
        if (IsNone(body.Reasoning)) return null;
        if (body.Reasoning.ValueKind != JsonValueKind.Object) return Wrong("reasoning", "an object");
        return body.Reasoning.EnumerateObject().Where(field => !IsText(field.Value)).Select(field => Wrong($"reasoning.{field.Name}", "a string of valid Unicode")).FirstOrDefault();
    }

    private static JsonElement Of(ResponseBody body, string name) => body.Others?.GetValueOrDefault(name) ?? default;

    private static bool IsNone(JsonElement value) => value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    private static bool IsText(JsonElement value) => IsNone(value) || Json.Text(value) is not null;

    private static ApiError Wrong(string name, string expected) => ApiError.Invalid("invalid_type", name, $"The value of {name} cannot be read; expected {expected}.");
}
