using System.Globalization;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Simulation.Plans;

/// <summary>How bad the weather of a run is, which decides what the checker may demand of it.</summary>
internal enum Weather
{
    /// <summary>No fault at all but a slow model: nothing may be executed twice.</summary>
    Calm,

    /// <summary>Single messages are lost, and nothing else: a result that was made once is not made again.</summary>
    Mild,

    /// <summary>Anything.</summary>
    Stormy,
}

/// <summary>What a caller does.</summary>
internal enum StepKind
{
    Submit,
    Cancel,
    Acknowledge,
    Get,
    View,
}

/// <summary>One thing that a caller does.</summary>
/// <param name="At">When, in ms.</param>
/// <param name="Kind">What.</param>
/// <param name="Caller">Who.</param>
/// <param name="Conversation">Where.</param>
/// <param name="Turn">The turn's number in its conversation; repeats share it.</param>
/// <param name="Content">Which content: 0 is the turn's own, 1 another one under the same id, 2 one too large, 3 one that the model refuses.</param>
/// <param name="Overlap">The overlap policy.</param>
/// <param name="DeadlineMs">The deadline; 0 for none.</param>
/// <param name="Stream">Whether the text is watched.</param>
/// <param name="Leaves">Whether the caller leaves once the turn is accepted.</param>
/// <param name="Node">The node that is asked first.</param>
internal sealed record Step(
    long At, StepKind Kind, int Caller, int Conversation, int Turn, ContentKind Content, OverlapPolicy Overlap, long DeadlineMs, bool Stream,
    bool Leaves, int Node)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{At} ms: caller {Caller} {Kind} c{Conversation}/t{Turn} {Content} {Overlap} deadline {DeadlineMs}{(Stream ? " stream" : "")}{(Leaves ? " leaves" : "")} by n{Node}");
}

/// <summary>What a submission says.</summary>
internal enum ContentKind
{
    /// <summary>What belongs to the turn's id.</summary>
    Own,

    /// <summary>Something else under the same id.</summary>
    Other,

    /// <summary>More than fits into a frame.</summary>
    Oversize,

    /// <summary>What the model refuses each time.</summary>
    Poison,
}

/// <summary>A fault.</summary>
internal enum FaultKind
{
    KillNode,
    KillAllNodes,
    PauseNode,
    DrainNode,
    Isolate,
    OneWayPartition,
    CutDatabaseConnections,
    CrashConversation,
    CrashWorker,
    CrashCaller,
    MoveConversation,
    TwoHomes,
    LossyNetwork,
    DuplicatingNetwork,
    SlowNetwork,
    LoseMessage,
    DatabaseDown,
    DatabaseSlow,
    DatabaseFails,
    DatabaseLosesAnswers,
    ModelRefuses,
    ModelLimitsRate,
    ModelHangs,
    ModelCutsOff,
}

/// <summary>One fault of a run.</summary>
/// <param name="At">When, in ms; not used where <paramref name="AfterDelivery"/> is set.</param>
/// <param name="AfterDelivery">Between which two steps: after this many deliveries; 0 where the time says it.</param>
/// <param name="Kind">What.</param>
/// <param name="Target">Which node, conversation, caller or message; taken modulo their number.</param>
/// <param name="Duration">For how long, in ms.</param>
/// <param name="Level">How strong: a percentage, or what the kind makes of it.</param>
internal sealed record Fault(long At, int AfterDelivery, FaultKind Kind, int Target, long Duration, int Level)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(AfterDelivery > 0 ? $"after delivery {AfterDelivery}" : $"{At} ms")}: {Kind} {Target} for {Duration} ms, level {Level}");
}

/// <summary>Everything that is decided before a run starts; the seed decides the rest.</summary>
internal sealed record Plan
{
    public required ulong Seed { get; init; }

    public required Weather Weather { get; init; }

    public required int Nodes { get; init; }

    public required int Conversations { get; init; }

    public required int Callers { get; init; }

    public required int WorkerConcurrency { get; init; }

    /// <summary>Events between two snapshots. The real rule goes by bytes, of which a run has far too few.</summary>
    public required int SnapshotEvery { get; init; }

    public required Domain.ConversationPolicy Policy { get; init; }

    /// <summary>Longest time that the model takes while all is well, in ms.</summary>
    public required int ModelMs { get; init; }

    /// <summary>How often, in percent, the model fails for a reason of its own while faults are allowed.</summary>
    public required int ModelFailsPercent { get; init; }

    /// <summary>Whether every message and event goes through the real serializer.</summary>
    public required bool Wire { get; init; }

    /// <summary>When every fault is over and everything works again, in ms.</summary>
    public required long HealAt { get; init; }

    public required IReadOnlyList<Step> Steps { get; init; }

    public required IReadOnlyList<Fault> Faults { get; init; }

    /// <summary>Faults, then steps: what a smaller plan may leave out.</summary>
    public int Items => Faults.Count + Steps.Count;

    /// <summary>The plan with these items and no others.</summary>
    public Plan With(IReadOnlyCollection<int> items) => this with
    {
        Faults = [.. Faults.Where((_, index) => items.Contains(index))],
        Steps = [.. Steps.Where((_, index) => items.Contains(Faults.Count + index))],
    };
}
