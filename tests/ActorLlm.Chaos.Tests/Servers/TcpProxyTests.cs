using System.Net;
using System.Net.Sockets;
using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Tests.Servers;

/// <summary>A server that answers each line with an insert's completion stands for PostgreSQL.</summary>
public sealed class TcpProxyTests : IAsyncLifetime, IDisposable
{
    private static readonly byte[] Committed = [.. "C\0\0\0\u000fINSERT 0 1\0Z"u8, 0, 0, 0, 5, (byte)'I'];
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private TcpProxy _proxy = null!;
    private Task _serving = Task.CompletedTask;

    public Task InitializeAsync()
    {
        _server.Start();
        _serving = ServeAsync();
        _proxy = TcpProxy.Start(IPAddress.Loopback, ((IPEndPoint)_server.LocalEndpoint).Port);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _server.Stop();
        await _serving;
    }

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task It_passes_on_what_both_sides_say()
    {
        using var client = await ConnectAsync();

        Assert.Equal(Committed, await AskAsync(client));
    }

    [Fact]
    public async Task It_cuts_the_connection_instead_of_passing_on_that_a_commit_is_done()
    {
        using var client = await ConnectAsync();
        await AskAsync(client);
        await _proxy.SwitchAsync(ProxyMode.LoseCommits);

        Assert.Empty(await AskAsync(client));
        Assert.Equal(1, _proxy.CommitsLost);
    }

    [Fact]
    public async Task It_refuses_and_takes_connections_again_on_the_same_port()
    {
        using var before = await ConnectAsync();
        await AskAsync(before);
        await _proxy.SwitchAsync(ProxyMode.Refuse);

        Assert.Empty(await AskAsync(before));
        await Assert.ThrowsAsync<SocketException>(ConnectAsync);

        await _proxy.SwitchAsync(ProxyMode.Pass);
        using var after = await ConnectAsync();
        Assert.Equal(Committed, await AskAsync(after));
    }

    [Fact]
    public async Task What_it_holds_goes_on_when_it_passes_again()
    {
        using var client = await ConnectAsync();
        await _proxy.SwitchAsync(ProxyMode.Hold);

        var answer = AskAsync(client);
        Assert.False(answer.IsCompleted);
        await _proxy.SwitchAsync(ProxyMode.Pass);

        Assert.Equal(Committed, await answer.WaitAsync(Deadline));
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _proxy.Port);
        return client;
    }

    /// <returns>Nothing where the connection was cut.</returns>
    private static async Task<byte[]> AskAsync(TcpClient client)
    {
        var buffer = new byte[64];
        try
        {
            await client.GetStream().WriteAsync("Q"u8.ToArray());
            return buffer[..await client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(Deadline)];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(AnswerAsync(await _server.AcceptTcpClientAsync()));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private static async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            var buffer = new byte[64];
            try
            {
                while (await client.GetStream().ReadAsync(buffer) > 0)
                    await client.GetStream().WriteAsync(Committed);
            }
            catch (IOException)
            {
                // The proxy has let go of it.
            }
        }
    }
}
