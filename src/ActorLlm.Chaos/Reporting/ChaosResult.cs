using ActorLlm.Chaos.Checking;
using ActorLlm.Chaos.Journal;
using ActorLlm.Chaos.Ledger;
using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Reporting;

/// <summary>All that a run found.</summary>
/// <param name="Options">What it was asked for.</param>
/// <param name="Clients">What the clients did and saw.</param>
/// <param name="Journal">What is stored.</param>
/// <param name="Servers">What the servers know.</param>
/// <param name="Verdict">What is wrong.</param>
/// <param name="Healing">From the end of the faults to the last outcome.</param>
internal sealed record ChaosResult(
    ChaosOptions Options, ClientLedger Clients, IReadOnlyList<JournalEvent> Journal, ServersReport Servers, Verdict Verdict, TimeSpan Healing)
{
    /// <summary>Why faults were no longer injected before the time was over; null if they were.</summary>
    public string? Trouble { get; init; }

    /// <summary>Whether replies could be held against what the model must have answered.</summary>
    public bool HasSimulatedModel { get; init; } = true;

    /// <summary>Whether a time in the journal can be held against those of clients and faults.</summary>
    public Func<DateTimeOffset, bool> IsComparable { get; init; } = _ => true;

    /// <summary>How long turns took to their outcome after a fault.</summary>
    public Failover Failover => new(Journal.Where(e => IsComparable(e.At)), Clients.Faults);

    public int Count(EventKind kind) => Journal.Count(e => e.Kind == kind);

    /// <summary>Whether the promise held, and something was there to break it.</summary>
    public bool Passed => Verdict.Holds && Shortcoming is null && Trouble is null;

    /// <summary>Why the run proves nothing; null if it does.</summary>
    public string? Shortcoming =>
        Count(EventKind.Committed) == 0 ? "No reply was committed."
        : !Clients.Faults.Any(fault => fault.Unfinished.Count > 0) ? "No fault met an unfinished turn."
        : null;

    /// <summary>Calls of the model beyond the attempts that the journal has: an attempt leaves an event unless it is the last one.</summary>
    public int UnexplainedCalls(ModelCalls calls)
    {
        var failed = Journal.Where(e => e.Kind == EventKind.AttemptFailed).CountBy(e => e.Turn).ToDictionary();
        return calls.ByTurn.Sum(turn => Math.Max(0, turn.Value.Started - 1 - failed.GetValueOrDefault(turn.Key)));
    }
}
