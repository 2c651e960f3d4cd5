using System.Net;
using ActorLlm.Domain;

namespace ActorLlm.Hosting;

/// <summary>Which URLs and which addresses replies may be sent to: a client that names one must reach nothing that only this machine can.</summary>
internal static class WebhookAddress
{
    // RFC 6890 and its registries: what is not for the whole internet.
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23",
            "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/10", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

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
    public static bool IsPublic(IPAddress address)
    {
        var real = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !NotPublic.Any(network => network.BaseAddress.AddressFamily == real.AddressFamily && network.Contains(real));
    }

    private static bool Matches(string pattern, string host) =>
        pattern == "*"
        || (pattern.StartsWith("*.", StringComparison.Ordinal)
            ? host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
            : host.Trim('[', ']').Equals(pattern, StringComparison.OrdinalIgnoreCase));

    private static bool IsHost(string text) => text.Length > 0 && Uri.CheckHostName(text) != UriHostNameType.Unknown;
}
