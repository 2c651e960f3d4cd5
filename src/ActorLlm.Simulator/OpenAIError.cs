using System.Globalization;
using ActorLlm.Backends.Simulation;

namespace ActorLlm.Simulator;

/// <summary>An error in OpenAI's shape: <c>{"error":{"message","type","param","code"}}</c>.</summary>
internal static class OpenAIError
{
    public static async Task Write(HttpContext context, int status, string message, SimulatorFault? fault = null)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["x-request-id"] = context.TraceIdentifier;
        if (fault is { RetryAfter: { } wait })
            AskToWait(context.Response.Headers, wait, fault.RetryAtDate);
        (string type, string? code) = Words(status);
        code = fault?.Code ?? code;
        await context.Response.WriteAsJsonAsync(
            new { error = new { message = $"[simulator] {message}", type, param = (string?)null, code } }, context.RequestAborted);
    }

    private static void AskToWait(IHeaderDictionary headers, TimeSpan wait, bool asDate)
    {
        if (asDate)
        {
            // Dates have whole seconds. Its own clock goes with it, so that the reader's does not matter.
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            headers.Date = now.ToString("r", CultureInfo.InvariantCulture);
            headers.RetryAfter = (now + wait).ToString("r", CultureInfo.InvariantCulture);
            return;
        }
        headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (wait.TotalSeconds != Math.Floor(wait.TotalSeconds))
            headers["retry-after-ms"] = Math.Ceiling(wait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
    }

    private static (string Type, string? Code) Words(int status) => status switch
    {
        401 => ("invalid_request_error", "invalid_api_key"),
        403 => ("invalid_request_error", "unsupported_country_region_territory"),
        404 => ("invalid_request_error", "model_not_found"),
        429 => ("requests", "rate_limit_exceeded"),
        < 500 => ("invalid_request_error", null),
        _ => ("server_error", null),
    };
}

/// <summary>A request that is answered with an error.</summary>
internal sealed class RefusedException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
