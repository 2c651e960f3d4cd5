using ActorLlm.KillTest.Journal;
using ActorLlm.KillTest.Ledger;

namespace ActorLlm.KillTest.Reporting;

/// <summary>How long turns that were unfinished at a kill took to their outcome, counted from the kill.</summary>
internal sealed class Failover
{
    private readonly ILookup<string, JournalEvent> _events;

    public Failover(IEnumerable<JournalEvent> journal) => _events = journal.ToLookup(e => e.Turn);

    /// <summary>Of every turn that was unfinished.</summary>
    public Spread OfAll(IEnumerable<KillRecord> kills) => Of(kills, (_, _) => true);

    /// <summary>Of those alone that the kill hit: a request failed, or an attempt did, after it.</summary>
    public Spread OfHit(IEnumerable<KillRecord> kills) => Of(kills, IsHit);

    private Spread Of(IEnumerable<KillRecord> kills, Func<KillRecord, TurnRecord, bool> wanted) => new(
        from kill in kills
        from turn in kill.Unfinished
        let settled = Settled(turn)
        where settled > kill.At && wanted(kill, turn)
        select settled.Value - kill.At);

    private bool IsHit(KillRecord kill, TurnRecord turn) =>
        turn.Failures.Any(at => at >= kill.At) || _events[turn.Key].Any(e => e.Kind == EventKind.AttemptFailed && e.At >= kill.At);

    // Nobody waits for a turn that was left: its outcome is when it was committed.
    private DateTimeOffset? Settled(TurnRecord turn) =>
        turn.Unattended ? _events[turn.Key].FirstOrDefault(e => e.IsTerminal)?.At : turn.Settled;
}
