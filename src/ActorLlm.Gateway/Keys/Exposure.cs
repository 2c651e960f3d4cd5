using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ActorLlm.Gateway.Keys;

/// <summary>Where a server without keys may listen: where only its own machine reaches it.</summary>
internal static class Exposure
{
    /// <summary>Refuses addresses that other machines reach, unless there are keys or anyone is allowed in.</summary>
    /// <exception cref="OptionsValidationException">There is such an address.</exception>
    public static void Refuse(GatewayOptions options, IEnumerable<string> addresses)
    {
        if (options.AllowAnonymous || options.ApiKeys.Count > 0) return;
        if (addresses.FirstOrDefault(address => !IsLocal(address)) is not { } exposed) return;
        throw GatewayOptionsSetup.Invalid(
            $"{GatewayOptions.Section}:{nameof(options.ApiKeys)} has no key, and {exposed} may be reached by other machines. Make a key with "
            + "'actorllm key new' and configure the hash it prints, listen on loopback (http://127.0.0.1:8080), or, where something in front checks who "
            + $"asks, set {GatewayOptions.Section}:{nameof(options.AllowAnonymous)} to true.");
    }

    /// <summary>Whether the client came to an address that only this machine reaches; in memory and over a Unix socket there is none.</summary>
    public static bool IsLocal(ConnectionInfo connection) => connection.LocalIpAddress is not { } address || IsLoopback(address);

    private static bool IsLocal(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.IsUnixPipe || address.IsNamedPipe || IsLoopbackName(address.Host) || (IPAddress.TryParse(address.Host, out var ip) && IsLoopback(ip));
        }
        catch (FormatException)
        {
            // Such as a socket that the supervisor opened: where it listens cannot be told.
            return false;
        }
    }

    // The server's own rule: for any other name it listens on all addresses.
    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    private static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}

/// <summary>Ends the start of any host whose gateway has no keys and listens for other machines: where it does is known once it listens.</summary>
internal sealed class ExposureCheck(IOptions<GatewayOptions> options, IServer? server) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        Exposure.Refuse(options.Value, server?.Features.Get<IServerAddressesFeature>()?.Addresses ?? []);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
