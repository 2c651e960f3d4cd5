using ActorLlm.KillTest.Journal;
using ActorLlm.KillTest.Ledger;

namespace ActorLlm.KillTest.Reporting;

/// <summary>How long turns that were unfinished at a kill took to their outcome, counted from the kill.</summary>
internal sealed class Failover
{
    private readonly ILookup<string, JournalEvent> _events;
    private readonly Dictionary<KillRecord, DateTimeOffset> _next = [];

    public Failover(IEnumerable<JournalEvent> journal, IEnumerable<KillRecord> kills)
    {
        _events = journal.ToLookup(e => e.Turn);
        var inOrder = kills.OrderBy(kill => kill.At).ToArray();
        for (var i = 0; i < inOrder.Length; i++)
            _next[inOrder[i]] = i + 1 < inOrder.Length ? inOrder[i + 1].At : DateTimeOffset.MaxValue;
    }

    /// <summary>Of every turn that was unfinished, save those that the next kill met.</summary>
    public Spread OfAll(IEnumerable<KillRecord> kills) => Of(kills, (_, _) => true);

    /// <summary>Of those alone that the kill hit: a request failed, or an attempt did, after it.</summary>
    public Spread OfHit(IEnumerable<KillRecord> kills) => Of(kills, IsHit);

    /// <summary>Turns that were still unfinished when the next kill came.</summary>
    public int MetByNext(IEnumerable<KillRecord> kills) => kills.Sum(kill => kill.Unfinished.Count(turn => Settled(turn) is not { } settled || settled > _next[kill]));

    private Spread Of(IEnumerable<KillRecord> kills, Func<KillRecord, TurnRecord, bool> wanted) => new(
        from kill in kills
        from turn in kill.Unfinished
        let settled = Settled(turn)
        where settled > kill.At && settled <= _next[kill] && wanted(kill, turn)
        select settled.Value - kill.At);

    private bool IsHit(KillRecord kill, TurnRecord turn) =>
        turn.Failures.Any(at => at >= kill.At) || _events[turn.Key].Any(e => e.Kind == EventKind.AttemptFailed && e.At >= kill.At);

    // Nobody waits for a turn that was left: its outcome is when it was committed.
    private DateTimeOffset? Settled(TurnRecord turn) =>
        turn.Unattended ? _events[turn.Key].FirstOrDefault(e => e.IsTerminal)?.At : turn.Settled;
}
