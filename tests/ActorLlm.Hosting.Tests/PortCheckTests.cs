using System.Net;
using System.Net.Sockets;

namespace ActorLlm.Hosting.Tests;

public sealed class PortCheckTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("localhost")]
    public async Task A_node_may_listen_on_every_kind_of_address(string bindHostname)
    {
        var options = new ClusterOptions { BindHostname = bindHostname, Hostname = "node1", Port = FreePort() };

        await Preparation.EnsurePortIsFreeAsync(options, default);
    }

    [Fact]
    public async Task A_taken_port_is_told()
    {
        using var other = new TcpListener(IPAddress.Any, 0);
        other.Start();
        var options = new ClusterOptions { BindHostname = "0.0.0.0", Hostname = "node1", Port = ((IPEndPoint)other.LocalEndpoint).Port };

        var error = await Assert.ThrowsAsync<SocketException>(() => Preparation.EnsurePortIsFreeAsync(options, default));

        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
