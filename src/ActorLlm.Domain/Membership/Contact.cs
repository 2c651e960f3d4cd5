using System.Globalization;

namespace ActorLlm.Domain.Membership;

/// <summary>Where a node may be reached by others, or where names of nodes are looked up: <c>host:port</c>.</summary>
/// <param name="Host">A name, an IPv4 address, or an IPv6 address in brackets.</param>
/// <param name="Port">1 to 65535.</param>
public readonly record struct Contact(string Host, int Port)
{
    private const int MaxPort = 65535;

    /// <summary>Reads <c>host:port</c>, <c>[::1]:port</c>, or a host alone where there is a port for it.</summary>
    /// <param name="text">What to read.</param>
    /// <param name="defaultPort">The port of a text that names none; null where it must name one.</param>
    /// <returns>The contact; null when the text is none.</returns>
    public static Contact? Read(string text, int? defaultPort = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.LastIndexOf(':');
        // The colons of an IPv6 address stand in brackets, so that the port can be told from it.
        var hasPort = colon >= 0 && !text.EndsWith(']');
        var host = hasPort ? text[..colon] : text;
        var port = defaultPort ?? 0;
        if (hasPort && !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)) return null;
        return IsHost(host) && port is > 0 and <= MaxPort ? new Contact(host, port) : null;
    }

    /// <summary>As nodes write their addresses in the database.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    private static bool IsHost(string host) =>
        host.Length > 0 && !host.Any(c => char.IsWhiteSpace(c) || c is '/' or '@') && (host.StartsWith('[') ? host.EndsWith(']') : !host.Contains(':', StringComparison.Ordinal));
}
