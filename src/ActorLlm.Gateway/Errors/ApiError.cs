using ActorLlm.Domain;

namespace ActorLlm.Gateway.Errors;

/// <summary>An error as a client sees it: <c>{"error":{"message","type","param","code"}}</c> with a status and headers.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Type">The family, in OpenAI's words.</param>
/// <param name="Code">What programs decide by.</param>
/// <param name="Message">What people read: what was wrong, what was expected, what to do.</param>
internal sealed record ApiError(int Status, string Type, string Code, string Message)
{
    private const int LongestShown = 80;

    /// <summary>The field or header that is meant.</summary>
    public string? Param { get; init; }

    /// <summary>Whether the same request may succeed later. Clients retry 429 and 5xx by themselves unless told not to.</summary>
    public bool Retry { get; init; }

    /// <summary>When to try again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the conversation has as many unfinished turns as it may have.</summary>
    public bool AllTurnsPending { get; init; }

    /// <summary>For 405: the methods that are allowed.</summary>
    public string? Allow { get; init; }

    public static ApiError Invalid(string code, string? param, string message) =>
        new(400, "invalid_request_error", code, message) { Param = param };

    public static ApiError InvalidValue(string param, string message) => Invalid("invalid_value", param, message);

    public static ApiError Unsupported(string param, string message) => Invalid("unsupported_parameter", param, message);

    public static ApiError Rejected(int status, string code, string message) => new(status, "invalid_request_error", code, message);

    public static ApiError TooManyRequests(string code, string message, bool retry) =>
        new(429, "requests", code, message) { Retry = retry, RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>A failure of the server's side that asking again cannot change.</summary>
    public static ApiError Final(int status, string code, string message) => new(status, "server_error", code, message);

    public static ApiError Unavailable(string code, string message, TimeSpan retryAfter) =>
        new(503, "server_error", code, message) { Retry = true, RetryAfter = retryAfter };

    /// <summary>A failure of the server's side that the same request may get past.</summary>
    public static ApiError Passing(string code, string message) => new(500, "server_error", code, message) { Retry = true };

    public static ApiError TooLargeBody(long limit) =>
        Rejected(
            413, "request_too_large",
            $"The request body is larger than {limit} bytes, the most allowed; its text may have {Limits.MaxContentBytes} bytes.");

    /// <summary>A client's own text within a message, quoted and short.</summary>
    public static string Show(string text)
    {
        if (text.Length <= LongestShown) return $"'{text}'";
        var end = char.IsHighSurrogate(text[LongestShown - 1]) ? LongestShown - 1 : LongestShown;
        return $"'{text.AsSpan(0, end)}...' ({text.Length} characters)";
    }
}
