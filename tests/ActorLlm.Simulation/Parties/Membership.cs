using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Parties;

/// <summary>Stands for Akka's membership, its split brain resolver (keep-majority) and its singletons: who is a member, and on which node the watch runs.</summary>
internal sealed class Membership(World world, ClusterParty cluster, Dice dice)
{
    private const long RemovedMs = 7000;

    /// <summary>From a process's start to its membership.</summary>
    public const long JoinMs = 2500;

    private readonly Node?[] _members = new Node?[world.Plan.Nodes];
    private readonly long[] _outSince = [.. Enumerable.Repeat(-1L, world.Plan.Nodes)];
    private readonly List<Node> _byAge = [];
    private readonly Reachability _reach = new(world, cluster);

    /// <summary>The member at each address.</summary>
    public IReadOnlyList<Node?> All => _members;

    public Node? this[int id] => _members[id];

    /// <summary>The largest group of members that talk to each other.</summary>
    public List<Node> MainSide() => _reach.MainSide(_members);

    /// <summary>Looks who reaches whom, and what follows from it.</summary>
    public void Watch()
    {
        _reach.Tell(_members);
        var main = _reach.MainSide(_members);
        RemoveSilent(main);
        foreach (var node in cluster.Nodes)
        {
            if (MayJoin(node, main)) Enter(node);
        }

        if (_byAge.Count > 0 && main.Contains(_byAge[0]) && _byAge[0].Watch is not { Alive: true })
        {
            _byAge[0].Watch = new WatchParty(world, _byAge[0]);
            _byAge[0].Watch!.Start();
        }
    }

    private void RemoveSilent(List<Node> main)
    {
        foreach (var member in _members)
        {
            if (member is null) continue;
            var replaced = !member.Running && cluster.Nodes[member.Id].Running && main.Count > 0;
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
                _outSince[member.Id] = world.NowMs;
            }
            else if (world.NowMs - _outSince[member.Id] >= RemovedMs && main.Count > 0)
            {
                if (HasMajority(main)) Remove(member, main);
                else foreach (var node in main) world.Post(cluster, new NodeLeaves(node), null, dice.Below(1000));
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

    /// <summary>Puts a member out; those of the main side are told, and get its conversations.</summary>
    public void Remove(Node member, List<Node> main)
    {
        world.Trace?.Line(world.NowMs, $"{member} is removed from the cluster");
        _members[member.Id] = null;
        _byAge.Remove(member);
        member.Member = false;
        _outSince[member.Id] = -1;
        if (member.Running)
        {
            world.Counts.Add(Happening.NodeRemovedAlive);
            if (!member.Paused) world.Post(cluster, new NodeLeaves(member), null, dice.Below(2500));
        }

        foreach (var node in main) TellAll(node, new MemberRemoved(member.Id));
        cluster.Homes.Replace(member, main);
    }

    private void Forget()
    {
        Array.Clear(_members);
        _byAge.Clear();
        cluster.Homes.Forget();
    }

    private bool MayJoin(Node node, List<Node> main) =>
        node is { Running: true, Paused: false, Member: false } && _members[node.Id] is null && world.NowMs - cluster.StartedAt(node) >= JoinMs
        && node.Incarnation > 1 && (main.Count > 0 ? main.Any(member => _reach.Talk(member, node)) : _members.All(member => member is null));

    /// <summary>Takes a node in.</summary>
    public void Enter(Node node)
    {
        world.Trace?.Line(world.NowMs, $"{node} is up");
        node.Member = true;
        _members[node.Id] = node;
        _byAge.Add(node);
        _outSince[node.Id] = -1;
        _reach.Forget(node.Id);
        foreach (var member in _members)
        {
            if (member is null) continue;
            TellAll(member, new MemberIs(node.Id, true));
            if (member != node) TellAll(node, new MemberIs(member.Id, true));
        }

        cluster.Homes.Introduce(node);
    }

    private void TellAll(Node node, object news)
    {
        if (!node.Running) return;
        world.Post(node.Dispatcher, news, cluster, 1);
        world.Post(node.Worker, news, cluster, 1);
        if (node.Watch is { } watch && news is MemberRemoved) world.Post(watch, news, cluster, 1);
    }
}
