using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Parties;

/// <summary>The time for a hand-off is over: the cluster to itself.</summary>
internal sealed record HandOffEnds(int Conversation, long Version);

/// <summary>Stands for sharding: where each conversation lives, and what the nodes are told of it, late and one by one.</summary>
internal sealed class Homes(World world, ClusterParty cluster, Dice dice)
{
    private const int NewsMs = 400;
    private const long HandoffMs = 3000;

    /// <summary>How long it takes until all conversations of a node live elsewhere.</summary>
    public const long HandOverMs = HandoffMs + NewsMs;

    private readonly int[] _homes = new int[world.Plan.Conversations];
    private readonly long[] _handingOff = new long[world.Plan.Conversations];
    private long _version;

    /// <summary>Gives every conversation its first home.</summary>
    public void Start(int nodes)
    {
        for (var c = 0; c < _homes.Length; c++) Settle(c, dice.Below(nodes), newsMs: 1);
    }

    /// <summary>Tells a new member where the conversations live; those without a home get theirs there.</summary>
    public void Introduce(Node node)
    {
        for (var c = 0; c < _homes.Length; c++)
        {
            if (_homes[c] == Node.Nowhere) Settle(c, node.Id, NewsMs);
            else world.Post(node.Region, new HomeIs(c, _homes[c], ++_version), cluster, dice.Below(NewsMs));
        }
    }

    /// <summary>Gives the conversations of a lost node to members.</summary>
    public void Replace(Node lost, List<Node> members)
    {
        for (var c = 0; c < _homes.Length; c++)
        {
            if (_homes[c] == lost.Id) Settle(c, members[dice.Below(members.Count)].Id, NewsMs);
        }
    }

    /// <summary>Moves the conversations of a node in order.</summary>
    public void MoveAll(Node from, Node[] others)
    {
        for (var c = 0; c < _homes.Length; c++)
        {
            if (_homes[c] == from.Id && others.Length > 0) Move(c, others[dice.Below(others.Length)].Id);
        }
    }

    /// <summary>Moves a conversation in order: it is stopped, then it lives at its new home.</summary>
    public void Move(int conversation, int to)
    {
        var home = _homes[conversation];
        if (home == Node.Nowhere || cluster.Membership[to] is null) return;
        _homes[conversation] = to;
        _handingOff[conversation] = ++_version;
        if (cluster.Nodes[home].Conversations[conversation] is { Alive: true } there)
        {
            world.Post(there, StopConversation.Instance);
            world.Post(cluster, new HandOffEnds(conversation, _version), null, HandoffMs);
        }
        else
        {
            HandedOff(conversation);
        }
    }

    /// <summary>The old home was given time enough.</summary>
    public void Receive(HandOffEnds ends)
    {
        if (_handingOff[ends.Conversation] == ends.Version) HandedOff(ends.Conversation);
    }

    /// <summary>The old home has let go.</summary>
    public void HandedOff(int conversation)
    {
        if (_handingOff[conversation] == 0) return;
        _handingOff[conversation] = 0;
        Tell(conversation);
    }

    /// <summary>For a while some nodes hold another node for a conversation's home.</summary>
    public void Confuse(int conversation, int other, long untilMs)
    {
        var home = _homes[conversation];
        if (home == other || home == Node.Nowhere) return;
        foreach (var node in cluster.Nodes)
        {
            if (!node.Running || node.Id == home || (node.Id != other && dice.Chance(50))) continue;
            world.Post(node.Region, new HomeIs(conversation, other, ++_version), cluster);
        }

        foreach (var node in cluster.Nodes)
        {
            if (node.Running) world.Post(node.Region, new HomeIs(conversation, home, ++_version), cluster, Math.Max(1, untilMs - world.NowMs) + dice.Below(NewsMs));
        }
    }

    /// <summary>There is no cluster any more, and nothing lives.</summary>
    public void Forget()
    {
        Array.Fill(_homes, Node.Nowhere);
        Array.Clear(_handingOff);
    }

    private void Settle(int conversation, int home, int newsMs)
    {
        _homes[conversation] = home;
        _handingOff[conversation] = 0;
        Tell(conversation, newsMs);
    }

    private void Tell(int conversation, int newsMs = NewsMs)
    {
        foreach (var node in cluster.Membership.All)
        {
            if (node is { Running: true }) world.Post(node.Region, new HomeIs(conversation, _homes[conversation], ++_version), cluster, dice.Below(newsMs));
        }
    }
}
