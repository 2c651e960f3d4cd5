namespace ActorLlm.Simulation.Canaries;

/// <summary>A deliberate defect. The simulation must catch each of them: what it does not catch it cannot prove absent.</summary>
internal enum Canary
{
    None,

    /// <summary>The acceptance is told before it is durable.</summary>
    AcknowledgeBeforePersist,

    /// <summary>A repeated submission is accepted again.</summary>
    NoDedupe,

    /// <summary>A snapshot does not hold the ids of settled turns.</summary>
    DedupeForgottenAtSnapshot,

    /// <summary>A recovered conversation does not look at what it owes.</summary>
    EffectsNotRederived,

    /// <summary>A result for a turn that is settled is committed.</summary>
    LateResultCommitted,

    /// <summary>A worker once started never counts as silent.</summary>
    HeartbeatNeverTimesOut,

    /// <summary>An attempt is given up after a fixed time, alive or not.</summary>
    FixedRunTimeout,

    /// <summary>Nobody wakes unfinished conversations.</summary>
    UnwokenAfterFullKill,

    /// <summary>A worker sends its result once and forgets it.</summary>
    WorkerForgetsResult,

    /// <summary>The next attempt does not wait as long as the provider asked.</summary>
    RetryAfterIgnored,

    /// <summary>A snapshot does not hold the unfinished turns.</summary>
    SnapshotWithoutOutbox,

    /// <summary>The journal takes two rows of one conversation with one number.</summary>
    MissingUniqueIndex,

    /// <summary>A replay drops rows of a writer that had written before another one did.</summary>
    WriterUuidFilter,

    /// <summary>A reply that was cut off counts as a whole one.</summary>
    StreamEndsEarlyAsSuccess,

    /// <summary>A conversation goes on after the journal rejected its write.</summary>
    StaleWriterNotStopped,

    /// <summary>A conversation that another incarnation has overtaken, and that has nothing to write itself, does not look into the journal.</summary>
    OvertakenIncarnationStays,

    /// <summary>Two contents under one id are one call to a node's client.</summary>
    AnswersNotToldApart,

    /// <summary>A frame that is too large is not refused where it is made, but dropped on its way.</summary>
    OversizeFrameDropped,
}
