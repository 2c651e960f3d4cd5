using System.Net;
using System.Net.Sockets;
using ActorLlm.Gateway;
using ActorLlm.Gateway.Keys;
using ActorLlm.Hosting;
using Microsoft.Extensions.Options;

namespace ActorLlm.Node;

/// <summary>An address that the node cannot use; the message names the setting and the way out.</summary>
internal sealed class UnusableAddressException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Checks, before anything starts, the addresses the node is told to listen on: what the libraries below say of them names no setting.</summary>
internal static class Addresses
{
    private const string Example = "expected is an address such as --urls http://127.0.0.1:8090";

    /// <summary>Checks what <c>--urls</c> says; whether one may listen there shows only later.</summary>
    /// <param name="urls">Addresses, separated by semicolons.</param>
    /// <exception cref="UnusableAddressException">One is not an address this node can listen on.</exception>
    public static void CheckUrls(string urls)
    {
        foreach (var url in Split(urls)) CheckUrl(url);
    }

    /// <summary>
    /// Refuses to listen for other machines where nobody needs a key. The gateway does too, but only once it listens, and by then the node would
    /// have joined the cluster, to leave it in the same second.
    /// </summary>
    /// <exception cref="OptionsValidationException">There is such an address.</exception>
    public static void CheckExposure(IConfiguration configuration, GatewayOptions gateway)
    {
        // The HTTP server's own rule: where there are endpoints, it does not look at the addresses.
        string[] endpoints = [.. configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>()];
        Exposure.Refuse(gateway, endpoints.Length > 0 ? endpoints : Split(configuration.Urls()));
    }

    /// <summary>Makes sure that the node can listen for other nodes.</summary>
    /// <exception cref="UnusableAddressException">It cannot.</exception>
    public static async Task CheckClusterAsync(ClusterOptions cluster)
    {
        var (key, host) = cluster.BindHostname is { } bind ? ("BindHostname", bind) : ("Hostname", cluster.Hostname);
        try
        {
            // 0.0.0.0 and :: are addresses to listen on, which the resolver refuses.
            if (!IPAddress.TryParse(host, out var address)) address = (await Dns.GetHostAddressesAsync(host))[0];
            using var listener = new TcpListener(address, cluster.Port);
            listener.Start();
        }
        catch (SocketException error)
        {
            throw new UnusableAddressException(
                error.SocketErrorCode switch
                {
                    SocketError.AddressAlreadyInUse => "The port for other nodes is in use. Stop the other process, or choose another one with ActorLlm:Cluster:Port.",
                    SocketError.AccessDenied => $"ActorLlm:Cluster:Port is {cluster.Port}, where this user may not listen ({error.Message}). Choose one from 1024 on.",
                    SocketError.AddressNotAvailable =>
                        $"ActorLlm:Cluster:{key} is '{host}', which is no address of this machine ({error.Message}). Name one that is; where other nodes know "
                        + "this one by another name, set ActorLlm:Cluster:BindHostname to the address to listen on, such as 0.0.0.0.",
                    _ => $"ActorLlm:Cluster:{key} is '{host}', where the node cannot listen: {error.Message}. Name this machine by an address or a name that resolves.",
                },
                error);
        }
    }

    private static string[] Split(string urls) => urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static void CheckUrl(string url)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException error)
        {
            throw new UnusableAddressException($"the configuration is not valid. urls is '{url}', which is no address; {Example}.", error);
        }

        if (address.IsUnixPipe || address.IsNamedPipe) return;
        if (address.Scheme.Equals("https", StringComparison.OrdinalIgnoreCase))
            throw Invalid(url, "but a node speaks plain HTTP: let a proxy in front of it do the encryption, and name an http:// address");
        if (!address.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase)) throw Invalid(url, "which is not http://");
        if (address.PathBase.Length > 0) throw Invalid(url, "which names a path");
        // What is no number is taken for a part of the name, and the port for 80.
        if (address.Host.Contains(':', StringComparison.Ordinal) && !address.Host.StartsWith('[')) throw Invalid(url, "whose port is not a number");
        if (address.Port is < 0 or > IPEndPoint.MaxPort) throw Invalid(url, $"whose port is not from 0 to {IPEndPoint.MaxPort}");
    }

    private static UnusableAddressException Invalid(string url, string problem) =>
        new($"the configuration is not valid. urls is '{url}', {problem}; {Example}.");
}
