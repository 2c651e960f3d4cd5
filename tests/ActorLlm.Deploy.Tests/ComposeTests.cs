using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NodeTypeResolvers;

namespace ActorLlm.Deploy.Tests;

/// <summary>The compose files. docker/try-compose.sh builds and runs them where there is a Docker engine.</summary>
public sealed class ComposeTests
{
    private static readonly Dictionary<object, object> Main = Read("compose.yaml");

    private static IEnumerable<KeyValuePair<object, object>> Nodes => Map(Main, "services").Where(service => ((string)service.Key).StartsWith("node", StringComparison.Ordinal));

    [Fact]
    public void A_node_may_write_nowhere_and_do_nothing_special()
    {
        Assert.Equal(3, Nodes.Count());
        Assert.All(Nodes, service =>
        {
            var node = (Dictionary<object, object>)service.Value;
            Assert.Equal("true", node["read_only"]);
            Assert.Equal(["ALL"], (List<object>)node["cap_drop"]);
            Assert.Equal(["no-new-privileges:true"], (List<object>)node["security_opt"]);
        });
    }

    [Fact]
    public void A_node_has_the_time_to_drain_and_calls_itself_by_its_service()
    {
        Assert.All(Nodes, service =>
        {
            var node = (Dictionary<object, object>)service.Value;
            var environment = Map(node, "environment");
            var grace = TimeSpan.FromSeconds(int.Parse(((string)node["stop_grace_period"]).TrimEnd('s'), CultureInfo.InvariantCulture));
            var drain = TimeSpan.Parse((string)environment["ActorLlm__Worker__DrainTimeout"], CultureInfo.InvariantCulture);
            Assert.True(grace >= drain + TimeSpan.FromMinutes(1));
            Assert.Equal(service.Key, environment["ActorLlm__Cluster__Hostname"]);
            // Without keys, for this machine alone.
            Assert.All((List<object>)node["ports"], port => Assert.StartsWith("127.0.0.1:", (string)port, StringComparison.Ordinal));
        });
    }

    [Fact]
    public void With_roles_split_there_are_two_nodes_of_each_that_differ_in_name_and_role_alone()
    {
        var split = Map(Read("compose.roles.yaml"), "services").Where(service => (string)service.Key != "postgres").ToArray();

        Assert.Equal(
            ["conversation", "gateway", "worker"],
            split.Select(service => Map((Dictionary<object, object>)service.Value, "environment")["ActorLlm__Roles"]).Cast<string>().Distinct().Order(StringComparer.Ordinal));
        Assert.All(split, service =>
        {
            var node = (Dictionary<object, object>)service.Value;
            Assert.Contains(Map(node, "extends")["service"], Nodes.Select(one => one.Key));
            Assert.Equal(service.Key, Map(node, "environment")["ActorLlm__Cluster__Hostname"]);
            Assert.Equal(2, split.Count(other => Equals(
                Map((Dictionary<object, object>)other.Value, "environment")["ActorLlm__Roles"], Map(node, "environment")["ActorLlm__Roles"])));
        });
    }

    [Fact]
    public void By_dns_each_node_calls_itself_by_the_address_that_it_is_given()
    {
        var named = Map(Read("compose.dns.yaml"), "services");

        Assert.Equal(Nodes.Select(node => node.Key), named.Keys);
        Assert.All(named.Values.Cast<Dictionary<object, object>>(), node =>
        {
            var network = Map(Map(node, "networks"), "default");
            Assert.Equal(network["ipv4_address"], Map(node, "environment")["ActorLlm__Cluster__Hostname"]);
            Assert.Equal($"{Assert.Single((List<object>)network["aliases"])}:4053", Map(node, "environment")["ActorLlm__Cluster__DnsNames"]);
        });
    }

    private static Dictionary<object, object> Map(Dictionary<object, object> of, string key) => (Dictionary<object, object>)of[key];

    private static Dictionary<object, object> Read(string file)
    {
        using var reader = new StreamReader(Path.Combine(AppContext.BaseDirectory, "docker", file));
        // Compose's own tags, such as !reset, say how files are merged; what they stand at is read as it is.
        return new DeserializerBuilder().WithoutNodeTypeResolver<PreventUnknownTagsNodeTypeResolver>()
            .Build().Deserialize<Dictionary<object, object>>(new MergingParser(new Parser(reader)));
    }
}
