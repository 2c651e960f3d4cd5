using ActorLlm.Chaos.Checking;
using ActorLlm.Chaos.Journal;
using ActorLlm.Chaos.Ledger;

namespace ActorLlm.Chaos.Tests.Checking;

/// <summary>A history made by hand: what clients saw and what is stored of one conversation, without fault until a test adds one.</summary>
internal sealed class History
{
    public const string Conversation = "c";

    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    private readonly List<TurnRecord> _turns = [];
    private readonly List<JournalEvent> _events = [];

    public IReadOnlyList<JournalEvent> Events => _events;

    /// <summary>Two turns, the second sent after the outcome of the first.</summary>
    public static History OfTwoTurns()
    {
        var history = new History();
        history.Settled("t1", history.Sent("t1", second: 0), acceptedSecond: 1, settledSecond: 2);
        history.Settled("t2", history.Sent("t2", second: 3), acceptedSecond: 4, settledSecond: 5);
        history.Store(EventKind.Accepted, "t1", 1, Prompt("t1"));
        history.Store(EventKind.Committed, "t1", 2, Reply(0, Prompt("t1")));
        history.Store(EventKind.Accepted, "t2", 4, Prompt("t2"));
        history.Store(EventKind.Committed, "t2", 5, Reply(1, Prompt("t2")));
        return history;
    }

    public static string Prompt(string turn) => $"{turn} hello";

    /// <summary>Stands for the model: its answer depends on how many exchanges it saw.</summary>
    public static string Reply(int before, string prompt) => $"answer {before + 1} to {prompt}";

    public static DateTimeOffset At(double second) => Start.AddSeconds(second);

    public TurnRecord Sent(string turn, double second)
    {
        var record = new TurnRecord(Conversation, turn, Prompt(turn));
        record.NoteSent(At(second));
        _turns.Add(record);
        return record;
    }

    public void Store(EventKind kind, string turn, double second, string text) =>
        _events.Add(new JournalEvent(Conversation, _events.Count + 1, kind, turn, At(second), text));

    public TurnRecord Turn(string turn) => _turns.Single(record => record.Key == turn);

    public void ForgetClient(string turn) => _turns.Remove(Turn(turn));

    /// <summary>Takes events out of the journal and closes the gaps, as if they had never been written.</summary>
    public void Unwrite(Func<JournalEvent, bool> which)
    {
        _events.RemoveAll(e => which(e));
        Renumber();
    }

    /// <summary>Takes one row out and leaves its gap.</summary>
    public void RemoveRow(long sequenceNumber) => _events.RemoveAll(e => e.SequenceNumber == sequenceNumber);

    public void CopyRow(long sequenceNumber) => _events.Add(_events.Single(e => e.SequenceNumber == sequenceNumber));

    public void Rewrite(long sequenceNumber, Func<JournalEvent, JournalEvent> change) =>
        _events[(int)sequenceNumber - 1] = change(_events[(int)sequenceNumber - 1]);

    public void Reorder(params int[] order)
    {
        var events = order.Select(n => _events[n - 1]).ToArray();
        _events.Clear();
        _events.AddRange(events);
        Renumber();
    }

    public IReadOnlyList<Violation> Check() => Check(_ => true);

    /// <param name="isComparable">Whether a time in the journal can be held against a client's.</param>
    public IReadOnlyList<Violation> Check(Func<DateTimeOffset, bool> isComparable) =>
        Checker.Check(_turns, _events, (before, prompt) => Reply(before.Count, prompt), isComparable).Violations;

    public IReadOnlyList<Violation> CheckWithAnotherModel() => Checker.Check(_turns, _events, expectedReply: null, _ => true).Violations;

    private void Settled(string turn, TurnRecord record, double acceptedSecond, double settledSecond)
    {
        record.NoteAccepted(At(acceptedSecond + 0.5));
        record.NoteReply(At(settledSecond + 0.5), Reply(_turns.Count - 1, Prompt(turn)));
    }

    private void Renumber()
    {
        for (var i = 0; i < _events.Count; i++)
            _events[i] = _events[i] with { SequenceNumber = i + 1 };
    }
}
