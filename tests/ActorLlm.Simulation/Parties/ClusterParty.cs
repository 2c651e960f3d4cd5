using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Parties;

/// <summary>
/// Stands for Akka's membership, split brain resolver (keep-majority), sharding and singleton: who is a member, who can be reached, where each
/// conversation lives, and where the watch does. It knows all; what each node believes comes to it late, and not to one that is stopped.
/// </summary>
internal sealed class ClusterParty(World world) : Party(world, null, "cluster")
{
    private const long TickMs = 500;
    private const long UnreachableMs = 4000;
    private const long RemovedMs = 7000;
    private const long JoinMs = 2500;
    private const int NewsMs = 400;
    private const long HandoffMs = 3000;

    // Results that were interrupted still have to be acknowledged.
    private const long DrainSlackMs = 1500;

    private readonly Dice _dice = Dice.For(world.Plan.Seed, 6);
    private readonly Node?[] _members = new Node?[world.Plan.Nodes];
    private readonly long[] _startedAt = new long[world.Plan.Nodes];
    private readonly long[] _outSince = new long[world.Plan.Nodes];
    private readonly long[,] _silentSince = new long[world.Plan.Nodes, world.Plan.Nodes];
    private readonly int[] _homes = new int[world.Plan.Conversations];
    private readonly long[] _handingOff = new long[world.Plan.Conversations];
    private readonly List<Node> _byAge = [];
    private readonly bool[] _starting = new bool[world.Plan.Nodes];
    private readonly int[] _began = new int[world.Plan.Conversations];
    private long _version;

    /// <summary>The process at each address, dead or alive.</summary>
    public Node[] Nodes { get; } = new Node[world.Plan.Nodes];

    public void Start()
    {
        for (var id = 0; id < Nodes.Length; id++)
        {
            Nodes[id] = new Node(World, id, 1);
            _outSince[id] = -1;
            for (var other = 0; other < Nodes.Length; other++) _silentSince[id, other] = -1;
        }

        foreach (var node in Nodes) Enter(node);
        for (var c = 0; c < _homes.Length; c++) Settle(c, _dice.Below(Nodes.Length), newsMs: 1);
        World.Post(this, Tick.Instance, null, TickMs);
    }

    public int HomeOf(int conversation) => _homes[conversation];

    /// <summary>How often a conversation was started.</summary>
    public void Began(int conversation) => _began[conversation]++;

    /// <summary>Living incarnations of a conversation.</summary>
    public int Incarnations(int conversation) => Nodes.Count(node => node.Running && node.Conversations[conversation] is { Alive: true });

