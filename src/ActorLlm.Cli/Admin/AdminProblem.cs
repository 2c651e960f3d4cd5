using System.Net;
using System.Text.Json;
using ActorLlm.Inspection;

namespace ActorLlm.Cli.Admin;

/// <summary>Why an admin endpoint did not do what it was asked for, in words that say what to try.</summary>
internal static class AdminProblem
{
    public static string Name(Uri url) => $"The admin endpoint {Shown(url)}";

    /// <summary>An answer that is no success.</summary>
    public static async Task<UserErrorException> OfAsync(Uri url, string path, HttpResponseMessage response, bool keyGiven, CancellationToken cancellationToken)
    {
        var said = Said(await response.Content.ReadAsStringAsync(cancellationToken));
        var status = (int)response.StatusCode;
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => new UserErrorException(
                keyGiven
                    ? $"{Name(url)} refuses the key: set {AdminLine.KeyVariable} to the key that its node is configured with."
                    : $"{Name(url)} asks for a key: set {AdminLine.KeyVariable} to it.",
                ExitCode.Refused),
            _ when said is null => NoEndpoint(url, $"status {status} to {path.Split('?')[0]}"),
            HttpStatusCode.Forbidden => new UserErrorException(said, ExitCode.Refused),
            HttpStatusCode.NotFound => new UserErrorException(said, ExitCode.NotFound),
            HttpStatusCode.BadRequest => new UserErrorException(said, ExitCode.Usage),
            HttpStatusCode.ServiceUnavailable => new UserErrorException($"{said} (said by {Shown(url)})", ExitCode.Unavailable),
            _ => new UserErrorException(said),
        };
    }

    /// <summary>A request that got no answer.</summary>
    public static UserErrorException Of(Uri url, HttpRequestException problem) => new(
        problem.HttpRequestError switch
        {
            HttpRequestError.SecureConnectionError =>
                $"{Name(url)} has no certificate that this machine trusts for that name ({NodeHttp.Reason(problem)}): use the name that stands in it, trust its issuer, or see whether it has expired (actorllm doctor).",
            HttpRequestError.NameResolutionError =>
                $"{Name(url)} cannot be asked: the name {url.Host} is not known. Correct --admin or {AdminLine.UrlVariable}.",
            HttpRequestError.ConnectionError =>
                $"{Name(url)} cannot be reached ({NodeHttp.Reason(problem)}): its node is down, or has no admin endpoint there. Name another with --admin or {AdminLine.UrlVariable}.",
            _ => $"{Name(url)} gave no answer ({NodeHttp.Reason(problem)}): see whether something else listens there, or http and https are mixed up.",
        },
        ExitCode.Unreachable, problem);

    /// <summary>Something else answers there.</summary>
    public static UserErrorException NoEndpoint(Uri url, string answer) => new(
        $"{Shown(url)} is no admin endpoint: it gave {answer}. It has a port of its own (8070 unless configured otherwise), not that of the HTTP face: correct --admin or {AdminLine.UrlVariable}.",
        ExitCode.Unreachable);

    private static string Shown(Uri url) => url.AbsoluteUri.TrimEnd('/');

    // The HTTP face says {"error":{...}}: that is no admin endpoint.
    private static string? Said(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<AdminError>(body, AdminApi.Json)?.Error;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
