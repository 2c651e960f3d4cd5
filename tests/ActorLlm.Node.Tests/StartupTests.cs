using System.Net;
using System.Net.Sockets;
using ActorLlm.Processes;
using ActorLlm.Testing;

namespace ActorLlm.Node.Tests;

/// <summary>What keeps a node from starting is one readable message and a non-zero exit, never a stack trace.</summary>
public sealed class StartupTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("ActorLlm:Worker:Concurrency", "0", "0")]
    [InlineData("ActorLlm:Worker:Concurrency", "many", "'many'")]
    [InlineData("ActorLlm:Roles", "gateway,boss", "'boss'")]
    [InlineData("ActorLlm:Cluster:Port", "70000", "70000")]
    [InlineData("ActorLlm:Cluster:SeedNodes", "somewhere", "somewhere")]
    [InlineData("ActorLlm:Postgres", "not a connection string", "")] // it may hold a password
    [InlineData("ActorLlm:Backends:main:Type", "Parrot", "'Parrot'")]
    [InlineData("ActorLlm:Postgress", "Host=127.0.0.1", "Postgres, Sqlite")]
    public async Task A_wrong_setting_is_named_with_its_value(string key, string value, string told)
    {
        var said = await FailureAsync(new Dictionary<string, string> { [key] = value });

        Assert.Contains(key, said, StringComparison.Ordinal);
        Assert.Contains("the configuration is not valid", said, StringComparison.Ordinal);
        Assert.Contains(told, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_named()
    {
        var port = LoopbackPorts.Free()[0];

        var said = await FailureAsync(new Dictionary<string, string> { ["ActorLlm:Postgres"] = $"Host=127.0.0.1;Port={port};Username=me;Password=hidden" });

        Assert.Contains($"127.0.0.1:{port}", said, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_http_port_is_named_with_the_way_out()
    {
        using var other = Listen();

        var said = await FailureAsync([], ((IPEndPoint)other.LocalEndpoint).Port);

        Assert.Contains($"{((IPEndPoint)other.LocalEndpoint).Port}", said, StringComparison.Ordinal);
        Assert.Contains("--urls", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_cluster_port_is_named_with_the_way_out()
    {
        using var other = Listen();

        var said = await FailureAsync(new Dictionary<string, string> { ["ActorLlm:Cluster:Port"] = $"{((IPEndPoint)other.LocalEndpoint).Port}" });

        Assert.Contains(
            "actorllm-node: The port for other nodes is in use. Stop the other process, or choose another one with ActorLlm:Cluster:Port.",
            said.Split('\n'));
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static async Task<string> FailureAsync(Dictionary<string, string> settings, int? httpPort = null)
    {
        await using var node = NodeProcess.Start(settings, httpPort);
        var exitCode = await node.Exited.WaitAsync(Deadline);
        var said = string.Join('\n', node.Output);
        Assert.True(exitCode == 1, $"Exit code {exitCode}:\n{said}");
        Assert.DoesNotContain("\n   at ", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", said, StringComparison.Ordinal);
        return said;
    }
}
