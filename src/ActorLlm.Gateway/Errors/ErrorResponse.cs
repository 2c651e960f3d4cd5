using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Gateway.Errors;

/// <summary>Writes an <see cref="ApiError"/>, as a whole response or as JSON within a stream.</summary>
internal static class ErrorResponse
{
    public static async Task WriteAsync(HttpContext http, ApiError error)
    {
        var response = http.Response;
        response.StatusCode = error.Status;
        response.ContentType = "application/json";
        // HTTP asks for it with every 401 (RFC 9110, 11.6.1).
        if (error.Status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Bearer";
        if (error.Allow is { } allow) response.Headers.Allow = allow;
        if (!error.Retry) response.Headers["x-should-retry"] = "false";
        if (error.AllTurnsPending) RateLimitHeaders.SetTurns(http, unfinished: int.MaxValue);
        if (error.RetryAfter is { } wait)
        {
            var milliseconds = (long)Math.Ceiling(Math.Max(wait.TotalMilliseconds, 1));
            response.Headers["retry-after-ms"] = milliseconds.ToString(CultureInfo.InvariantCulture);
            // Whole seconds, rounded up: a client that reads only this header must not come too early.
            response.Headers.RetryAfter = ((milliseconds + 999) / 1000).ToString(CultureInfo.InvariantCulture);
        }

        using (var json = Json.Writer(response.BodyWriter)) Write(json, error);
        await response.BodyWriter.FlushAsync();
    }

    public static void Write(Utf8JsonWriter json, ApiError error)
    {
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, error.Message);
        json.WriteString("type"u8, error.Type);
        json.WriteString("param"u8, error.Param);
        json.WriteString("code"u8, error.Code);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
