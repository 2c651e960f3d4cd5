using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Simulation.Checking;

namespace ActorLlm.Simulation.Tests.Checking;

/// <summary>A run's record made by hand: two turns asked, accepted, answered and told, without fault until a test adds one.</summary>
internal sealed class Record
{
    private static readonly DateTimeOffset Beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ConversationId Conversation = ConversationId.Of("c0");

    private Record(bool calm, bool mild) => History = new History { Calm = calm, Mild = mild, HealedAt = 10_000, EndedAt = 130_000 };

    public History History { get; }

    public static Record OfTwoTurns(bool calm = false, bool mild = false)
    {
        var record = new Record(calm, mild);
        record.Row(1, Accepted("t0", 100), 105);
        record.Call("t0", 1, 110, 200, "reply to t0");
        record.Row(2, Accepted("t1", 150), 155);
        record.Row(3, Committed("t0", "reply to t0", 201), 205);
        record.Call("t1", 1, 210, 300, "reply to t1");
        record.Row(4, Committed("t1", "reply to t1", 301), 305);
        record.Start("t0", 1, known: 1, at: 106);
        record.Start("t1", 1, known: 3, at: 206);
        record.Told(206, "t0", Settled("t0", "reply to t0"), "own t0");
        record.Told(306, "t1", Settled("t1", "reply to t1"), "own t1");
        return record;
    }

    public static DateTimeOffset At(long ms) => Beginning.AddMilliseconds(ms);

    public static TurnAccepted Accepted(string turn, long at, string? content = null, long? deadline = null) =>
        new(TurnId.Parse(turn), TurnContent.Of(content ?? $"own {turn}"), deadline is { } end ? At(end) : null, At(at));

    public static ReplyCommitted Committed(string turn, string text, long at) => new(TurnId.Parse(turn), 1, ReplyOf(text), At(at));

    public static AttemptFailed Failed(string turn, int attempt, FailureKind kind, long at, string reason = "It failed.") =>
        new(TurnId.Parse(turn), attempt, kind, reason, At(at), At(at));

    public static TurnFailed GaveUp(string turn, FailureKind kind, long at) => new(TurnId.Parse(turn), 1, kind, "It failed.", At(at));

    public static TurnSettled Settled(string turn, string text) =>
        new(Conversation, TurnId.Parse(turn), new Outcome.Committed(ReplyOf(text)), 1, false, At(0));

    public static TurnPending Pending(string turn) => new(Conversation, TurnId.Parse(turn), 0, 0, "");

    public static TurnRejected Rejected(string turn, RejectionCode code) => new(Conversation, TurnId.Parse(turn), code, "No.");

    public static ConversationView View(long settled, string[] pending, params (string Turn, string Text)[] history) => new(
        Conversation, settled, [.. pending.Select(TurnId.Parse)],
        [.. history.Select(exchange => new Exchange(TurnId.Parse(exchange.Turn), [], ReplyOf(exchange.Text)))]);

    public static Reply ReplyOf(string text) => new(text, "model", "backend", "stop", new Usage(1, 1));

    public void Row(long sequence, ConversationEvent e, long at) => History.Rows.Add(new Row(History.Rows.Count + 1, 0, sequence, e, at, "n0.1/c0#1"));

    public void Start(string turn, int attempt, long known, long at) => History.Starts.Add(new Start(at, 0, "n0.1/c0#1", known, turn, attempt));

    public void Call(string turn, int attempt, long from, long? to, string text, bool answered = true) => History.Calls.Add(new ModelCall
    {
        Conversation = 0,
        Turn = turn,
        Attempt = attempt,
        StartedAt = from,
        EndedAt = to,
        FullText = text,
        Answered = answered,
    });

    public void Told(long at, string turn, object answer, string? content = null, string? shown = null, bool diverged = false, long? askedAt = null) =>
        History.Told.Add(new Told(at, askedAt ?? at, 0, 0, turn, content, answer, shown, diverged));

    /// <summary>Asserts that the record breaks these rules and no others.</summary>
    public void Breaks(params string[] rules) =>
        Assert.Equal(rules.Order(StringComparer.Ordinal), Checker.Check(History).Select(violation => violation.Rule).Distinct().Order(StringComparer.Ordinal));
}
