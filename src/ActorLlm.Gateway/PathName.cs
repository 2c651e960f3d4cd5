using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ActorLlm.Gateway;

/// <summary>
/// A name in a request's path. The server decodes a path but for its escaped slashes, after which <c>%2F</c> may stand for a slash or for itself
/// (sent as <c>%252F</c>); only the path as it was sent tells which.
/// </summary>
internal static class PathName
{
    private const string EscapedSlash = "%2F";

    /// <summary>Reads the name, decoded once.</summary>
    /// <param name="http">The request.</param>
    /// <param name="before">The part of the path that the name follows, with its slashes.</param>
    /// <param name="toTheEnd">Whether all of the rest is the name; else it ends at the next slash.</param>
    public static string Read(HttpContext http, string before, bool toTheEnd = false)
    {
        var routed = http.Request.RouteValues["id"] as string ?? "";
        if (!routed.Contains(EscapedSlash, StringComparison.OrdinalIgnoreCase)) return routed;
        var sent = Sent(http, before, toTheEnd);
        // A path that was put together in another way, with dots or escapes in what comes before, is not taken apart here.
        return sent is not null && HalfDecoded(sent).Equals(routed, StringComparison.OrdinalIgnoreCase) ? Uri.UnescapeDataString(sent) : routed;
    }

    private static string? Sent(HttpContext http, string before, bool toTheEnd)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var path = target.Split('?', 2)[0];
        var start = path.IndexOf(before, StringComparison.OrdinalIgnoreCase);
        if (start < 0) return null;
        var rest = path[(start + before.Length)..];
        return toTheEnd ? rest : rest.Split('/', 2)[0];
    }

    /// <summary>What the server makes of it.</summary>
    private static string HalfDecoded(string sent) =>
        Uri.UnescapeDataString(sent.Replace(EscapedSlash, "%252F", StringComparison.OrdinalIgnoreCase));
}
