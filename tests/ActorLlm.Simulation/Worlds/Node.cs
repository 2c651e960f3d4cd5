using ActorLlm.Simulation.Parties;

namespace ActorLlm.Simulation.Worlds;

/// <summary>One process of the cluster, from its start to its end. A process started again at the same address is another node.</summary>
internal sealed class Node
{
    /// <summary>No home of a conversation is known.</summary>
    public const int Nowhere = -1;

    public Node(World world, int id, int incarnation)
    {
        Id = id;
        Incarnation = incarnation;
        Homes = new int[world.Plan.Conversations];
        Array.Fill(Homes, Nowhere);
        Conversations = new ConversationParty?[world.Plan.Conversations];
        Journal = new JournalParty(world, this);
        Dispatcher = new DispatcherParty(world, this);
        Worker = new WorkerParty(world, this);
        Client = new ClientParty(world, this);
        Region = new RegionParty(world, this);
    }

    public int Id { get; }

    public int Incarnation { get; }

    /// <summary>The process is there.</summary>
    public bool Running { get; private set; } = true;

    /// <summary>The process is stopped, as by SIGSTOP: nothing happens in it, and what comes waits.</summary>
    public bool Paused { get; set; }

    /// <summary>The cluster has taken it in and has not removed it.</summary>
    public bool Member { get; set; }

    public List<Delivery> Late { get; } = [];

    /// <summary>Where this node believes each conversation to live.</summary>
    public int[] Homes { get; }

    public ConversationParty?[] Conversations { get; }

    public RegionParty Region { get; }

    public DispatcherParty Dispatcher { get; }

    public WorkerParty Worker { get; }

    public ClientParty Client { get; }

    public JournalParty Journal { get; }

    public WatchParty? Watch { get; set; }

    /// <summary>As by kill -9: nobody in it does anything any more, not even a farewell.</summary>
    public void Kill()
    {
        Running = false;
        Member = false;
        foreach (var conversation in Conversations)
        {
            if (conversation is not null) conversation.Alive = false;
        }

        Region.Alive = Dispatcher.Alive = Worker.Alive = Client.Alive = Journal.Alive = false;
        if (Watch is { } watch) watch.Alive = false;
        Late.Clear();
    }

    public override string ToString() => $"n{Id}.{Incarnation}";
}
