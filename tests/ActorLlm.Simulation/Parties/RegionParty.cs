using ActorLlm.Domain.Conversations;
using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Parties;

/// <summary>A conversation's home is known to be this node: cluster to region.</summary>
internal sealed record HomeIs(int Conversation, int Home, long Version);

/// <summary>
/// A node's way to every conversation; stands for Akka's shard region. It believes what it was told last of a conversation's home, which may
/// be out of date, so that two nodes may run one conversation for a while.
/// </summary>
internal sealed class RegionParty(World world, Node node) : Party(world, node, "region")
{
    private const int MaxHops = 3;
    private const int MaxWaiting = 100;

    private readonly long[] _versions = new long[world.Plan.Conversations];
    private readonly List<(IWithConversationId Message, Party? Sender)> _waiting = [];
    private int _incarnations;

    public override void Receive(object message, Party? sender)
    {
        switch (message)
        {
            case HomeIs home when home.Version > _versions[home.Conversation]:
                _versions[home.Conversation] = home.Version;
                Node!.Homes[home.Conversation] = home.Home;
                if (home.Home != Node.Nowhere) Flush();
                break;
            case Routed routed:
                Route(routed.Message, sender, routed.Hops);
                break;
        }
    }

    /// <summary>Sends a message to its conversation, from this node.</summary>
    public void Tell(IWithConversationId message, Party? sender) => Route(message, sender, hops: 0);

    private void Route(IWithConversationId message, Party? sender, int hops)
    {
        var conversation = Names.NumberOf(message.Conversation);
        var home = Node!.Homes[conversation];
        if (home == Node.Nowhere)
        {
            if (_waiting.Count < MaxWaiting) _waiting.Add((message, sender));
        }
        else if (home == Node.Id)
        {
            World.Post(Local(conversation), message, sender);
        }
        else if (hops < MaxHops)
        {
            World.Network.Send(Node, World.Nodes[home].Region, new Routed(message, hops + 1), sender);
        }
    }

    private ConversationParty Local(int conversation)
    {
        if (Node!.Conversations[conversation] is { Alive: true } alive) return alive;
        if (World.Cluster.Incarnations(conversation) > 0) World.Counts.Add(Happening.TwoIncarnations);
        var started = new ConversationParty(World, Node, conversation, ++_incarnations);
        Node.Conversations[conversation] = started;
        started.Start();
        return started;
    }

    private void Flush()
    {
        var waiting = _waiting.ToArray();
        _waiting.Clear();
        foreach (var (message, sender) in waiting) Route(message, sender, hops: 0);
    }
}
