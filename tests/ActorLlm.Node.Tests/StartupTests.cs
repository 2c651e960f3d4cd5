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
    [InlineData("ActorLlm:Cluster:SeedNodes", "somewhere:4053", "Hostname, BindHostname, Port")]
    [InlineData("ActorLlm:Postgres", "not a connection string", "")] // it may hold a password
    [InlineData("ActorLlm:Backends:main:Type", "Parrot", "'Parrot'")]
    [InlineData("ActorLlm:Gateway:ApiKeys:0:Hash", "sk-al-pasted-instead-of-its-hash", "is a key ('sk-al-...', 32 characters)")]
    [InlineData("ActorLlm:Gateway:ApiKeys:0:Key", "x", "known are Tenant and Hash")]
    [InlineData("ActorLlm:Admin:Url", "http://0.0.0.0:8070", "which other machines may reach")]
    [InlineData("ActorLlm:Admin:Port", "8070", "known are Url and Keys")]
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

    [Fact]
    public async Task A_taken_admin_port_is_named_with_the_way_out()
    {
        using var other = Listen();

        var said = await FailureAsync(new Dictionary<string, string> { ["ActorLlm:Admin:Url"] = $"http://{other.LocalEndpoint}" });

        Assert.Contains(
            $"actorllm-node: ActorLlm:Admin:Url is http://{other.LocalEndpoint}, which is in use by another program. End that one, choose another port, or set it to nothing for no admin endpoint.",
            said.Split('\n'));
    }

    [Theory]
    [InlineData("http://127.0.0.1:99999", "whose port is not from 0 to 65535")]
    [InlineData("http://127.0.0.1:http", "whose port is not a number")]
    [InlineData("https://127.0.0.1:18443", "a node speaks plain HTTP")]
    [InlineData("ftp://127.0.0.1:18021", "which is not http://")]
    [InlineData("nonsense", "which is no address")]
    [InlineData("http://192.0.2.1:8080", "cannot listen on http://192.0.2.1:8080")] // an address that no machine has
    public async Task An_address_that_cannot_be_listened_on_is_named_with_the_way_out(string urls, string told)
    {
        var said = await FailureAsync(["--urls", urls, "--ActorLlm:Gateway:AllowAnonymous=true"]);

        Assert.Contains(urls, said, StringComparison.Ordinal);
        Assert.Contains(told, said, StringComparison.Ordinal);
        Assert.Contains("--urls http://127.0.0.1:8090", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:18080", "--urls", "http://0.0.0.0:18080")]
    [InlineData("http://[::]:18080", "--urls", "http://127.0.0.1:18080;http://[::]:18080")]
    [InlineData("http://*:18080", "--urls=http://*:18080")]
    [InlineData("http://node1:18080", "--urls=http://node1:18080")]
    [InlineData("http://10.1.2.3:18080", "--Kestrel:Endpoints:Http:Url=http://10.1.2.3:18080")]
    public async Task Without_keys_a_node_does_not_listen_where_others_reach_it(string address, params string[] arguments)
    {
        var said = await FailureAsync(arguments);

        Assert.Equal(
            $"actorllm-node: the configuration is not valid. ActorLlm:Gateway:ApiKeys has no key, and {address} may be reached by other machines. "
            + "Make a key with 'actorllm key new' and configure the hash it prints, listen on loopback (http://127.0.0.1:8080), or, where something in "
            + "front checks who asks, set ActorLlm:Gateway:AllowAnonymous to true.",
            said);
    }

    [Theory]
    [InlineData("Hostname", "no.such.host.invalid")]
    [InlineData("Hostname", "192.0.2.1")]
    [InlineData("BindHostname", "no.such.host.invalid")]
    public async Task A_cluster_address_that_is_not_of_this_machine_is_named(string key, string host)
    {
        var said = await FailureAsync(new Dictionary<string, string> { [$"ActorLlm:Cluster:{key}"] = host });

        Assert.Contains($"actorllm-node: ActorLlm:Cluster:{key} is '{host}', ", said, StringComparison.Ordinal);
        Assert.DoesNotContain("AkkaHostedService", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'--Postgres'", "--Postgres", "Host=x;Password=hidden")]
    [InlineData("'--Postgres'", "--Postgres=hidden")]
    [InlineData("'--url'", "--url", "http://127.0.0.1:8090")]
    [InlineData("'bogus'", "bogus")]
    [InlineData("'--health'", "--health")]
    [InlineData("'--urls' has no value", "--urls", "--ActorLlm:Worker:Concurrency=1")]
    public async Task An_argument_that_nobody_reads_is_refused_by_its_name(string told, params string[] arguments)
    {
        var said = await FailureAsync(arguments);

        Assert.Contains($"the argument {told}", said, StringComparison.Ordinal);
        Assert.Contains("expected", said, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_tells_how_to_call_it()
    {
        var result = await CommandRunner.RunAsync([DotnetHost.Path, ProductAssembly.Find("ActorLlm.Node"), "--help"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("--ActorLlm:KEY=VALUE", result.Output, StringComparison.Ordinal);
    }

    private static async Task<string> FailureAsync(string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.True(result.ExitCode == 1, $"Exit code {result.ExitCode}:\n{result.Output}");
        var told = Assert.Single(result.Output.Split('\n'), line => line.StartsWith("actorllm-node: ", StringComparison.Ordinal));
        Assert.DoesNotContain("\n   at ", result.Output, StringComparison.Ordinal);
        return told;
    }

    private static async Task<CommandResult> RunAsync(string[] arguments)
    {
        using var folder = new TempFolder();
        using var deadline = new CancellationTokenSource(Deadline);
        return await CommandRunner.RunAsync(
            [DotnetHost.Path, ProductAssembly.Find("ActorLlm.Node"), $"--ActorLlm:Sqlite={folder.Of("actorllm.db")}", .. arguments], deadline.Token);
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
