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

    private static readonly FrozenSet<string> Failures =
        ((string[])["abort", "aborted", "cancelled", "canceled", "error", "failed", "malformed_function_call"]).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // These pass: a turn waits for better times, as with a status of 503.
    private static readonly FrozenSet<string> PassingFailures =
        ((string[])["insufficient_system_resource", "network_error", "overloaded", "timeout"]).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The word that OpenAI has for it: the end of the model's own accord where there is none; null where nothing was said.</summary>
    /// <exception cref="BackendException">It is the server's word for a failure.</exception>
    public static string? Known(string reason)
    {
        if (reason.Length == 0) return null;
        if (Failures.Contains(reason)) throw new BackendException(BackendFailures.Unusable(BrokenOff(reason)));
        if (PassingFailures.Contains(reason)) throw new BackendException(BackendFailures.Provider(BrokenOff(reason)));
        return Others.GetValueOrDefault(reason, "stop");
    }

    private static string BrokenOff(string reason) => $"The backend broke its answer off (finish_reason {reason.ToLowerInvariant()}).";
}
