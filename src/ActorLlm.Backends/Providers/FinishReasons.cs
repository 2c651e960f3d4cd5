using System.Collections.Frozen;

namespace ActorLlm.Backends;

/// <summary>Why an answer ended, in the words of the many servers that speak OpenAI's HTTP API nearly.</summary>
internal static class FinishReasons
{
    private static readonly FrozenDictionary<string, string> Others = new Dictionary<string, string>
    {
        ["max_tokens"] = "length",
        ["max_length"] = "length",
        ["model_length"] = "length",
        ["tool_call"] = "tool_calls",
        ["tool_use"] = "tool_calls",
        ["function_call"] = "tool_calls",
        ["safety"] = "content_filter",
        ["recitation"] = "content_filter",
        ["blocklist"] = "content_filter",
        ["prohibited_content"] = "content_filter",
        ["sensitive"] = "content_filter",
        ["refusal"] = "content_filter",
        ["length"] = "length",
        ["tool_calls"] = "tool_calls",
        ["content_filter"] = "content_filter",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Failures = ((string[])
    [
        "abort", "aborted", "cancelled", "canceled", "error", "failed", "insufficient_system_resource", "malformed_function_call", "network_error",
        "overloaded", "timeout",
    ]).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The word that OpenAI has for it: the end of the model's own accord where there is none; null where nothing was said.</summary>
    /// <exception cref="BackendException">It is the server's word for a failure.</exception>
    public static string? Known(string reason) =>
        reason.Length == 0 ? null
        : Failures.Contains(reason) ? throw new BackendException(BackendFailures.Unusable($"The backend broke its answer off (finish_reason {reason.ToLowerInvariant()})."))
        : Others.GetValueOrDefault(reason, "stop");
}
