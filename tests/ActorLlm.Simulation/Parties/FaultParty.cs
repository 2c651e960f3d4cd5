using ActorLlm.Simulation.Plans;
using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Parties;

/// <summary>Injects the plan's faults, each at its time or between two deliveries, and ends them all.</summary>
internal sealed class FaultParty(World world) : Party(world, null, "faults")
{
    private readonly Queue<Fault> _bySteps = new(world.Plan.Faults.Where(fault => fault.AfterDelivery > 0).OrderBy(fault => fault.AfterDelivery));

    public void Start()
    {
        foreach (var fault in World.Plan.Faults)
        {
            if (fault.AfterDelivery == 0) World.Post(this, fault, null, fault.At);
        }

        World.Post(this, HealAll.Instance, null, World.Plan.HealAt);
    }

    public void AfterDelivery(int count)
    {
        while (_bySteps.TryPeek(out var fault) && fault.AfterDelivery <= count)
        {
            _bySteps.Dequeue();
            Inject(fault);
        }
    }

    public override void Receive(object message, Party? sender)
    {
        switch (message)
        {
            case Fault fault:
                Inject(fault);
                break;
            case Undo undo:
                undo.Action();
                break;
            case HealAll:
                Heal();
                break;
        }
    }

    private void Inject(Fault fault)
    {
        if (World.Healed) return;
        World.Trace?.Line(World.NowMs, $"-- fault: {fault} --");
        World.Counts.Add(fault.Kind);
        var node = World.Nodes[fault.Target % World.Nodes.Length];
        var conversation = fault.Target % World.Plan.Conversations;
        switch (fault.Kind)
        {
            case FaultKind.KillNode:
                World.Cluster.Kill(node, Until(fault.Duration) - World.NowMs);
                break;
            case FaultKind.KillAllNodes:
                foreach (var each in World.Nodes) World.Cluster.Kill(each, Until(fault.Duration) - World.NowMs + each.Id * 300);
                break;
            case FaultKind.PauseNode:
                Pause(node, fault.Duration);
                break;
            case FaultKind.DrainNode:
                World.Cluster.Drain(node, fault.Level * 100);
                break;
            case FaultKind.Isolate or FaultKind.OneWayPartition:
                Part(node, fault);
                break;
            case FaultKind.CutDatabaseConnections:
                World.Database.CutConnections(node.Id);
                break;
            case FaultKind.CrashConversation:
                Crash(conversation);
                break;
            case FaultKind.CrashWorker when node.Running:
                node.Worker.Restart();
                break;
            case FaultKind.CrashCaller:
                World.Callers[fault.Target % World.Callers.Count].Crash();
                break;
            case FaultKind.MoveConversation:
                World.Cluster.Homes.Move(conversation, fault.Level % World.Nodes.Length);
                break;
            case FaultKind.TwoHomes:
                World.Cluster.Homes.Confuse(conversation, fault.Level % World.Nodes.Length, Until(fault.Duration));
                break;
            case FaultKind.LoseMessage:
                World.Network.LoseNext(fault.Target);
                break;
            default:
                ChangeWeather(fault);
                break;
        }
    }

    private void ChangeWeather(Fault fault)
    {
        var (network, database, model) = (World.Network, World.Database, World.Model);
        switch (fault.Kind)
        {
            case FaultKind.LossyNetwork:
                For(fault, () => network.LossPercent = fault.Level, () => network.LossPercent = 0);
                break;
            case FaultKind.DuplicatingNetwork:
                For(fault, () => network.DuplicatePercent = fault.Level, () => network.DuplicatePercent = 0);
                break;
            case FaultKind.SlowNetwork:
                For(fault, () => network.SlowMs = fault.Level * 100, () => network.SlowMs = 0);
                break;
            case FaultKind.DatabaseDown:
                For(fault, () => database.Down = true, () => database.Down = false);
                break;
            case FaultKind.DatabaseSlow:
                For(fault, () => database.SlowMs = fault.Level * 100, () => database.SlowMs = 0);
                break;
            case FaultKind.DatabaseFails:
                For(fault, () => database.FailPercent = fault.Level, () => database.FailPercent = 0);
                break;
            case FaultKind.DatabaseLosesAnswers:
                For(fault, () => database.LoseAnswerPercent = fault.Level, () => database.LoseAnswerPercent = 0);
                break;
            case FaultKind.ModelRefuses:
                For(fault, () => model.Mood = ModelMood.Refuses, () => model.Mood = ModelMood.Well);
                break;
            case FaultKind.ModelLimitsRate:
                For(fault, () => model.Mood = ModelMood.LimitsRate, () => model.Mood = ModelMood.Well);
                break;
            case FaultKind.ModelHangs:
                For(fault, () => model.Mood = ModelMood.Hangs, () => model.Mood = ModelMood.Well);
                break;
            case FaultKind.ModelCutsOff:
                For(fault, () => model.Mood = ModelMood.CutsOff, () => model.Mood = ModelMood.Well);
                break;
        }
    }

    private void For(Fault fault, Action begin, Action end)
    {
        begin();
        World.Post(this, new Undo(end), null, Until(fault.Duration) - World.NowMs);
    }

    private long Until(long duration) => Math.Min(World.NowMs + duration, World.Plan.HealAt);

    private void Pause(Node node, long duration)
    {
        if (!node.Running || node.Paused) return;
        node.Paused = true;
        World.Post(this, new Undo(() => GoOn(node)), null, Until(duration) - World.NowMs);
    }

    private void GoOn(Node node)
    {
        if (!node.Paused) return;
        World.Resume(node);
        World.Cluster.WentOn(node);
    }

    private void Part(Node node, Fault fault)
    {
        var wide = fault.Kind == FaultKind.Isolate;
        Block(node, wide, +1);
        World.Post(this, new Undo(() => Block(node, wide, -1)), null, Until(fault.Duration) - World.NowMs);
    }

    private void Block(Node node, bool bothWays, int change)
    {
        foreach (var other in World.Nodes)
        {
            if (other.Id == node.Id) continue;
            World.Network.Block(node.Id, other.Id, change);
            if (bothWays) World.Network.Block(other.Id, node.Id, change);
        }
    }

    private void Crash(int conversation)
    {
        foreach (var node in World.Nodes)
        {
            if (!node.Running || node.Conversations[conversation] is not { Alive: true } there) continue;
            World.Counts.Add(Happening.ConversationCrashed);
            there.Stop();
        }
    }

    private void Heal()
    {
        World.Network.Heal();
        foreach (var node in World.Nodes)
        {
            if (node.Running) GoOn(node);
            else World.Cluster.StartLater(node.Id, 500);
        }

        World.Heal();
    }

    private sealed record Undo(Action Action);

    private sealed record HealAll
    {
        public static HealAll Instance { get; } = new();
    }
}
