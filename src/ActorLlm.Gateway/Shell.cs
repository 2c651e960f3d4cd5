using System.Globalization;
using ActorLlm.Gateway.Errors;
using ActorLlm.Gateway.Keys;
using ActorLlm.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ActorLlm.Gateway;

/// <summary>What all endpoints share: who is let in, the headers of every answer, and errors in OpenAI's shape whatever happens.</summary>
internal static class Shell
{
    private const string RequestIdHeader = "x-request-id";

    /// <summary>Makes an endpoint of a handler that answers by itself or gives the error to answer with.</summary>
    public static RequestDelegate Wrap(Func<HttpContext, Task<ApiError?>> handler) => async http =>
    {
        Stamp(http);
        MeasuredRequest.Begin(http);
        var error = http.RequestServices.GetRequiredService<Admission>().Refuse(http) ?? await RunAsync(http, handler);
        if (error is { Status: StatusCodes.Status429TooManyRequests }) RequestMetrics.Refused(error.Code);
        if (error is not null && !http.RequestAborted.IsCancellationRequested) await ErrorResponse.WriteAsync(http, error);
        MeasuredRequest.Of(http)?.Answered(error);
    };

    /// <summary>Sets the headers of every answer.</summary>
    public static void Stamp(HttpContext http)
    {
        http.Response.Headers[RequestIdHeader] = Ids.NewRequestId();
        StampTimeAtStart(http);
    }

    /// <summary>A thrown exception as an error; one that nobody foresaw goes to the log as well.</summary>
    public static ApiError Describe(HttpContext http, Exception exception)
    {
        if (Failures.Of(exception) is { } known) return known;
        var requestId = http.Response.Headers[RequestIdHeader].ToString();
        var log = http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("ActorLlm.Gateway");
        using var turn = TurnAddress.LogScope(log, http);
        log.LogError(exception, "Request {RequestId} ({Method} {Path}) failed.", requestId, http.Request.Method, http.Request.Path);
        return ApiError.Passing("internal_error", $"Something went wrong in the server. Its log has the details under {requestId}.");
    }

    private static async Task<ApiError?> RunAsync(HttpContext http, Func<HttpContext, Task<ApiError?>> handler)
    {
        try
        {
            return await handler(http);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has left. Its turn goes on; there is nobody to tell.
            return null;
        }
        catch (Exception exception) when (!http.Response.HasStarted)
        {
            return Describe(http, exception);
        }
    }

    private static void StampTimeAtStart(HttpContext http)
    {
        var time = http.RequestServices.GetRequiredService<TimeProvider>();
        http.Response.OnStarting(
            static state =>
            {
                var (response, time, begun) = ((HttpResponse, TimeProvider, long))state;
                var milliseconds = (long)time.GetElapsedTime(begun).TotalMilliseconds;
                response.Headers["openai-processing-ms"] = milliseconds.ToString(CultureInfo.InvariantCulture);
                return Task.CompletedTask;
            },
            (http.Response, time, time.GetTimestamp()));
    }
}
