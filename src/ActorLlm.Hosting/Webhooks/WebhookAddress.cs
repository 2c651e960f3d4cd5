using System.Net;
using ActorLlm.Domain;
using ActorLlm.Domain.Images;

namespace ActorLlm.Hosting;

/// <summary>Which URLs and which addresses replies may be sent to: a client that names one must reach nothing that only this machine can.</summary>
internal static class WebhookAddress
{
    // Whatever IPv4 address they hold: a receiver has no need of a translator.
    private static readonly IPNetwork[] Translated = [IPNetwork.Parse("64:ff9b::/96"), IPNetwork.Parse("2002::/16")];

    /// <summary>Whether a text is a pattern of hosts.</summary>
    public static bool IsPattern(string text) => text == "*" || IsHost(text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text);

    /// <summary>What is wrong with a URL, or null.</summary>
    public static string? Problem(string url, IReadOnlyList<string> allowed)
    {
        if (url.Length > Limits.MaxReplyAddressLength) return $"The webhook's URL has {url.Length} characters; at most {Limits.MaxReplyAddressLength} are allowed.";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme != Uri.UriSchemeHttps && parsed.Scheme != Uri.UriSchemeHttp)
            return "The webhook's URL is no absolute http or https address.";
        if (parsed.UserInfo.Length > 0) return "The webhook's URL has a user or a password; deliveries are signed instead.";
        if (!allowed.Any(pattern => Matches(pattern, parsed.IdnHost)))
            return $"The webhook's host '{parsed.IdnHost}' is not allowed; an operator allows it in ActorLlm:Webhooks:AllowedHosts.";
        if (IsNamed(parsed, allowed)) return null;
        if (parsed.Scheme != Uri.UriSchemeHttps) return $"The webhook's URL is not https; plain http is for hosts that ActorLlm:Webhooks:AllowedHosts names themselves.";
        return IPAddress.TryParse(parsed.IdnHost.Trim('[', ']'), out var address) && !IsPublic(address)
            ? $"The webhook's address {address} is private; only a host that ActorLlm:Webhooks:AllowedHosts names itself may have one."
            : null;
    }

    /// <summary>Whether an operator named this very host, so that it may be anywhere.</summary>
    public static bool IsNamed(Uri url, IReadOnlyList<string> allowed) => allowed.Contains(url.IdnHost.Trim('[', ']'), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether an address is one of the internet, and of no network that this machine alone may reach.</summary>
    public static bool IsPublic(IPAddress address) => PublicAddress.IsPublic(address) && !Translated.Any(network => network.Contains(address));

    private static bool Matches(string pattern, string host) =>
        pattern == "*"
        || (pattern.StartsWith("*.", StringComparison.Ordinal)
            ? host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
            : host.Trim('[', ']').Equals(pattern, StringComparison.OrdinalIgnoreCase));

    private static bool IsHost(string text) => text.Length > 0 && Uri.CheckHostName(text) != UriHostNameType.Unknown;
}
