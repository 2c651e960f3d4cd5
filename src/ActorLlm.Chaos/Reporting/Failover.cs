using ActorLlm.Chaos.Journal;
using ActorLlm.Chaos.Ledger;

namespace ActorLlm.Chaos.Reporting;

/// <summary>How long turns that were unfinished at a fault took to their outcome, counted from the fault.</summary>
internal sealed class Failover
{
    private readonly ILookup<string, JournalEvent> _events;
    private readonly Dictionary<FaultRecord, DateTimeOffset> _next = [];

    public Failover(IEnumerable<JournalEvent> journal, IEnumerable<FaultRecord> faults)
    {
        _events = journal.ToLookup(e => e.Turn);
        var inOrder = faults.OrderBy(fault => fault.At).ToArray();
        for (var i = 0; i < inOrder.Length; i++)
            _next[inOrder[i]] = i + 1 < inOrder.Length ? inOrder[i + 1].At : DateTimeOffset.MaxValue;
    }

    /// <summary>Of every turn that was unfinished, save those that the next fault met.</summary>
    public Spread OfAll(IEnumerable<FaultRecord> faults) => Of(faults, (_, _) => true);

    /// <summary>Of those alone that the fault hit: a request failed, or an attempt did, after it.</summary>
    public Spread OfHit(IEnumerable<FaultRecord> faults) => Of(faults, IsHit);

    /// <summary>Turns that were still unfinished when the next fault came.</summary>
    public int MetByNext(IEnumerable<FaultRecord> faults) => faults.Sum(fault => fault.Unfinished.Count(turn => Settled(turn) is not { } settled || settled > _next[fault]));

    private Spread Of(IEnumerable<FaultRecord> faults, Func<FaultRecord, TurnRecord, bool> wanted) => new(
        from fault in faults
        from turn in fault.Unfinished
        let settled = Settled(turn)
        where settled > fault.At && settled <= _next[fault] && wanted(fault, turn)
        select settled.Value - fault.At);

    private bool IsHit(FaultRecord fault, TurnRecord turn) =>
        turn.Failures.Any(at => at >= fault.At) || _events[turn.Key].Any(e => e.Kind == EventKind.AttemptFailed && e.At >= fault.At);

    // Nobody waits for a turn that was left: its outcome is when it was committed.
    private DateTimeOffset? Settled(TurnRecord turn) =>
        turn.Unattended ? _events[turn.Key].FirstOrDefault(e => e.IsTerminal)?.At : turn.Settled;
}
