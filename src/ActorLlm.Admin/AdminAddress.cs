using System.Net;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Admin;

/// <summary>Where the admin endpoint listens.</summary>
internal sealed class AdminAddress
{
    public const string Expected = "expected is http://ADDRESS:PORT such as " + AdminOptions.DefaultUrl + ", or nothing for no admin endpoint";

    private readonly string _host;

    private AdminAddress(string host) => _host = host;

    /// <summary>Whether only this machine reaches it.</summary>
    public bool IsLoopback => IsLoopbackName(_host);

    /// <summary>Reads an address, or says what is wrong with it.</summary>
    public static AdminAddress? TryParse(string url, out string problem)
    {
        problem = "";
        try
        {
            var address = BindingAddress.Parse(url);
            problem = Problem(address);
            return problem.Length == 0 ? new AdminAddress(address.Host) : null;
        }
        catch (FormatException)
        {
            problem = "which is no address";
            return null;
        }
    }

    /// <summary>
    /// Whether a request was sent to an address of this listener by one of its names. A page in a browser of this machine may have a name of its own
    /// that leads here, and would then read the answers: its requests carry that name.
    /// </summary>
    public bool IsMeantBy(HostString host) => !IsLoopback || IsLoopbackName(host.Host) || host.Host.Equals(_host, StringComparison.OrdinalIgnoreCase);

    private static string Problem(BindingAddress address)
    {
        if (address.IsUnixPipe || address.IsNamedPipe || !address.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase)) return "which is not http://";
        if (address.PathBase.Length > 0) return "which names a path";
        // What is no number is taken for a part of the name, and the port for 80.
        if (address.Host.Contains(':', StringComparison.Ordinal) && !address.Host.StartsWith('[')) return "whose port is not a number";
        if (address.Port is < 0 or > IPEndPoint.MaxPort) return $"whose port is not from 0 to {IPEndPoint.MaxPort}";
        return address.Port == 0 && !IPAddress.TryParse(address.Host, out _) ? "where a free port (0) can be taken for an address only, not for a name" : "";
    }

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip));
}