    public override void Receive(object message, Party? sender)
    {
        switch (message)
        {
            case Tick:
                Watch();
                World.Post(this, Tick.Instance, null, TickMs);
                break;
            case StartNode start when !Nodes[start.Id].Running:
                _starting[start.Id] = false;
                Nodes[start.Id] = new Node(World, start.Id, Nodes[start.Id].Incarnation + 1);
                _startedAt[start.Id] = World.NowMs;
                World.Trace?.Line(World.NowMs, $"{Nodes[start.Id]} starts");
                break;
            case Leave { Node: { Running: true } node }:
                Kill(node, _dice.Between(500, 3000));
                break;
            case HandOver { Node: { Running: true, Paused: false } leaving }:
                HandOverAll(leaving);
                break;
            case GoOut { Node: { Running: true, Paused: false } gone }:
                Finish(gone);
                break;
            case HandOffEnds ends when _handingOff[ends.Conversation] == ends.Version:
                HandedOff(ends.Conversation);
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
        if (!node.Running || _members[node.Id] == node || _startedAt[node.Id] + JoinMs > World.NowMs) return;
        World.Counts.Add(Happening.NodePausedPastRemoval);
        World.Post(this, new Leave(node), null, _dice.Between(200, 3000));
    }

    /// <summary>Moves a conversation in order: it is stopped, then it lives at its new home.</summary>
    public void Move(int conversation, int to)
    {
        var home = _homes[conversation];
        if (home == Node.Nowhere || _members[to] is null) return;
        _homes[conversation] = to;
        _handingOff[conversation] = ++_version;
        if (Nodes[home].Conversations[conversation] is { Alive: true } there)
        {
            World.Post(there, StopConversation.Instance);
            World.Post(this, new HandOffEnds(conversation, _version), null, HandoffMs);
        }
        else
        {
            HandedOff(conversation);
        }
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
        foreach (var node in Nodes)
        {
            if (!node.Running || node.Id == home || (node.Id != other && _dice.Chance(50))) continue;
            World.Post(node.Region, new HomeIs(conversation, other, ++_version), this);
        }

        foreach (var node in Nodes)
        {
            if (node.Running) World.Post(node.Region, new HomeIs(conversation, home, ++_version), this, Math.Max(1, untilMs - World.NowMs) + _dice.Below(NewsMs));
        }
    }

    private void HandOverAll(Node node)
    {
        var others = _members.Where(member => member is { Running: true, Paused: false } && member != node).ToArray();
        for (var c = 0; c < _homes.Length; c++)
        {
            if (_homes[c] == node.Id && others.Length > 0) Move(c, others[_dice.Below(others.Length)]!.Id);
        }

        World.Post(this, new GoOut(node), null, HandoffMs + NewsMs);
    }

    private void Finish(Node node)
    {
        var rest = MainSide();
        rest.Remove(node);
        if (_members[node.Id] == node && rest.Count > 0) Remove(node, rest);
        Kill(node, _dice.Between(500, 3000));
    }

    private bool Talk(Node a, Node b) =>
        a == b || (a.Running && b.Running && !a.Paused && !b.Paused && World.Network.Connected(a.Id, b.Id) && World.Network.Connected(b.Id, a.Id));

    private void Watch()
    {
        TellReachability();
        var main = MainSide();
        RemoveSilent(main);
        foreach (var node in Nodes)
        {
            if (MayJoin(node, main)) Enter(node);
        }

        if (_byAge.Count > 0 && main.Contains(_byAge[0]) && _byAge[0].Watch is not { Alive: true })
        {
            _byAge[0].Watch = new WatchParty(World, _byAge[0]);
            _byAge[0].Watch!.Start();
        }
    }

    private void TellReachability()
    {
        foreach (var a in _members)
        {
            if (a is not { Running: true, Paused: false }) continue;
            foreach (var b in _members)
            {
                if (b is null || a == b) continue;
                ref var since = ref _silentSince[a.Id, b.Id];
                if (Talk(a, b))
                {
                    if (since >= 0 && World.NowMs - since >= UnreachableMs) World.Post(a.Dispatcher, new MemberIs(b.Id, true), this);
                    since = -1;
                }
                else if (since < 0)
                {
                    since = World.NowMs;
                }
                else if (World.NowMs - since is >= UnreachableMs and < UnreachableMs + TickMs)
                {
                    World.Post(a.Dispatcher, new MemberIs(b.Id, false), this);
                }
            }
        }
    }

    /// <summary>The largest group of members that talk to each other; of two equal ones the one with the lowest address.</summary>
    private List<Node> MainSide()
    {
        List<Node> main = [];
        foreach (var first in _members)
        {
            if (first is not { Running: true, Paused: false } || main.Contains(first)) continue;
            var group = new List<Node> { first };
            for (var i = 0; i < group.Count; i++)
            {
                foreach (var other in _members)
                {
                    if (other is { Running: true, Paused: false } && !group.Contains(other) && Talk(group[i], other)) group.Add(other);
                }
            }

            if (group.Count > main.Count) main = group;
        }

        return main;
    }

    private void RemoveSilent(List<Node> main)
    {
        foreach (var member in _members)
        {
            if (member is null) continue;
            var replaced = !member.Running && Nodes[member.Id].Running && main.Count > 0;
            if (main.Contains(member))
            {
                _outSince[member.Id] = -1;
            }
            else if (replaced)
            {
                Remove(member, main);
            }
            else if (_outSince[member.Id] < 0)
            {
                _outSince[member.Id] = World.NowMs;
            }
            else if (World.NowMs - _outSince[member.Id] >= RemovedMs && main.Count > 0)
            {
                if (HasMajority(main)) Remove(member, main);
                else foreach (var node in main) World.Post(this, new Leave(node), null, _dice.Below(1000));
            }
        }

        // Nobody of the old cluster is left, not even stopped: whoever starts first makes another one.
        if (main.Count == 0 && _members.All(member => member is not { Running: true })) Forget();
    }

    private bool HasMajority(List<Node> main)
    {
        var all = _members.Count(member => member is not null);
        return main.Count * 2 > all || (main.Count * 2 == all && main.Contains(_members.First(member => member is not null)!));
    }

    private void Remove(Node member, List<Node> main)
    {
        World.Trace?.Line(World.NowMs, $"{member} is removed from the cluster");
        _members[member.Id] = null;
        _byAge.Remove(member);
        member.Member = false;
        _outSince[member.Id] = -1;
        if (member.Running)
        {
            World.Counts.Add(Happening.NodeRemovedAlive);
            if (!member.Paused) World.Post(this, new Leave(member), null, _dice.Below(2500));
        }

        foreach (var node in main) TellAll(node, new MemberRemoved(member.Id));
        for (var c = 0; c < _homes.Length; c++)
        {
            if (_homes[c] == member.Id) Settle(c, main[_dice.Below(main.Count)].Id, NewsMs);
        }
    }

    private void Forget()
    {
        Array.Clear(_members);
        _byAge.Clear();
        Array.Fill(_homes, Node.Nowhere);
        Array.Clear(_handingOff);
    }

    private bool MayJoin(Node node, List<Node> main) =>
        node is { Running: true, Paused: false, Member: false } && _members[node.Id] is null && World.NowMs - _startedAt[node.Id] >= JoinMs
        && node.Incarnation > 1 && (main.Count > 0 ? main.Any(member => Talk(member, node)) : _members.All(member => member is null));

    private void Enter(Node node)
    {
        World.Trace?.Line(World.NowMs, $"{node} is up");
        node.Member = true;
        _members[node.Id] = node;
        _byAge.Add(node);
        _outSince[node.Id] = -1;
        for (var other = 0; other < Nodes.Length; other++) _silentSince[node.Id, other] = _silentSince[other, node.Id] = -1;
        foreach (var member in _members)
        {
            if (member is null) continue;
            TellAll(member, new MemberIs(node.Id, true));
            if (member != node) TellAll(node, new MemberIs(member.Id, true));
        }

        for (var c = 0; c < _homes.Length; c++)
        {
            if (_homes[c] == Node.Nowhere) Settle(c, node.Id, NewsMs);
            else World.Post(node.Region, new HomeIs(c, _homes[c], ++_version), this, _dice.Below(NewsMs));
        }
    }

    private void TellAll(Node node, object news)
    {
        if (!node.Running) return;
        World.Post(node.Dispatcher, news, this, 1);
        World.Post(node.Worker, news, this, 1);
        if (node.Watch is { } watch && news is MemberRemoved) World.Post(watch, news, this, 1);
    }

    private void Settle(int conversation, int home, int newsMs)
    {
        _homes[conversation] = home;
        _handingOff[conversation] = 0;
        Tell(conversation, newsMs);
    }

    private void Tell(int conversation, int newsMs = NewsMs)
    {
        foreach (var node in _members)
        {
            if (node is { Running: true }) World.Post(node.Region, new HomeIs(conversation, _homes[conversation], ++_version), this, _dice.Below(newsMs));
        }
    }

    private sealed record Tick
    {
        public static Tick Instance { get; } = new();
    }

    private sealed record StartNode(int Id);

    private sealed record HandOver(Node Node);

    private sealed record GoOut(Node Node);

    private sealed record Leave(Node Node);

    private sealed record HandOffEnds(int Conversation, long Version);
}
