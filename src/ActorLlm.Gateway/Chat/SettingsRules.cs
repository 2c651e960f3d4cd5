using System.Globalization;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;

namespace ActorLlm.Gateway.Chat;

/// <summary>The ranges of what steers generation, as OpenAI has them.</summary>
internal static class SettingsRules
{
    private const int MaxStops = 4;
    private const int MaxTopLogprobs = 20;
    private const int MaxChoices = 128;

    public static ApiError? Error(ChatBody body) =>
        OutOf("temperature", body.Temperature, 0, 2)
        ?? OutOf("top_p", body.TopP, 0, 1)
        ?? OutOf("frequency_penalty", body.FrequencyPenalty, -2, 2)
        ?? OutOf("presence_penalty", body.PresencePenalty, -2, 2)
        ?? TooSmall("max_tokens", body.MaxTokens)
        ?? TooSmall("max_completion_tokens", body.MaxCompletionTokens)
        ?? TwoMaxima(body)
        ?? StopError(body.Stop)
        ?? OutOf("n", body.N, 1, MaxChoices)
        ?? OutOf("top_logprobs", body.TopLogprobs, 0, MaxTopLogprobs)
        ?? (body.TopLogprobs is > 0 && body.Logprobs is not true
            ? ApiError.InvalidValue("top_logprobs", "top_logprobs is set and logprobs is not; set logprobs to true as well.")
            : null);

    public static GenerationSettings Read(ChatBody body) => new(
        body.Temperature, body.TopP, body.MaxCompletionTokens ?? body.MaxTokens, body.Seed,
        body.FrequencyPenalty, body.PresencePenalty, [.. body.Stop ?? []])
    {
        MaxTokensByOldName = body.MaxTokens is not null,
    };

    private static ApiError? OutOf(string name, double? value, double min, double max) =>
        value is null || (value >= min && value <= max)
            ? null
            : ApiError.InvalidValue(name, string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; allowed is {min} to {max}."));

    private static ApiError? TooSmall(string name, int? value) =>
        value is null or >= 1 ? null : ApiError.InvalidValue(name, $"{name} is {value}; allowed is 1 or more.");

    private static ApiError? TwoMaxima(ChatBody body) =>
        body.MaxTokens is { } old && body.MaxCompletionTokens is { } current && old != current
            ? ApiError.InvalidValue("max_tokens", $"max_tokens is {old} and max_completion_tokens is {current}; send one of them.")
            : null;

    private static ApiError? StopError(List<string>? stops)
    {
        if (stops is null) return null;
        if (stops.Count > MaxStops)
            return ApiError.InvalidValue("stop", $"stop has {stops.Count} strings; at most {MaxStops} are allowed.");
        return stops.Contains("")
            ? ApiError.InvalidValue("stop", "stop has an empty string; expected at least one character in each.")
            : null;
    }
}
