using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Parties;

/// <summary>Stands for Akka's failure detector: which members talk to each other, and since when two do not.</summary>
internal sealed class Reachability
{
    private const long UnreachableMs = 4000;

    private readonly World _world;
    private readonly ClusterParty _cluster;
    private readonly long[,] _silentSince;

    public Reachability(World world, ClusterParty cluster)
    {
        (_world, _cluster) = (world, cluster);
        _silentSince = new long[world.Plan.Nodes, world.Plan.Nodes];
        for (var id = 0; id < world.Plan.Nodes; id++) Forget(id);
    }

    /// <summary>Starts anew for an address where a new process has come in.</summary>
    public void Forget(int id)
    {
        for (var other = 0; other < _world.Plan.Nodes; other++) _silentSince[id, other] = _silentSince[other, id] = -1;
    }

    /// <summary>Whether both hear each other.</summary>
    public bool Talk(Node a, Node b) =>
        a == b || (a.Running && b.Running && !a.Paused && !b.Paused && _world.Network.Connected(a.Id, b.Id) && _world.Network.Connected(b.Id, a.Id));

    /// <summary>Tells each member of those that it no longer reaches, or reaches again.</summary>
    public void Tell(Node?[] members)
    {
        foreach (var a in members)
        {
            if (a is not { Running: true, Paused: false }) continue;
            foreach (var b in members)
            {
                if (b is null || a == b) continue;
                ref var since = ref _silentSince[a.Id, b.Id];
                if (Talk(a, b))
                {
                    if (since >= 0 && _world.NowMs - since >= UnreachableMs) _world.Post(a.Dispatcher, new MemberIs(b.Id, true), _cluster);
                    since = -1;
                }
                else if (since < 0)
                {
                    since = _world.NowMs;
                }
                else if (_world.NowMs - since is >= UnreachableMs and < UnreachableMs + ClusterParty.TickMs)
                {
                    _world.Post(a.Dispatcher, new MemberIs(b.Id, false), _cluster);
                }
            }
        }
    }

    /// <summary>The largest group of members that talk to each other; of two equal ones the one with the lowest address.</summary>
    public List<Node> MainSide(Node?[] members)
    {
        List<Node> main = [];
        foreach (var first in members)
        {
            if (first is not { Running: true, Paused: false } || main.Contains(first)) continue;
            var group = new List<Node> { first };
            for (var i = 0; i < group.Count; i++)
            {
                foreach (var other in members)
                {
                    if (other is { Running: true, Paused: false } && !group.Contains(other) && Talk(group[i], other)) group.Add(other);
                }
            }

            if (group.Count > main.Count) main = group;
        }

        return main;
    }
}
