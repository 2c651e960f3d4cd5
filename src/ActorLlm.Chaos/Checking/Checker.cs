using ActorLlm.Chaos.Journal;
using ActorLlm.Chaos.Ledger;

namespace ActorLlm.Chaos.Checking;

/// <summary>Holds what the clients saw against what the journal has, when every fault is over and everything has had time to finish.</summary>
/// <param name="expectedReply">What the model answers to a prompt after the exchanges before it; null where nobody can tell.</param>
/// <param name="isComparable">Whether a time in the journal can be held against a client's: not one that a jumped clock may have written.</param>
internal sealed class Checker(Func<IReadOnlyList<(string Prompt, string Reply)>, string, string>? expectedReply, Func<DateTimeOffset, bool> isComparable)
{
    /// <summary>Both sides read the same clock; the journal cuts to whole milliseconds, and a clock may be set by a little.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMilliseconds(50);

    private readonly List<Violation> _violations = [];

    public static Verdict Check(
        IEnumerable<TurnRecord> clients,
        IEnumerable<JournalEvent> journal,
        Func<IReadOnlyList<(string Prompt, string Reply)>, string, string>? expectedReply,
        Func<DateTimeOffset, bool> isComparable)
    {
        var checker = new Checker(expectedReply, isComparable);
        var turns = clients.GroupBy(turn => turn.Conversation).ToDictionary(group => group.Key, group => group.ToDictionary(turn => turn.Key));
        var stored = journal.GroupBy(e => e.Conversation).ToDictionary(group => group.Key, group => group.ToList());
        foreach (var conversation in turns.Keys.Union(stored.Keys))
            checker.CheckConversation(conversation, turns.GetValueOrDefault(conversation, []), stored.GetValueOrDefault(conversation, []));
        return new Verdict(checker._violations);
    }

    private void CheckConversation(string conversation, Dictionary<string, TurnRecord> clients, List<JournalEvent> events)
    {
        CheckSequence(conversation, events);
        var fold = new ConversationFold(Report);
        foreach (var e in events.OrderBy(e => e.SequenceNumber))
            fold.Apply(e);
        foreach (var turn in clients.Values)
            CheckClient(turn, fold);
        foreach (var accepted in fold.AcceptanceOrder)
            CheckStored(accepted, clients, fold);
        CheckClientOrder([.. fold.AcceptanceOrder.Select(e => clients.GetValueOrDefault(e.Turn)).OfType<TurnRecord>()]);
        CheckReplies(clients, fold);
    }

    private void CheckSequence(string conversation, List<JournalEvent> events)
    {
        long before = 0;
        foreach (var number in events.Select(e => e.SequenceNumber).Order())
        {
            if (number == before)
                Report(ViolationKind.Duplicated, conversation, "", $"sequence number {number} is there twice");
            else if (number != before + 1)
                Report(ViolationKind.Lost, conversation, "", $"sequence number {before} is followed by {number}");
            before = number;
        }
    }

    private void CheckClient(TurnRecord turn, ConversationFold fold)
    {
        if (turn.FirstSent is null)
            return;
        if (turn.Settled is null)
            Report(ViolationKind.Lost, turn, "its client has no outcome");
        if (turn.Refusal is { } refusal)
            Report(ViolationKind.Unexpected, turn, $"its client got: {refusal}");
        if (turn.ToldOtherwise is { } otherwise)
            Report(ViolationKind.Stale, turn, $"its client had the outcome and was told {otherwise}");
        // A model that answers otherwise each time makes another beginning with each attempt.
        if (expectedReply is not null && turn.Replies.Count > 0 && !turn.Replies[0].StartsWith(turn.Beginning, StringComparison.Ordinal))
            Report(ViolationKind.Duplicated, turn, "a stream that broke off began differently from the reply");
        if (!fold.Accepted.TryGetValue(turn.Key, out var accepted))
        {
            if (turn.Accepted is not null || turn.Replies.Count > 0)
                Report(ViolationKind.Lost, turn, "its client saw it accepted, and the journal does not know it");
        }
        else if (turn.Accepted is { } seen && accepted.At > seen + ClockTolerance && isComparable(accepted.At))
        {
            Report(ViolationKind.Lost, turn, $"its client saw it accepted {(accepted.At - seen).TotalMilliseconds:0} ms before the acceptance that is stored: the first was forgotten");
        }
    }

    private void CheckStored(JournalEvent accepted, Dictionary<string, TurnRecord> clients, ConversationFold fold)
    {
        if (!fold.Ended.TryGetValue(accepted.Turn, out var end))
            Report(ViolationKind.Lost, accepted, "it was accepted and has no terminal event");
        else if (end.Kind != EventKind.Committed)
            Report(ViolationKind.Unexpected, end, $"it {(end.Kind == EventKind.Failed ? "failed" : "was cancelled")}: {end.Text}");
        else if (clients.TryGetValue(accepted.Turn, out var client) && client.Replies.Count > 0 && !client.Replies.Contains(end.Text))
            Report(ViolationKind.Duplicated, end, "its client saw another reply than the one committed");

        if (!clients.TryGetValue(accepted.Turn, out var sent))
            Report(ViolationKind.Unexpected, accepted, "it was accepted and no client sent it");
        else if (sent.Prompt != accepted.Text)
            Report(ViolationKind.Unexpected, accepted, "it was accepted with another text than the client's");
    }

    /// <summary>A client that knows a turn to be accepted before it sends another one expects them in that order.</summary>
    private void CheckClientOrder(TurnRecord[] acceptanceOrder)
    {
        TurnRecord? earliestKnown = null;
        foreach (var turn in acceptanceOrder.Reverse())
        {
            if (earliestKnown is not null && Known(earliestKnown) < turn.FirstSent)
                Report(ViolationKind.Reordered, turn, $"it was accepted before {earliestKnown.Key}, which its client knew to be accepted before it sent this one");
            if (Known(turn) is { } known && (earliestKnown is null || known < Known(earliestKnown)))
                earliestKnown = turn;
        }

        static DateTimeOffset? Known(TurnRecord turn) => turn.Accepted ?? turn.Settled;
    }

    private void CheckReplies(Dictionary<string, TurnRecord> clients, ConversationFold fold)
    {
        if (expectedReply is null)
            return;
        var history = new List<(string Prompt, string Reply)>();
        foreach (var end in fold.CommitOrder)
        {
            var prompt = clients.TryGetValue(end.Turn, out var client) ? client.Prompt : fold.Accepted.GetValueOrDefault(end.Turn)?.Text ?? "";
            if (expectedReply(history, prompt) is var expected && expected != end.Text)
                Report(ViolationKind.Unexpected, end, $"the reply is not the model's answer to this conversation; committed '{end.Text}', expected '{expected}'");
            history.Add((prompt, end.Text));
        }
    }

    private void Report(ViolationKind kind, TurnRecord turn, string text) => Report(kind, turn.Conversation, turn.Key, text);

    private void Report(ViolationKind kind, JournalEvent e, string text) => Report(kind, e.Conversation, e.Turn, $"{text} (event {e.SequenceNumber})");

    private void Report(ViolationKind kind, string conversation, string turn, string text) =>
        _violations.Add(new Violation(kind, conversation, turn, text));
}
