using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Routing;
using ActorLlm.Simulation.Canaries;

namespace ActorLlm.Simulation.Worlds;

/// <summary>Carries messages between nodes: it drops, doubles, delays and reorders, and takes sides in a partition.</summary>
internal sealed class Network(World world)
{
    private const int LatencyMs = 3;
    private const int HeldPercent = 25;
    private const int HeldMs = 15_000;

    // What a fault may lose one of.
    private static readonly Type[] Losable =
    [
        typeof(AttemptResult), typeof(ResultAck), typeof(RunAttempt), typeof(Heartbeat), typeof(SubmitTurn), typeof(TurnPending), typeof(TurnSettled),
        typeof(FollowTurn), typeof(StreamChunk), typeof(AttemptResult), typeof(StopAttempt), typeof(LoadReport), typeof(WakeConversation),
    ];

    private readonly Dice _dice = Dice.For(world.Plan.Seed, 3);
    private readonly int[,] _blocked = new int[world.Plan.Nodes, world.Plan.Nodes];
    private readonly List<Type> _toLose = [];

    public int LossPercent { get; set; }

    public int DuplicatePercent { get; set; }

    /// <summary>Longest delay of a slow network, in ms.</summary>
    public int SlowMs { get; set; }

    public bool Connected(int from, int to) => _blocked[from, to] == 0;

    /// <summary>Nothing gets from one node to another, until it is undone.</summary>
    public void Block(int from, int to, int change) => _blocked[from, to] += change;

    public void LoseNext(int which) => _toLose.Add(Losable[which % Losable.Length]);

    public void Heal() => _toLose.Clear();

    /// <summary>Sends a message from one node to a party, on the same node or another one.</summary>
    public void Send(Node? from, Party target, object message, Party? sender)
    {
        if (from is null || target.Node is null || from == target.Node)
        {
            world.Post(target, message, sender, from == target.Node ? 0 : 1);
            return;
        }

        if (world.Canary == Canary.OversizeFrameDropped && IsOversize(message)) return;
        if (world.Plan.Wire) message = Wire.Through(message);
        var delay = 1L + _dice.Below(LatencyMs);
        if (!Connected(from.Id, target.Node.Id))
        {
            if (!_dice.Chance(HeldPercent))
            {
                world.Counts.Add(Happening.MessageLost);
                return;
            }

            world.Counts.Add(Happening.MessageHeldByPartition);
            delay += _dice.Below(HeldMs);
        }

        if (_toLose.Count > 0 && _toLose.Remove(Inner(message).GetType()) || (LossPercent > 0 && _dice.Chance(LossPercent)))
        {
            world.Counts.Add(Happening.MessageLost);
            world.Trace?.Line(world.NowMs, $"lost: {Trace.Describe(message)} from {from} to {target}");
            return;
        }

        if (SlowMs > 0 && _dice.Chance(40))
        {
            world.Counts.Add(Happening.MessageDelayed);
            delay += _dice.Below(SlowMs);
        }

        world.Post(target, message, sender, delay);
        if (DuplicatePercent == 0 || !_dice.Chance(DuplicatePercent)) return;
        world.Counts.Add(Happening.MessageDuplicated);
        world.Post(target, message, sender, delay + _dice.Below(2000));
    }

    private static object Inner(object message) => message is Routed routed ? routed.Message : message;

    private static bool IsOversize(object message) => Inner(message) is SubmitTurn submit && submit.Content == Contents.Oversize;
}

/// <summary>A message for a conversation, on its way between two regions.</summary>
internal sealed record Routed(IWithConversationId Message, int Hops);
