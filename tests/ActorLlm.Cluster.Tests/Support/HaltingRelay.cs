using System.Net;
using System.Net.Sockets;

namespace ActorLlm.Cluster.Tests;

/// <summary>Stands between a client and a server, and can be halted like the server's machine: connections stay open and new ones are taken, and nothing comes.</summary>
public sealed class HaltingRelay : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private volatile bool _halted;

    public HaltingRelay(string host, int port)
    {
        _listener.Start();
        _ = AcceptAsync(host, port);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Halt() => _halted = true;

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync(string host, int port)
    {
        try
        {
            var stop = _stop.Token;
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(stop), host, port, stop);
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            // It was disposed of.
        }
    }

    private async Task ServeAsync(TcpClient accepted, string host, int port, CancellationToken stop)
    {
        using var client = accepted;
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(host, port, stop);
            await Task.WhenAny(CopyAsync(client.GetStream(), server.GetStream(), stop), CopyAsync(server.GetStream(), client.GetStream(), stop));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            // One of the two has left.
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, CancellationToken stop)
    {
        try
        {
            var buffer = new byte[8192];
            while (await from.ReadAsync(buffer, stop) is > 0 and var read)
            {
                if (_halted) await Task.Delay(Timeout.InfiniteTimeSpan, stop);
                await to.WriteAsync(buffer.AsMemory(0, read), stop);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // One of the two has left.
        }
    }
}
