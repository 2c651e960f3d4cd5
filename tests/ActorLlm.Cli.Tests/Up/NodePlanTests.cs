using ActorLlm.Cli.Up;

namespace ActorLlm.Cli.Tests.Up;

public sealed class NodePlanTests
{
    private const string Database = "Host=db;Username=me";

    [Fact]
    public void Nodes_share_a_database_and_have_ports_of_their_own()
    {
        var plans = NodePlan.For(new UpOptions { Nodes = 4, HttpPort = 9000, ClusterPort = 5000, AdminPort = 7000 }, Database, "node.dll", apiKey: null);

        Assert.Equal(["node-1", "node-2", "node-3", "node-4"], plans.Select(plan => plan.Name));
        Assert.Equal([9000, 9001, 9002, 9003], plans.Select(plan => plan.HttpPort));
        Assert.Equal(["5000", "5001", "5002", "5003"], plans.Select(plan => plan.Start.Environment["ActorLlm__Cluster__Port"]));
        Assert.Equal(
            ["http://127.0.0.1:7000", "http://127.0.0.1:7001", "http://127.0.0.1:7002", "http://127.0.0.1:7003"],
            plans.Select(plan => plan.Start.Environment["ActorLlm__Admin__Url"]));
        Assert.All(plans, plan => Assert.Equal(Database, plan.Start.Environment["ActorLlm__Postgres"]));
        Assert.All(plans, plan => Assert.Equal(["--urls", $"http://127.0.0.1:{plan.HttpPort}"], plan.Start.Arguments));
        Assert.Equal(4, plans.Select(plan => plan.Start.LogFile).Distinct().Count());
    }

    [Fact]
    public void A_backend_url_becomes_the_only_backend_named_here()
    {
        var options = new UpOptions { Nodes = 1, BackendUrl = new Uri("http://llm:1234/v1"), Model = "small" };

        var start = Assert.Single(NodePlan.For(options, Database, "node.dll", "key")).Start;
        var environment = start.Environment;

        Assert.Contains("ActorLlm__Backends__", start.DropInherited);
        Assert.Equal("OpenAI", environment["ActorLlm__Backends__default__Type"]);
        Assert.Equal("http://llm:1234/v1", environment["ActorLlm__Backends__default__Endpoint"]);
        Assert.Equal("key", environment["ActorLlm__Backends__default__ApiKey"]);
        Assert.Equal("small", environment["ActorLlm__Backends__default__Models__0"]);
    }

    [Fact]
    public void Without_a_backend_url_the_nodes_look_for_themselves()
    {
        var environment = Assert.Single(NodePlan.For(new UpOptions { Nodes = 1 }, Database, "node.dll", "key")).Start.Environment;

        Assert.DoesNotContain(environment.Keys, key => key.Contains("Backends", StringComparison.Ordinal));
    }
}
