using System.Collections.Concurrent;

namespace ActorLlm.Chaos.Ledger;

/// <summary>Everything that the clients did and saw, and every fault. Safe for several threads.</summary>
internal sealed class ClientLedger
{
    private readonly ConcurrentQueue<TurnRecord> _turns = new();
    private readonly ConcurrentDictionary<TurnRecord, bool> _unfinished = new();
    private readonly ConcurrentDictionary<string, int> _retries = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<FaultRecord> _faults = new();

    /// <summary>All turns, in the order of their first sending.</summary>
    public IReadOnlyCollection<TurnRecord> Turns => _turns;

    /// <summary>The faults that were injected, or are being.</summary>
    public IReadOnlyCollection<FaultRecord> Faults => [.. _faults.Where(fault => !fault.Missed)];

    /// <summary>How many waited for a moment that did not come.</summary>
    public int MissedFaults => _faults.Count(fault => fault.Missed);

    /// <summary>Requests sent again, by the reason.</summary>
    public IReadOnlyDictionary<string, int> Retries => _retries;

    public int UnfinishedCount => _unfinished.Count;

    public TurnRecord[] Unfinished() => [.. _unfinished.Keys];

    public void Open(TurnRecord turn)
    {
        _turns.Enqueue(turn);
        _unfinished[turn] = true;
    }

    /// <summary>The turn's client has its outcome, or has left.</summary>
    public void Close(TurnRecord turn) => _unfinished.TryRemove(turn, out _);

    public void CountRetry(string reason) => _retries.AddOrUpdate(reason, 1, (_, count) => count + 1);

    public void Add(FaultRecord fault) => _faults.Enqueue(fault);
}
