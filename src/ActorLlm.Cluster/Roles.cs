namespace ActorLlm.Cluster;

/// <summary>What a node does in the cluster; a node has all roles unless told otherwise.</summary>
public static class Roles
{
    /// <summary>Answers clients over HTTP.</summary>
    public const string Gateway = "gateway";

    /// <summary>Holds conversations and the coordinator.</summary>
    public const string Conversation = "conversation";

    /// <summary>Calls the backends.</summary>
    public const string Worker = "worker";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Gateway, Conversation, Worker];
}
