using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;

namespace ActorLlm.Backends;

/// <summary>Turns what a client threw into a <see cref="BackendFailure"/>.</summary>
public static class BackendFailures
{
    /// <summary>
    /// Classifies an exception. 401, 402, 403, 408, 409, 425, 429, 5xx, network errors, time-outs, cuts, malformed chunks and missing ends are the
    /// provider's (a refused key is the operator's to mend, and no turn should fail for it meanwhile); other statuses and anything unexpected are the content's, so that their attempts are bounded. A caller that cancelled
    /// the call itself must not ask: cancellation counts as a time-out here.
    /// </summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="time">The clock for a Retry-After date in an answer without a Date; the system's by default.</param>
    public static BackendFailure Classify(Exception exception, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(exception);
        for (Exception? cause = exception; cause is not null; cause = Inner(cause))
        {
            if (Known(cause, time ?? TimeProvider.System) is { } failure)
                return failure;
        }
        return new(BackendFailureKind.Content, $"The call to the backend failed unexpectedly ({exception.GetType().Name}).") { Unforeseen = true };
    }

    /// <summary>The failure that an HTTP status stands for.</summary>
    /// <param name="status">The status.</param>
    /// <param name="retryAfter">The wait that came with it.</param>
    /// <param name="detail">The provider's own words; shown for errors of the request only, and without anything that looks like a key.</param>
    /// <param name="code">The provider's own code.</param>
    public static BackendFailure FromStatus(int status, TimeSpan? retryAfter = null, string? detail = null, string? code = null)
    {
        BackendFailureKind kind = status is 401 or 402 or 403 or 408 or 409 or 425 or 429 or >= 500
            ? BackendFailureKind.Provider
            : BackendFailureKind.Content;
        string message = status switch
        {
            401 or 403 => "The backend refused the key it was given; whoever runs this service must check the backend's ApiKey.",
            402 => "The backend asks for payment; whoever runs this service must look at its account there.",
            429 when code == BackendFailure.InsufficientQuota =>
                $"The account at the backend has no credit left ({code}); whoever runs this service must look at its account there.",
            429 => "The backend is over its rate limit or quota.",
            >= 300 and < 400 => "The backend answered with a redirect, which is not followed; its Endpoint is probably wrong.",
            >= 400 and < 500 when SafeText.Of(detail) is { Length: > 0 } words => $"The backend refused the request: {words}",
            >= 400 and < 500 => "The backend refused the request.",
            _ => "The backend has a problem.",
        };
        return new(kind, string.Create(CultureInfo.InvariantCulture, $"{message} (HTTP {status})"), status, retryAfter) { Code = code };
    }

    /// <summary>A failure of the provider without a status.</summary>
    public static BackendFailure Provider(string message) => new(BackendFailureKind.Provider, message);

    /// <summary>A failure of the provider that did answer, only not in a way that is of use.</summary>
    public static BackendFailure Unusable(string message) => Provider(message) with { AnswerUnusable = true };

    internal static BackendFailure Malformed { get; } = Unusable("The backend sent something that could not be read.");

    internal static BackendFailure TimedOut { get; } = Provider("The backend did not answer in time.");

    internal static BackendFailure Unreachable { get; } = Provider("The connection to the backend failed or broke.");

    private static Exception? Inner(Exception exception) =>
        exception is AggregateException { InnerExceptions: [.., { } last] } ? last : exception.InnerException;

    private static BackendFailure? Known(Exception exception, TimeProvider time) => exception switch
    {
        BackendException own => own.Failure,
        ClientResultException { Status: > 0 } answered => FromAnswer(answered, time),
        ClientResultException { InnerException: null } => Unreachable,
        HttpRequestException { StatusCode: { } status } => FromStatus((int)status),
        HttpRequestException or HttpIOException or SocketException or EndOfStreamException or AuthenticationException => Unreachable,
        // Its subclasses are about files, which no provider has a hand in.
        IOException when exception.GetType() == typeof(IOException) => Unreachable,
        TimeoutException or OperationCanceledException => TimedOut,
        JsonException => Malformed,
        _ => null,
    };

    private static BackendFailure FromAnswer(ClientResultException exception, TimeProvider time)
    {
        PipelineResponse? response = exception.GetRawResponse();
        if (response is null)
            return FromStatus(exception.Status);
        TimeSpan? retryAfter = RetryAfter.Read(name => response.Headers.TryGetValue(name, out string? value) ? value : null, time);
        ErrorBody body = ErrorBody.Of(response);
        return FromStatus(exception.Status, retryAfter, body.Words, body.Code) with { Param = body.Param };
    }
}
