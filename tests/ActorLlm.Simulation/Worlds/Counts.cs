using ActorLlm.Simulation.Plans;

namespace ActorLlm.Simulation.Worlds;

/// <summary>What happened to a run besides its planned faults, or to many runs together.</summary>
internal enum Happening
{
    NodeKilled,
    NodeDrained,
    AttemptInterrupted,
    NodeRemovedAlive,
    NodePausedPastRemoval,
    ConversationCrashed,
    TwoIncarnations,
    MessageLost,
    MessageDuplicated,
    MessageDelayed,
    MessageHeldByPartition,
    WriteFailed,
    WriteOutcomeUnknown,
    WriteStale,
    ReadFailed,
    SnapshotSaved,
    SnapshotRecovered,
    Recovery,
    ModelFailed,
    ModelLimitedRate,
    ModelHung,
    ModelCutOff,
    WorkerLostCounted,
    CallerCrashed,
    ConversationWoken,
    TurnAccepted,
    TurnSettled,
    ModelCalled,
    OversizeSubmitted,
}

/// <summary>Sums, by kind.</summary>
internal sealed class Counts
{
    private readonly long[] _faults = new long[Enum.GetValues<FaultKind>().Length];
    private readonly long[] _happenings = new long[Enum.GetValues<Happening>().Length];

    public long this[FaultKind kind] => _faults[(int)kind];

    public long this[Happening kind] => _happenings[(int)kind];

    public void Add(FaultKind kind) => _faults[(int)kind]++;

    public void Add(Happening kind) => _happenings[(int)kind]++;

    public void Add(Counts other)
    {
        for (var i = 0; i < _faults.Length; i++) _faults[i] += other._faults[i];
        for (var i = 0; i < _happenings.Length; i++) _happenings[i] += other._happenings[i];
    }
}
