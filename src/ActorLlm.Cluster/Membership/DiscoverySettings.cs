using ActorLlm.Domain.Membership;

namespace ActorLlm.Cluster.Membership;

/// <summary>What tells a node whom to ask to be let into the cluster.</summary>
public enum DiscoveryMethod
{
    /// <summary>The database: the nodes that said there that they are in the cluster.</summary>
    Database,

    /// <summary>A list of the nodes' addresses.</summary>
    Seeds,

    /// <summary>DNS: names whose addresses are those of the nodes, as of a headless service of Kubernetes.</summary>
    Dns,

    /// <summary>Akka.Discovery, with the method of Akka's own configuration.</summary>
    Config,
}

/// <summary>How a node finds whom to ask to be let in. It never decides whether a new cluster may be formed: the database does.</summary>
/// <param name="Method">What is asked.</param>
/// <param name="Names">The nodes' addresses for <see cref="DiscoveryMethod.Seeds"/>, the names to look up for <see cref="DiscoveryMethod.Dns"/>.</param>
/// <param name="Service">What the cluster is called in Akka.Discovery, for <see cref="DiscoveryMethod.Config"/>.</param>
public sealed record DiscoverySettings(DiscoveryMethod Method, IReadOnlyList<Contact> Names, string Service)
{
    /// <summary>The nodes of the database are asked.</summary>
    public static DiscoverySettings Database { get; } = new(DiscoveryMethod.Database, [], "");
}
