using ActorLlm.Domain;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ActorLlm.Hosting.Tests;

public class OptionsTests
{
    [Theory]
    [InlineData("Roles", "gateway,boss", "boss", "gateway, conversation, worker")]
    [InlineData("Cluster:Port", "70000", "70000", "0 to 65535")]
    [InlineData("Cluster:Hostname", " ", "empty", "name or address")]
    [InlineData("Worker:Concurrency", "0", "0", "1 to 100000")]
    [InlineData("Worker:DrainTimeout", "00:02:00", "00:02:00", "00:00:00 to 00:01:40")]
    [InlineData("Worker:TargetWait", "00:00:00", "00:00:00", "00:00:00.0010000 to 01:00:00")]
    [InlineData("AcceptTimeout", "00:00:00.5", "00:00:00.5", "00:00:01 to 00:05:00")]
    [InlineData("Conversations:MaxPendingTurns", "0", "0", "1 to 1000")]
    [InlineData("Conversations:Silence", "00:00:01", "00:00:01", "00:00:03 to 00:10:00")]
    [InlineData("Conversations:RetryMax", "02:00:00", "02:00:00", "01:00:00")]
    [InlineData("Postgres", "Database=x", "Host", "Host=127.0.0.1")]
    [InlineData("Postgres", "nonsense", "not a connection string", "Host=127.0.0.1")]
    [InlineData("Sqlite", " ", "empty", "path of a file")]
    public void A_wrong_option_is_named_with_its_value_and_what_is_allowed(string key, string value, string shown, string allowed)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Bind((key, value)));

        var message = Assert.Single(error.Failures, failure => failure.Contains($"ActorLlm:{key}", StringComparison.Ordinal));
        Assert.Contains(shown, message, StringComparison.Ordinal);
        Assert.Contains(allowed, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Postgress", "Roles, Postgres, Sqlite,")]
    [InlineData("Concurrency", "Worker, Conversations,")]
    [InlineData("Worker:Concurency", "Concurrency, TargetWait, StreamDurability, DrainTimeout")]
    [InlineData("Cluster:SeedNodes", "Hostname, BindHostname, Port")]
    [InlineData("Conversations:RetryMinimum", "RetryMin, RetryMax")]
    [InlineData("Place", "DefaultModel")]
    [InlineData("Worker:StreamDurability", "None, Batched, EveryChunk")]
    [InlineData("Postgres:Host", "one value")]
    [InlineData("Worker", "Concurrency, TargetWait, StreamDurability, DrainTimeout")]
    public void A_key_that_nobody_reads_is_refused_with_those_that_are_read(string key, string allowed)
    {
        var message = Assert.Single(Assert.Throws<OptionsValidationException>(() => Bind((key, "x"))).Failures);

        Assert.StartsWith($"ActorLlm:{key} is ", message, StringComparison.Ordinal);
        Assert.Contains(allowed, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Seeds", "Port is 0, any free one, with Discovery Seeds", "such as 4053", "Seeds", "node1:4053")]
    [InlineData("Seeds", "Seeds is empty", "host:port", "Port", "4053")]
    [InlineData("Seeds", "Seeds has 'node1'", "a port from 1 to 65535", "Seeds", "node1", "Port", "4053")]
    [InlineData("Dns", "DnsNames is empty", "name or name:port", "Port", "4053")]
    [InlineData("Dns", "DnsNames has 'nodes:http'", "a port from 1 to 65535", "DnsNames", "nodes:http", "Port", "4053")]
    [InlineData("Config", "Endpoints has 'node1:0'", "a port from 1 to 65535", "Endpoints", "node1:0", "Port", "4053")]
    [InlineData("Config", "ServiceName is ' '", "name of a service", "ServiceName", " ", "Port", "4053")]
    [InlineData("Database", "Seeds is set and not read, as ActorLlm:Cluster:Discovery is Database", "set that to Seeds", "Seeds", "node1:4053")]
    [InlineData("Bonjour", "Discovery is 'Bonjour'", "Database, Seeds, Dns, Config")]
    public void What_is_wrong_with_discovery_is_named_with_its_value_and_what_is_allowed(string method, string shown, string allowed, params string[] more)
    {
        (string, string)[] settings = [("Cluster:Discovery", method), .. more.Chunk(2).Select(pair => ("Cluster:" + pair[0], pair[1]))];
        var error = Assert.Throws<OptionsValidationException>(() => Bind(settings));

        var message = Assert.Single(error.Failures, failure => failure.Contains($"ActorLlm:Cluster:{shown}", StringComparison.Ordinal));
        Assert.Contains(allowed, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_discovery_are_lists_too_and_a_name_without_a_port_is_of_this_nodes_port()
    {
        var seeds = Bind(("Cluster:Discovery", "Seeds"), ("Cluster:Port", "4053"), ("Cluster:Seeds", "node1:4053, [::1]:4054")).Cluster.DiscoverySettings();
        var dns = Bind(("Cluster:Discovery", "dns"), ("Cluster:Port", "4053"), ("Cluster:DnsNames:0", "nodes"), ("Cluster:DnsNames:1", "more:4054")).Cluster.DiscoverySettings();

        Assert.Equal(["node1:4053", "[::1]:4054"], seeds.Names.Select(name => name.ToString()));
        Assert.Equal(["nodes:4053", "more:4054"], dns.Names.Select(name => name.ToString()));
    }

    [Fact]
    public void Keys_are_read_in_any_case_and_those_of_backends_and_gateway_are_left_to_their_readers() =>
        Assert.Equal(7, Bind(
            ("worker:CONCURRENCY", "7"), ("backends:main:Type", "Simulator"), ("Gateway:MaxWait", "1"), ("defaultmodel", "simulator")).Worker.Concurrency);

    [Fact]
    public void All_that_is_wrong_is_said_at_once()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Bind(("Worker:Concurrency", "0"), ("Cluster:Port", "-1"), ("Roles", "x")));

        Assert.Equal(3, error.Failures.Count());
    }

    [Fact]
    public void Lists_may_be_written_with_commas_or_as_arrays()
    {
        var commas = Bind(("Roles", "worker, gateway"));
        var arrays = Bind(("Roles:0", "worker"), ("Roles:1", "gateway"));

        Assert.Equal(["worker", "gateway"], commas.Roles);
        Assert.Equal(commas.Roles, arrays.Roles);
        Assert.Equal(ActorLlm.Cluster.Roles.All, Bind().Roles);
    }

    [Fact]
    public void What_one_host_configures_is_not_the_default_of_the_next()
    {
        Assert.Equal(7, Bind(("Conversations:MaxPendingTurns", "7")).Conversations.MaxPendingTurns);

        Assert.Equal(100, Bind().Conversations.MaxPendingTurns);
        Assert.Equal(100, ConversationPolicy.Default.MaxPendingTurns);
    }

    private static ActorLlmOptions Bind(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create("ActorLlm:" + setting.Key, (string?)setting.Value)))
            .Build();
        using var services = new ServiceCollection().AddActorLlmServices(configuration).BuildServiceProvider();
        return services.GetRequiredService<IOptions<ActorLlmOptions>>().Value;
    }
}
