using System.Collections.Immutable;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Domain.Tests;

/// <summary>Plain values for tests that do not care which.</summary>
public static class Some
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly ConversationId Conversation = ConversationId.Of("c1");

    public static readonly Reply Answer = ReplyOf("Hello to you");

    public static DateTimeOffset Time(double seconds) => Start.AddMilliseconds(Math.Round(seconds * 1000));

    public static TurnId Turn(string id) => TurnId.Parse(id);

    public static TurnContent Content(string text) => TurnContent.Of(text);

    public static Reply ReplyOf(string text) => new(text, "model-1", "backend-1", "stop", new Usage(3, 5));

    public static string Text(int bytes) => new('x', bytes);

    public static SubmitTurn Submit(
        string turn, string text = "Hello", OverlapPolicy overlap = OverlapPolicy.Enqueue, TimeSpan? deadline = null) =>
        Submit(turn, Content(text), overlap, deadline);

    public static SubmitTurn Submit(
        string turn, TurnContent content, OverlapPolicy overlap = OverlapPolicy.Enqueue, TimeSpan? deadline = null) =>
        new(Conversation, Turn(turn), content, overlap, deadline, Follow: true, Stream: false);

    public static CancelTurn Cancel(string turn) => new(Conversation, Turn(turn));

    public static AcknowledgeReply Acknowledge(string turn) => new(Conversation, Turn(turn));

    public static FollowTurn Follow(string turn) => new(Conversation, Turn(turn), Stream: true, FromOffset: 0);

    public static GetTurn Get(string turn) => new(Conversation, Turn(turn));

    public static AttemptKey Attempt(string turn, int attempt) => new(Conversation, Turn(turn), attempt);

    public static AttemptEnd Success(string text = "Hello to you") => new AttemptEnd.Succeeded(ReplyOf(text));

    public static AttemptEnd Failure(FailureKind kind, string reason = "It failed.", TimeSpan? retryAfter = null) =>
        new AttemptEnd.Failed(kind, reason, retryAfter);

    public static TurnAccepted Accepted(string turn, string text = "Hello", double at = 0, double? deadline = null) =>
        new(Turn(turn), Content(text), deadline is { } seconds ? Time(seconds) : null, Time(at));

    public static AttemptFailed Failed(
        string turn, int attempt, FailureKind kind, double at = 0, double retryAt = 0, string reason = "It failed.") =>
        new(Turn(turn), attempt, kind, reason, Time(retryAt), Time(at));

    public static ReplyCommitted Committed(string turn, int attempt = 1, string text = "Hello to you", double at = 0) =>
        new(Turn(turn), attempt, ReplyOf(text), Time(at));

    public static TurnFailed GaveUp(string turn, int attempt, FailureKind kind, double at = 0, string reason = "It failed.") =>
        new(Turn(turn), attempt, kind, reason, Time(at));

    public static TurnCancelled Cancelled(string turn, CancelledBy by = CancelledBy.Client, double at = 0) => new(Turn(turn), by, Time(at));

    public static ReplyAcknowledged Acknowledged(string turn, double at = 0) => new(Turn(turn), Time(at));

    public static StepRequest Tool(string key = "k1", string name = "refund", string arguments = "{\"amount\":5}") => new(key, StepKind.Tool, name, arguments);

    public static StepRequest Child(string key = "c1", string module = "images", string text = "Draw") =>
        new(key, StepKind.Child, module, "") { Content = Content(text) };

    public static StepRequest Approval(string key = "a1", string question = "Refund 500?") => new(key, StepKind.Approval, "", question);

    public static BeginStep Begin(string turn, int attempt, StepRequest step, bool again = false) => new(Attempt(turn, attempt), step, again);

    public static EndStep End(string turn, int attempt, string step = "k1", string result = "ok", StepOutcome outcome = StepOutcome.Done) =>
        new(Attempt(turn, attempt), step, outcome, result);

    public static ToolBegun ToolBegun(string turn, int attempt = 1, string key = "k1", double at = 0) =>
        new(Turn(turn), attempt, key, "refund", "{\"amount\":5}", Time(at));

    public static ChildBegun ChildBegun(string turn, int attempt = 1, string key = "c1", string module = "images", double at = 0, params string[] lineage) =>
        new(Turn(turn), attempt, key, Content("Draw") with { Model = module, Lineage = lineage is [] ? [""] : [.. lineage] }, Time(at));

    public static ApprovalBegun ApprovalBegun(string turn, int attempt = 1, string key = "a1", double at = 0) => new(Turn(turn), attempt, key, "Refund 500?", Time(at));

    public static StepEnded StepEnded(string turn, string key = "k1", StepOutcome outcome = StepOutcome.Done, string result = "ok", string by = "", double at = 0) =>
        new(Turn(turn), key, outcome, result, by, Time(at));

    public static ChildEnded ChildEnded(string turn, string key = "c1", StepOutcome outcome = StepOutcome.Done, string result = "Hello to you", double at = 0) =>
        new(Turn(turn), key, outcome, result, Time(at));

    public static AttemptSuspended Suspended(string turn, int attempt = 1, double at = 0) => new(Turn(turn), attempt, Time(at));

    public static DecideApproval Grant(string turn, string step = "a1", bool granted = true, string by = "ann", string note = "") =>
        new(Conversation, Turn(turn), step, granted, by, note);

    public static ConversationState Fold(params IEnumerable<ConversationEvent> events) =>
        events.Aggregate(ConversationState.Empty, ConversationEvolve.Apply);

    public static ImmutableArray<ConversationEvent> Repeat(int count, Func<int, ConversationEvent> make) =>
        [.. Enumerable.Range(1, count).Select(make)];
}
