using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace ActorLlm.Processes;

/// <summary>TCP ports of this machine's loopback address.</summary>
public static class LoopbackPorts
{
    /// <summary>
    /// Distinct ports that nothing listens on now. Another process may take one before it is used: whoever starts a server on one
    /// must be ready to hear that it is taken.
    /// </summary>
    /// <param name="count">How many, at least 1.</param>
    public static int[] Free(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var held = new List<TcpListener>(count);
        try
        {
            // Held together, so that the system cannot hand out one port twice.
            for (var i = 0; i < count; i++)
            {
                var listener = new TcpListener(IPAddress.Loopback, 0);
                held.Add(listener);
                listener.Start();
            }
            return [.. held.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            foreach (var listener in held)
                listener.Dispose();
        }
    }

    /// <summary>Whether something listens on the port, on loopback or on all addresses.</summary>
    /// <param name="port">The port, 1 to 65535.</param>
    public static bool IsTaken(int port) =>
        IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
            .Any(endpoint => endpoint.Port == port && (IPAddress.IsLoopback(endpoint.Address)
                || endpoint.Address.Equals(IPAddress.Any) || endpoint.Address.Equals(IPAddress.IPv6Any)));
}
