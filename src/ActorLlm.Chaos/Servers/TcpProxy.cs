using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ActorLlm.Chaos.Servers;

/// <summary>What a proxy does with connections.</summary>
internal enum ProxyMode
{
    /// <summary>Every byte goes on.</summary>
    Pass,

    /// <summary>Nothing listens, and what was connected is cut.</summary>
    Refuse,

    /// <summary>Connections stay and are taken, and no byte goes on until the mode changes.</summary>
    Hold,

    /// <summary>A connection is cut when the server has answered a commit, before the client hears of it.</summary>
    LoseCommits,
}

/// <summary>Stands between the nodes and a server: PostgreSQL or the model.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private const int BufferBytes = 64 * 1024;

    private readonly IPEndPoint _listen;
    private readonly int _targetPort;
    private readonly ConcurrentDictionary<TcpClient, TcpClient> _open = new();
    private readonly ConcurrentDictionary<Task, bool> _pumps = new();
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private TaskCompletionSource _mayPass = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ProxyMode _mode;
    private volatile StepTrap? _trap;
    private int _commitsLost;

    private TcpProxy(IPEndPoint listen, int targetPort)
    {
        _listen = listen;
        _targetPort = targetPort;
        _mayPass.SetResult();
    }

    public int Port => _listen.Port;

    /// <summary>What all bytes have to get past; null for nothing.</summary>
    public StepTrap? Trap
    {
        get => _trap;
        set => _trap = value;
    }

    /// <summary>How many answers to a commit were kept from a client.</summary>
    public int CommitsLost => _commitsLost;

    /// <summary>Starts to pass.</summary>
    /// <param name="address">Where to listen, on a port that stays the same.</param>
    /// <param name="targetPort">The server's port on 127.0.0.1.</param>
    public static TcpProxy Start(IPAddress address, int targetPort)
    {
        var proxy = new TcpProxy(new IPEndPoint(address, FixedPorts.Take(1)[0]), targetPort);
        proxy.Listen();
        return proxy;
    }

    /// <summary>Changes what it does, from now on and for open connections too.</summary>
    public async Task SwitchAsync(ProxyMode mode)
    {
        if (mode == _mode)
            return;
        _mode = mode;
        if (mode == ProxyMode.Hold)
            _mayPass = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        else
            _mayPass.TrySetResult();

        if (mode == ProxyMode.Refuse)
            await StopListeningAsync();
        else if (_listener is null)
            Listen();
    }

    public async ValueTask DisposeAsync()
    {
        _mayPass.TrySetResult();
        await StopListeningAsync();
        await Task.WhenAll(_pumps.Keys);
    }

    private void Listen()
    {
        _listener = new TcpListener(_listen);
        _listener.Start();
        _accepting = AcceptAsync(_listener);
    }

    private async Task StopListeningAsync()
    {
        _listener?.Stop();
        _listener = null;
        await _accepting;
        foreach (var client in _open.Keys)
            Cut(client);
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }
            var serving = ServeAsync(client);
            _pumps[serving] = true;
            _ = serving.ContinueWith(done => _pumps.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        _open[client] = server;
        try
        {
            await _mayPass.Task;
            await server.ConnectAsync(IPAddress.Loopback, _targetPort);
            // The first direction that ends ends both, as neither PostgreSQL nor a chat completion has half-closed connections.
            var from = ((IPEndPoint)client.Client.RemoteEndPoint!).Address;
            await await Task.WhenAny(
                PumpAsync(client, server, new Passing(client, from, FromServer: false, default)),
                PumpAsync(server, client, new Passing(client, from, FromServer: true, default)));
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // One of the two has gone: the other one is let go below.
        }
        finally
        {
            Cut(client);
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, Passing passing)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            var source = from.GetStream();
            var target = to.GetStream();
            while (await source.ReadAsync(buffer) is var count && count > 0)
            {
                if (passing.FromServer && _mode == ProxyMode.LoseCommits && PostgresAnswers.EndsACommit(buffer.AsSpan(0, count)))
                {
                    Interlocked.Increment(ref _commitsLost);
                    return;
                }
                if (_trap is { } trap && !await trap.MayPassAsync(passing with { Bytes = buffer.AsMemory(0, count) }))
                    return;
                await _mayPass.Task;
                await target.WriteAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // A connection that was cut, here or by its owner.
        }
    }

    private void Cut(TcpClient client)
    {
        if (!_open.TryRemove(client, out var server))
            return;
        client.Close();
        server.Close();
    }
}
