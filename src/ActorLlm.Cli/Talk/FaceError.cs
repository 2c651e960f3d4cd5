using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace ActorLlm.Cli.Talk;

/// <summary>An error of the HTTP face.</summary>
/// <param name="Status">The HTTP status; 0 for one within a stream.</param>
/// <param name="Code">What programs decide by.</param>
/// <param name="Message">What people read.</param>
/// <param name="MayRetry">Whether the same request may get past it.</param>
/// <param name="Wait">When to try again.</param>
internal sealed record FaceError(int Status, string Code, string Message, bool MayRetry, TimeSpan Wait)
{
    /// <summary>Whether what was read is not the beginning of the reply any more.</summary>
    public bool IsReworded => Code == "stream_diverged";

    /// <summary>The error of an answer that is no success.</summary>
    public static async Task<FaceError> OfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        FaceError? said = null;
        try
        {
            using var json = JsonDocument.Parse(body);
            said = Of(json.RootElement, status);
        }
        catch (JsonException)
        {
            // Something else than a node answered: its status is all that there is.
        }

        said ??= new FaceError(status, "", $"status {status}", false, TimeSpan.Zero);
        var mayRetry = (status == 429 || status >= 500) && !(response.Headers.TryGetValues("x-should-retry", out var hints) && hints.Contains("false"));
        return said with { MayRetry = mayRetry, Wait = RetryAfter(response.Headers) };
    }

    /// <summary>The error that a JSON object holds; null where it is none. One within a stream may be got past, but for what says how the turn itself ended.</summary>
    public static FaceError? Of(JsonElement json, int status)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.Object) return null;
        var code = error.TryGetProperty("code", out var word) ? word.GetString() ?? "" : "";
        var message = error.TryGetProperty("message", out var text) ? text.GetString() ?? "" : "";
        return new FaceError(status, code, message, code is "stream_ended" or "stream_diverged" or "service_unavailable" or "internal_error", TimeSpan.Zero);
    }

    /// <summary>The error for the user.</summary>
    public UserErrorException ForUser(Uri url)
    {
        var where = url.AbsoluteUri.TrimEnd('/');
        return Status switch
        {
            401 or 403 => new UserErrorException($"{where} refuses: {Message} Set {FaceLine.KeyVariable} to a key of its nodes (actorllm key new makes one).", ExitCode.Refused),
            404 when Code is "" or "unknown_url" => new UserErrorException($"{where} is no HTTP face of a node: correct --url or {FaceLine.UrlVariable}; its port is 8080 unless configured otherwise.", ExitCode.Unreachable),
            404 => new UserErrorException(Message, ExitCode.NotFound),
            503 => new UserErrorException(Message, ExitCode.Unavailable),
            _ => new UserErrorException(Message.Length > 0 ? Message : $"{where} failed with status {Status}."),
        };
    }

    private static TimeSpan RetryAfter(HttpResponseHeaders headers) =>
        headers.TryGetValues("retry-after-ms", out var values) && double.TryParse(values.First(), CultureInfo.InvariantCulture, out var milliseconds)
            ? TimeSpan.FromMilliseconds(milliseconds)
            : headers.RetryAfter?.Delta ?? TimeSpan.Zero;
}
