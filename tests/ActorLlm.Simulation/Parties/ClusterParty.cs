using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Parties;

/// <summary>A process ends by itself: its cluster has decided to do without it.</summary>
internal sealed record NodeLeaves(Node Node);

/// <summary>
/// Stands for Akka's membership, split brain resolver (keep-majority), sharding and singleton: who is a member, who can be reached, where each
/// conversation lives, and where the watch does. It knows all; what each node believes comes to it late, and not to one that is stopped.
/// </summary>
internal sealed class ClusterParty : Party
{
    /// <summary>How often it looks who reaches whom.</summary>
    public const long TickMs = 500;

    // Results that were interrupted still have to be acknowledged.
    private const long DrainSlackMs = 1500;

    private readonly Dice _dice;
    private readonly long[] _startedAt;
    private readonly bool[] _starting;

    public ClusterParty(World world)
        : base(world, null, "cluster")
    {
        _dice = Dice.For(world.Plan.Seed, 6);
        _startedAt = new long[world.Plan.Nodes];
        _starting = new bool[world.Plan.Nodes];
        Nodes = new Node[world.Plan.Nodes];
        Homes = new Homes(world, this, _dice);
        Membership = new Membership(world, this, _dice);
    }

    /// <summary>The process at each address, dead or alive.</summary>
    public Node[] Nodes { get; }

    /// <summary>Where each conversation lives.</summary>
    public Homes Homes { get; }

    /// <summary>Who is a member.</summary>
    public Membership Membership { get; }

    public void Start()
    {
        for (var id = 0; id < Nodes.Length; id++) Nodes[id] = new Node(World, id, 1);
        foreach (var node in Nodes) Membership.Enter(node);
        Homes.Start(Nodes.Length);
        World.Post(this, Tick.Instance, null, TickMs);
    }

    /// <summary>When the process at a node's address was started.</summary>
    public long StartedAt(Node node) => _startedAt[node.Id];

    /// <summary>Living incarnations of a conversation.</summary>
    public int Incarnations(int conversation) => Nodes.Count(node => node.Running && node.Conversations[conversation] is { Alive: true });

    public override void Receive(object message, Party? sender)
    {
        switch (message)
        {
            case Tick:
                Membership.Watch();
                World.Post(this, Tick.Instance, null, TickMs);
                break;
            case StartNode start when !Nodes[start.Id].Running:
                _starting[start.Id] = false;
                Nodes[start.Id] = new Node(World, start.Id, Nodes[start.Id].Incarnation + 1);
                _startedAt[start.Id] = World.NowMs;
                World.Trace?.Line(World.NowMs, $"{Nodes[start.Id]} starts");
                break;
            case NodeLeaves { Node: { Running: true } node }:
                Kill(node, _dice.Between(500, 3000));
                break;
            case HandOver { Node: { Running: true, Paused: false } leaving }:
                HandOverAll(leaving);
                break;
            case GoOut { Node: { Running: true, Paused: false } gone }:
                Finish(gone);
                break;
            case HandOffEnds ends:
                Homes.Receive(ends);
                break;
        }
    }

    /// <summary>Ends a process at once; it starts again after a time.</summary>
    public void Kill(Node node, long downMs)
    {
        if (!node.Running) return;
        World.Counts.Add(Happening.NodeKilled);
        World.Trace?.Line(World.NowMs, $"{node} is killed");
        node.Kill();
        foreach (var caller in World.Callers) World.Post(caller, new ConnectionsCut(node), null, 1 + _dice.Below(200));
        StartLater(node.Id, downMs);
    }

    /// <summary>Ends a process in order: its worker is drained, its conversations are handed over, it leaves the cluster, and starts again.</summary>
    public void Drain(Node node, long patienceMs)
    {
        if (node is not { Running: true, Member: true, Paused: false }) return;
        World.Counts.Add(Happening.NodeDrained);
        World.Post(node.Worker, new Drain(patienceMs), this);
        World.Post(this, new HandOver(node), null, patienceMs + DrainSlackMs);
    }

    public void StartLater(int id, long delay)
    {
        if (_starting[id]) return;
        _starting[id] = true;
        World.Post(this, new StartNode(id), null, delay);
    }

    /// <summary>What a stopped process finds out when it goes on: it may have been removed meanwhile.</summary>
    public void WentOn(Node node)
    {
        if (!node.Running || Membership[node.Id] == node || _startedAt[node.Id] + Membership.JoinMs > World.NowMs) return;
        World.Counts.Add(Happening.NodePausedPastRemoval);
        World.Post(this, new NodeLeaves(node), null, _dice.Between(200, 3000));
    }

    private void HandOverAll(Node node)
    {
        Homes.MoveAll(node, [.. Membership.All.OfType<Node>().Where(member => member is { Running: true, Paused: false } && member != node)]);
        World.Post(this, new GoOut(node), null, Homes.HandOverMs);
    }

    private void Finish(Node node)
    {
        var rest = Membership.MainSide();
        rest.Remove(node);
        if (Membership[node.Id] == node && rest.Count > 0) Membership.Remove(node, rest);
        Kill(node, _dice.Between(500, 3000));
    }

    private sealed record Tick
    {
        public static Tick Instance { get; } = new();
    }

    private sealed record StartNode(int Id);

    private sealed record HandOver(Node Node);

    private sealed record GoOut(Node Node);
}
