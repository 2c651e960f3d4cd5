using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Simulation.Canaries;
using ActorLlm.Simulation.Checking;
using ActorLlm.Simulation.Parties;
using ActorLlm.Simulation.Plans;

namespace ActorLlm.Simulation.Worlds;

/// <summary>One run: the clock, what is under way, and all parties. One thread; nothing in it comes from outside but the plan.</summary>
internal sealed class World
{
    /// <summary>Everything must have its outcome this long after the faults ended, in ms of virtual time.</summary>
    public const long BoundMs = 120_000;

    // What comes late, such as a second result, comes while the run goes on for this long after everything is terminal.
    private const long AfterglowMs = 1500;

    // A run that does not come to its end for so many steps goes round in circles.
    private const int MaxDeliveries = 2_000_000;

    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly EventQueue _queue = new();
    private readonly CallerParty[] _callers;
    private uint _sequence;
    private long _doneAt = -1;

    public World(Plan plan, Canary canary, Trace? trace = null)
    {
        Plan = plan;
        Canary = canary;
        Trace = trace;
        Jitter = Dice.For(plan.Seed, 2);
        Random = new DiceRandom(Jitter);
        History = new History { Calm = plan.Weather == Weather.Calm, Mild = plan.Weather == Weather.Mild };
        Ids = [.. Enumerable.Range(0, plan.Conversations).Select(Names.Conversation)];
        Network = new Network(this);
        Database = new DatabaseParty(this);
        Model = new ModelParty(this);
        Cluster = new ClusterParty(this);
        Faults = new FaultParty(this);
        _callers = [.. Enumerable.Range(0, plan.Callers).Select(number => new CallerParty(this, number))];
    }

    public Plan Plan { get; }

    public Canary Canary { get; }

    public Trace? Trace { get; }

    public History History { get; }

    public Counts Counts { get; } = new();

    public Dice Jitter { get; }

    public Random Random { get; }

    public Network Network { get; }

    public DatabaseParty Database { get; }

    public ModelParty Model { get; }

    public ClusterParty Cluster { get; }

    public FaultParty Faults { get; }

    public IReadOnlyList<CallerParty> Callers => _callers;

    public ConversationId[] Ids { get; }

    /// <summary>The process at each address, dead or alive.</summary>
    public Node[] Nodes => Cluster.Nodes;

    public long NowMs { get; private set; }

    public DateTimeOffset Now => Epoch.AddMilliseconds(NowMs);

    public bool Healed { get; private set; }

    public int Deliveries { get; private set; }

    /// <summary>A fingerprint of everything that happened, in order.</summary>
    public ulong TraceHash { get; private set; } = 14695981039346656037UL;

    public static long MsOf(DateTimeOffset time) => (long)(time - Epoch).TotalMilliseconds;

    public Circumstances Circumstances() => new(Now, Jitter.Share(), Plan.Policy);

    /// <summary>Puts a message into a party's hands after a delay, whatever the network is like.</summary>
    public void Post(Party target, object message, Party? sender = null, long delay = 0) =>
        _queue.Add(new Delivery(Delivery.KeyOf(NowMs + delay, _sequence++), target, message, sender));

    public void Run()
    {
        Cluster.Start();
        Faults.Start();
        foreach (var caller in _callers) caller.Start();
        while (_queue.TryTake(out var next))
        {
            NowMs = Math.Max(NowMs, next.At);
            if (IsOver()) break;
            Deliver(next);
            Faults.AfterDelivery(++Deliveries);
        }

        History.EndedAt = NowMs;
        foreach (var caller in _callers) caller.End();
    }

    /// <summary>From now on nothing goes wrong any more.</summary>
    public void Heal()
    {
        Healed = true;
        History.HealedAt = NowMs;
        Trace?.Line(NowMs, "-- the faults are over --");
    }

    public void Resume(Node node)
    {
        if (!node.Paused) return;
        node.Paused = false;
        foreach (var late in node.Late) Post(late.Target, late.Message, late.Sender);
        node.Late.Clear();
    }

    public void Mark(ulong value) => TraceHash = (TraceHash ^ value) * 1099511628211UL;

    private bool IsOver()
    {
        if (Deliveries >= MaxDeliveries || (Healed && NowMs > History.HealedAt + BoundMs)) return true;
        if (!Healed || Database.OpenTurns != 0 || !Array.TrueForAll(_callers, caller => caller.Idle)) _doneAt = -1;
        else if (_doneAt < 0) _doneAt = NowMs;
        return _doneAt >= 0 && NowMs > _doneAt + AfterglowMs;
    }

    private void Deliver(in Delivery delivery)
    {
        var target = delivery.Target;
        if (!target.Alive || LostWithItsSender(delivery)) return;
        if (target.Node is { Paused: true } node)
        {
            node.Late.Add(delivery);
            return;
        }

        Mark(delivery.Key);
        Mark(Names.CodeOf(delivery.Message));
        Trace?.Delivered(NowMs, delivery);
        try
        {
            target.Receive(delivery.Message, delivery.Sender);
        }
        catch (InvalidOperationException error)
        {
            History.Errors.Add($"{NowMs} ms, {target} <- {delivery.Message.GetType().Name}: {error.Message}");
            target.Alive = false;
        }
    }

    // What a killed process had sent may still have been in its own buffers.
    private static bool LostWithItsSender(in Delivery delivery) =>
        delivery.Sender?.Node is { Running: false } from && delivery.Target.Node != from && ((delivery.Key * 0x9E3779B97F4A7C15UL) >> 63) == 1;
}
