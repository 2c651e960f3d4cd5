using ActorLlm.Backends;
using ActorLlm.Cluster.Membership;
using ActorLlm.Domain.Membership;
using Akka.Configuration;
using Microsoft.Extensions.Configuration;

namespace ActorLlm.Hosting;

/// <summary>The node's place in the cluster: <c>ActorLlm:Cluster</c>.</summary>
public sealed class ClusterOptions
{
    /// <summary>The name or address under which other nodes reach this one; default 127.0.0.1.</summary>
    public string Hostname { get; set; } = "127.0.0.1";

    /// <summary>The address to listen on, where it differs from <see cref="Hostname"/>, as in a container: 0.0.0.0.</summary>
    public string? BindHostname { get; set; }

    /// <summary>The port for other nodes: 0 to 65535; 0, the default, takes any free one.</summary>
    public int Port { get; set; }

    /// <summary>
    /// What tells the node whom to ask to be let into the cluster: <see cref="DiscoveryMethod.Database"/>, the default, <see cref="DiscoveryMethod.Seeds"/>,
    /// <see cref="DiscoveryMethod.Dns"/> or <see cref="DiscoveryMethod.Config"/>. Whether a new cluster may be formed is for the database to say, always.
    /// </summary>
    public DiscoveryMethod Discovery { get; set; } = DiscoveryMethod.Database;

    /// <summary>For <see cref="DiscoveryMethod.Seeds"/>: nodes, each <c>host:port</c> as it calls itself. This node may be among them.</summary>
    public IReadOnlyList<string> Seeds { get; set; } = [];

    /// <summary>
    /// For <see cref="DiscoveryMethod.Dns"/>: names whose A and AAAA records are nodes, each <c>name:port</c>, or <c>name</c> with the <see cref="Port"/> of this
    /// node. Nodes must call themselves (<see cref="Hostname"/>) by these addresses, not by a name.
    /// </summary>
    public IReadOnlyList<string> DnsNames { get; set; } = [];

    /// <summary>For <see cref="DiscoveryMethod.Config"/>: what the cluster is called in Akka.Discovery; default <c>actorllm</c>.</summary>
    public string ServiceName { get; set; } = "actorllm";

    /// <summary>
    /// For <see cref="DiscoveryMethod.Config"/>: the service's nodes, each <c>host:port</c>, where Akka's configuration does not name another
    /// <c>akka.discovery.method</c> than <c>config</c> or does not list them itself.
    /// </summary>
    public IReadOnlyList<string> Endpoints { get; set; } = [];

    /// <summary>Encryption between the nodes.</summary>
    public TlsOptions Tls { get; set; } = new();

    internal static void BindLists(ClusterOptions options, IConfigurationSection section)
    {
        if (SettingList.Read(section.GetSection(nameof(Seeds))) is { } seeds) options.Seeds = seeds;
        if (SettingList.Read(section.GetSection(nameof(DnsNames))) is { } names) options.DnsNames = names;
        if (SettingList.Read(section.GetSection(nameof(Endpoints))) is { } endpoints) options.Endpoints = endpoints;
    }

    internal DiscoverySettings DiscoverySettings() => new(
        Discovery,
        Discovery switch
        {
            DiscoveryMethod.Seeds => [.. Seeds.Select(seed => Contact.Read(seed)).OfType<Contact>()],
            DiscoveryMethod.Dns => [.. DnsNames.Select(name => Contact.Read(name, Port)).OfType<Contact>()],
            _ => [],
        },
        ServiceName);

    /// <summary>What Akka.Discovery is told of the service; null where it is not asked.</summary>
    internal Config? DiscoveryHocon() => Discovery == DiscoveryMethod.Config
        ? ConfigurationFactory.ParseString(
            $$"""akka.discovery { method = config, config.services."{{ServiceName}}".endpoints = [{{string.Join(", ", Endpoints.Select(endpoint => $"\"{endpoint}\""))}}] }""")
        : null;

    /// <summary>What is wrong with these options, each with its key, its value and what is allowed.</summary>
    internal IEnumerable<string> Errors(DateTimeOffset now)
    {
        if (Port is < 0 or > 65535) yield return $"ActorLlm:Cluster:Port is {Port}; allowed is 0 to 65535.";
        if (string.IsNullOrWhiteSpace(Hostname))
            yield return "ActorLlm:Cluster:Hostname is empty; expected the name or address under which other nodes reach this one.";
        if (!Enum.IsDefined(Discovery))
            yield return $"ActorLlm:Cluster:Discovery is {Discovery}; allowed are {string.Join(", ", Enum.GetNames<DiscoveryMethod>())}.";
        else if (Discovery != DiscoveryMethod.Database && Port == 0)
            yield return $"ActorLlm:Cluster:Port is 0, any free one, with Discovery {Discovery}, which cannot tell others of it; expected is a fixed one, such as 4053.";
        foreach (var error in ListErrors(nameof(Seeds), Seeds, DiscoveryMethod.Seeds, required: true, null, "host:port, as node1:4053 or [::1]:4053")) yield return error;
        foreach (var error in ListErrors(nameof(DnsNames), DnsNames, DiscoveryMethod.Dns, required: true, Port is 0 ? 1 : Port, "name or name:port, as actorllm-nodes:4053")) yield return error;
        foreach (var error in ListErrors(nameof(Endpoints), Endpoints, DiscoveryMethod.Config, required: false, null, "host:port, as node1:4053")) yield return error;
        if (string.IsNullOrWhiteSpace(ServiceName) || ServiceName.Contains('"', StringComparison.Ordinal))
            yield return $"ActorLlm:Cluster:ServiceName is '{ServiceName}'; expected is the name of a service, without quotes.";
        foreach (var error in Tls.Errors(now)) yield return error;
    }

    private IEnumerable<string> ListErrors(string key, IReadOnlyList<string> list, DiscoveryMethod method, bool required, int? defaultPort, string expected)
    {
        if (list.Count > 0 && Discovery != method)
            yield return $"ActorLlm:Cluster:{key} is set and not read, as ActorLlm:Cluster:Discovery is {Discovery}; set that to {method}, or leave {key} out.";
        if (list.Count == 0 && Discovery == method && required)
            yield return $"ActorLlm:Cluster:{key} is empty; with Discovery {method} at least one is expected, each {expected}.";
        foreach (var entry in list.Where(entry => Contact.Read(entry, defaultPort) is null || entry.Contains('"', StringComparison.Ordinal)))
            yield return $"ActorLlm:Cluster:{key} has '{entry}'; expected is {expected}, with a port from 1 to 65535.";
    }
}
