using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;

namespace ActorLlm.Hosting;

/// <summary>Does something before the actor system starts: hosted services that prepare run in the starting phase.</summary>
internal sealed class Preparation(Func<CancellationToken, Task> prepare) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => prepare(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Makes sure that the port for other nodes is free: Akka.Hosting prints a page of traces when it is not, before the host gets to say a word.
    /// Whatever else is wrong with the address, remoting says itself.
    /// </summary>
    /// <exception cref="SocketException">The port is in use.</exception>
    public static async Task EnsurePortIsFreeAsync(ClusterOptions cluster, CancellationToken cancellationToken)
    {
        if (cluster.Port == 0) return;
        try
        {
            var host = cluster.BindHostname ?? cluster.Hostname;
            // 0.0.0.0 and :: are addresses to listen on, which the resolver refuses.
            if (!IPAddress.TryParse(host, out var address))
                address = (await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false))[0];
            using var listener = new TcpListener(address, cluster.Port);
            listener.Start();
        }
        catch (SocketException error) when (error.SocketErrorCode != SocketError.AddressAlreadyInUse)
        {
        }
    }
}
