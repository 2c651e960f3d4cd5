using System.Collections.Immutable;
using ActorLlm.Domain;
using ActorLlm.Domain.Capacity;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Routing;

namespace ActorLlm.Serialization.Tests;

/// <summary>
/// The values behind the golden bytes, by manifest and by the name that stands before the bytes. Like the files, they are only ever added
/// to: bytes like these are in somebody's journal.
/// </summary>
internal static class GoldenValues
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    private static readonly ConversationId Conversation = ConversationId.Of("acme", "support/42");
    private static readonly TurnId Turn = TurnId.Parse("turn-1");
    private static readonly AttemptKey Key = new(Conversation, Turn, 2);
    private static readonly Reply Reply = new("Grüße, 世界 \U0001F600", "gpt-x", "openai", "stop", new Usage(12, 34));
    private static readonly Reply BareReply = new("", "", "", "", new Usage(null, null));
    private static readonly TurnContent BareContent = TurnContent.Of("Hello");

    private static readonly TurnContent Content = new(
        "gpt-x",
        [
            new Message(Role.System, "Be brief."), new Message(Role.Developer, "Be kind."), new Message(Role.User, "Grüße, 世界 \U0001F600"),
            new Message(Role.Assistant, "Hi"),
        ],
        new GenerationSettings(0.7, 0.9, 256, -42, 0.5, -0.5, ["\n", "END"]));

    private static readonly TurnContent NotedContent = BareContent with { Instructions = "Be brief.", Note = "{\"a\":1}" };

    private static readonly AttemptTrace Trace = new("10.0.0.2:4053")
    {
        TakenAt = At,
        CalledAt = At.AddMilliseconds(1),
        FirstTextAt = At.AddMilliseconds(250),
        EndedAt = At.AddMilliseconds(1300),
    };

    private static readonly AttemptTrace FailedTrace = Trace with { FirstTextAt = null, Backend = "openai", Model = "gpt-x", InputTokens = 12, OutputTokens = 0 };

    private static readonly StationTally Tally = new("", 8, 61.5)
    {
        Arrived = 7,
        Waited = 6,
        GaveUp = 1,
        Served = 4,
        WaitSum = 0.5,
        ServiceSum = 0.25,
        ServiceSquares = 0.125,
        WaitingArea = 0.75,
        BusyArea = 1.5,
        LastBefore = 2.5,
    };

    private static readonly StationReading Reading = new(60, 8, 40, 1.5, 1.25, 0.5, 0.75) { WaitedRate = 1, WaitRate = 0.125, ServedRate = 2, ServiceRate = 0.25, SquaresRate = 0.0625 };

    private static readonly LoadReport Load = new(8, 3, TimeSpan.FromMilliseconds(40)) { Backends = [new BackendLoad("openai", 2, "503"), new BackendLoad("spare", 0, "")] };

    private static readonly LoadReport ModuleLoad = Load with { Modules = [new ModuleLoad("support", 64, 3, TimeSpan.FromMilliseconds(812.5)), new ModuleLoad("image", 0, 0, TimeSpan.Zero)] };

    private static readonly Exchange Exchange = new(TurnId.Parse("turn-0"), [new Message(Role.User, "Before")], BareReply with { Text = "After" });

    public static IReadOnlyList<(string Manifest, string Name, object Value)> All { get; } =
    [
        ("ta1", "full", new TurnAccepted(Turn, Content, At.AddMinutes(5), At)),
        ("ta1", "bare", new TurnAccepted(Turn, BareContent, null, At)),
        ("ta1", "zeros", new TurnAccepted(Turn, BareContent with { Settings = new GenerationSettings(0, 0, 0, 0, 0, 0, []) }, At, At)),
        ("af1", "content", new AttemptFailed(Turn, 1, FailureKind.Content, "400 bad request", At.AddSeconds(1), At)),
        ("af1", "provider", new AttemptFailed(Turn, 2, FailureKind.Provider, "503", At.AddSeconds(2), At)),
        ("af1", "worker-lost", new AttemptFailed(Turn, 3, FailureKind.WorkerLost, "silent", At.AddSeconds(3), At)),
        ("af1", "interrupted", new AttemptFailed(Turn, 4, FailureKind.Interrupted, "", At.AddSeconds(4), At)),
        ("rc1", "full", new ReplyCommitted(Turn, 2, Reply, At)),
        ("rc1", "thinking", new ReplyCommitted(Turn, 1, Reply with { Reasoning = "First, 世界 \U0001F600." }, At)),
        ("rc1", "bare", new ReplyCommitted(Turn, 1, BareReply, At)),
        ("tf1", "content", new TurnFailed(Turn, 3, FailureKind.Content, "400 bad request", At)),
        ("tf1", "deadline", new TurnFailed(Turn, 0, FailureKind.Deadline, "The turn's deadline passed.", At)),
        ("tc1", "client", new TurnCancelled(Turn, CancelledBy.Client, At)),
        ("tc1", "later-turn", new TurnCancelled(Turn, CancelledBy.LaterTurn, At)),
        ("tc1", "in-an-attempt", new TurnCancelled(Turn, CancelledBy.Client, At) { Attempt = 2, Trace = new AttemptTrace("10.0.0.7:4053") }),
        ("ra1", "only", new ReplyAcknowledged(Turn, At)),
        ("cs1", "empty", ConversationState.Empty),
        ("cs1", "full", Older(State())),
        ("cs1", "newer", State()),
        ("cs1", "items", Items()),
        ("cs1", "deleted", ConversationEvolve.Apply(Items(), new ConversationDeleted(Turn, At.AddMinutes(1)))),
        ("ia1", "full", new ItemsAdded(Turn, Content.Messages, At)),
        ("id1", "only", new ItemDeleted(Turn, 3, At)),
        ("td1", "only", new TurnDeleted(Turn, At)),
        ("cd1", "only", new ConversationDescribed(Turn, "{\"topic\":\"Grüße\"}", At)),
        ("cx1", "only", new ConversationDeleted(Turn, At)),
        ("ta1", "noted", new TurnAccepted(Turn, NotedContent, null, At)),
        ("st1", "after", new SubmitTurn(Conversation, Turn, BareContent, OverlapPolicy.Enqueue, null, false, false) { After = TurnId.Parse("turn-0"), MustExist = true }),
        ("rt1", "only", new ReadTurn(Conversation, Turn)),
        ("dt1", "only", new DeleteTurn(Conversation, Turn)),
        ("dx1", "only", new DeleteConversation(Conversation, Turn)),
        ("ai1", "full", new AddItems(Conversation, Turn, Content.Messages)),
        ("di1", "only", new DeleteItem(Conversation, Turn, 3)),
        ("dc1", "only", new DescribeConversation(Conversation, Turn, "{}", true)),
        ("te1", "pending", new TurnRecord(new TurnPending(Conversation, Turn, 1, 0, ""), NotedContent, At)),
        ("te1", "settled", new TurnRecord(new TurnSettled(Conversation, Turn, Outcome.Recorded.Instance, 0, false, At), BareContent, At)),
        ("gc1", "bare", new GetConversation(Conversation) { WithoutHistory = true }),
        ("cv1", "described", new ConversationView(Conversation, 0, [], []) { Exists = true, CreatedAt = At, Metadata = "{}" }),
        ("st1", "full", new SubmitTurn(Conversation, Turn, Content, OverlapPolicy.Interrupt, TimeSpan.FromMilliseconds(1500), true, true)),
        ("st1", "bare", new SubmitTurn(Conversation, Turn, BareContent, OverlapPolicy.Enqueue, null, false, false)),
        ("st1", "reject", new SubmitTurn(Conversation, Turn, BareContent, OverlapPolicy.Reject, null, true, false)),
        ("ft1", "full", new FollowTurn(Conversation, Turn, true, 17)),
        ("ft1", "bare", new FollowTurn(Conversation, Turn, false, 0)),
        ("gt1", "only", new GetTurn(Conversation, Turn)),
        ("ct1", "only", new CancelTurn(Conversation, Turn)),
        ("ar1", "only", new AcknowledgeReply(Conversation, Turn)),
        ("gc1", "only", new GetConversation(Conversation)),
        ("wc1", "only", new WakeConversation(Conversation)),
        ("tp1", "full", new TurnPending(Conversation, Turn, 3, 2, "503")),
        ("tp1", "checked", new TurnPending(Conversation, Turn, 0, 0, "") { ContentCheck = 0xF123456789ABCDEF }),
        ("tp1", "bare", new TurnPending(Conversation, Turn, 0, 0, "")),
        ("ts1", "committed", new TurnSettled(Conversation, Turn, new Outcome.Committed(Reply), 2, true, At)),
        ("ts1", "checked", new TurnSettled(Conversation, Turn, new Outcome.Committed(Reply), 2, true, At) { ContentCheck = 0xF123456789ABCDEF }),
        ("ts1", "failed", new TurnSettled(Conversation, Turn, new Outcome.Failed(FailureKind.Provider, "503"), 7, false, At)),
        ("ts1", "cancelled", new TurnSettled(Conversation, Turn, new Outcome.Cancelled(CancelledBy.LaterTurn), 0, false, At)),
        ("tr1", "only", new TurnRejected(Conversation, Turn, RejectionCode.TurnIdReused, "Use a new id.")),
        ("tr1", "checked", new TurnRejected(Conversation, Turn, RejectionCode.TurnIdReused, "Use a new id.") { ContentCheck = 0xF123456789ABCDEF }),
        ("cv1", "full", new ConversationView(Conversation, 5, [Turn, TurnId.Parse("turn-2")], [Exchange])),
        ("cv1", "bare", new ConversationView(Conversation, 0, [], [])),
        ("at1", "full", new RunAttempt(Key, Content, [Exchange, Exchange with { Turn = TurnId.Parse("turn-00") }])),
        ("at1", "bare", new RunAttempt(Key, BareContent, [])),
        ("as1", "only", new StopAttempt(Key)),
        ("aa1", "only", new AttachStream(Key, 17)),
        ("ac1", "only", new StreamChunk(Key, 17, "世界 \U0001F600")),
        ("ah1", "queued", new Heartbeat(Key, true)),
        ("ah1", "running", new Heartbeat(Key, false)),
        ("ae1", "succeeded", new AttemptResult(Key, new AttemptEnd.Succeeded(Reply))),
        ("ae1", "succeeded-thinking", new AttemptResult(Key, new AttemptEnd.Succeeded(Reply with { Reasoning = "First, 世界 \U0001F600." }))),
        ("ae1", "succeeded-bare", new AttemptResult(Key, new AttemptEnd.Succeeded(BareReply))),
        ("ae1", "failed", new AttemptResult(Key, new AttemptEnd.Failed(FailureKind.Provider, "429", TimeSpan.FromSeconds(20)))),
        ("ae1", "failed-bare", new AttemptResult(Key, new AttemptEnd.Failed(FailureKind.Content, "", null))),
        ("ak1", "only", new ResultAck(Key)),
        ("ax1", "only", new AttemptRefused(Key)),
        ("lr1", "only", new LoadReport(256, 17, TimeSpan.FromMilliseconds(812.5))),
        ("gw1", "only", GetWorkers.Instance),
        ("wl1", "full", new WorkerList([new WorkerEntry("akka.tcp://actorllm@10.0.0.1:4053", new LoadReport(8, 3, TimeSpan.FromMilliseconds(40)))])),
        ("wl1", "bare", new WorkerList([])),
        ("lr1", "backends", Load),
        ("wl1", "backends", new WorkerList([new WorkerEntry("akka.tcp://actorllm@10.0.0.1:4053", Load)])),
        ("af1", "traced", new AttemptFailed(Turn, 1, FailureKind.Provider, "503", At.AddSeconds(1), At) { Trace = FailedTrace }),
        ("af1", "lost-worker", new AttemptFailed(Turn, 1, FailureKind.WorkerLost, "silent", At.AddSeconds(1), At) { Trace = new AttemptTrace("10.0.0.2:4053") }),
        ("rc1", "traced", new ReplyCommitted(Turn, 2, Reply, At) { Trace = Trace }),
        ("tf1", "traced", new TurnFailed(Turn, 3, FailureKind.Content, "400 bad request", At) { Trace = FailedTrace }),
        ("ae1", "succeeded-traced", new AttemptResult(Key, new AttemptEnd.Succeeded(Reply) { Trace = Trace })),
        ("ae1", "failed-traced", new AttemptResult(Key, new AttemptEnd.Failed(FailureKind.Provider, "429", TimeSpan.FromSeconds(20)) { Trace = FailedTrace })),
        ("gs1", "only", GetNodeStanding.Instance),
        ("dn1", "only", DrainNode.Instance),
        ("rn1", "only", ResumeNode.Instance),
        ("ns1", "only", new NodeStanding(At, 3, true)),
        ("gu1", "only", GetUnfinished.Instance),
        ("ul1", "full", new UnfinishedList(3, [17, 300])),
        ("ul1", "bare", new UnfinishedList(0, [])),
        ("at1", "waited", new RunAttempt(Key, BareContent, []) { Waited = TimeSpan.FromMicroseconds(1_234_567) }),
        ("lr1", "stations", Load with { Stations = [Tally, new StationTally("openai", 4, 0)] }),
        ("gp1", "only", GetCapacity.Instance),
        ("cp1", "full", new CapacityReport(TimeSpan.FromSeconds(1), 12, [new StationReport("openai", 2, [Reading, Reading with { Seconds = 300 }]), new StationReport("spare", 1, [])])),
        ("cp1", "bare", new CapacityReport(TimeSpan.Zero, 0, [])),
        ("lr1", "modules", ModuleLoad),
        ("wl1", "modules", new WorkerList([new WorkerEntry("akka.tcp://actorllm@10.0.0.1:4053", ModuleLoad)])),
        ("ah1", "waiting-for-a-module", new Heartbeat(Key, true) { WaitsFor = "No worker serves the module 'image'." }),
        ("ae1", "failed-by-a-module", new AttemptResult(Key, new AttemptEnd.Failed(FailureKind.Module, "The module 'image' answered with nothing.", null))),
        ("ae1", "failed-for-good", new AttemptResult(Key, new AttemptEnd.Failed(FailureKind.Content, "The module 'image' refused the request.", null) { Final = true })),
        ("tf1", "failed-by-a-module", new TurnFailed(Turn, 3, FailureKind.Module, "The module 'image' answered with nothing.", At)),
        ("ti1", "waiting-for-a-module", new TurnInsight(Conversation, Turn, "10.0.0.1:4053", 7, 0, 2, false, false, new RunInsight(3, true, "") { WaitsFor = "No worker serves the module 'image'." })),
        ("it1", "only", new InspectTurn(Conversation, Turn)),
        ("ic1", "only", new InspectConversation(Conversation)),
        ("ti1", "running", new TurnInsight(Conversation, Turn, "10.0.0.1:4053", 7, 0, 2, false, false, new RunInsight(3, true, "10.0.0.2:4053"))),
        ("ti1", "settled", new TurnInsight(Conversation, Turn, "10.0.0.1:4053", 7, 9, 0, true, true, null)),
        ("ci1", "full", new ConversationInsight(Conversation, true, At, 5, [
            new TurnGlance(TurnId.Parse("turn-0"), TurnPhase.Failed, 5, null, At.AddSeconds(1), 3, "400 bad request"),
            new TurnGlance(Turn, TurnPhase.Running, 7, At, null, 1, ""),
        ])),
        ("ci1", "bare", new ConversationInsight(Conversation, false, DateTimeOffset.MinValue, 0, [])),
        ("ta1", "traced", new TurnAccepted(Turn, BareContent, null, At) { Trace = Context }),
        ("af1", "spanned", new AttemptFailed(Turn, 1, FailureKind.Provider, "503", At.AddSeconds(2), At) { SpanId = 0xF0E1D2C3B4A59687 }),
        ("st1", "traced", new SubmitTurn(Conversation, Turn, BareContent, OverlapPolicy.Enqueue, null, true, false) { Trace = Context }),
        ("at1", "traced", new RunAttempt(Key, BareContent, []) { Trace = Context, FailedSpanId = 0xF0E1D2C3B4A59687 }),
        ("ae1", "traced", new AttemptResult(Key, new AttemptEnd.Succeeded(BareReply)) { SpanId = 0xF0E1D2C3B4A59687, BackendTime = TimeSpan.FromMicroseconds(1_234_567) }),
        ("cs1", "traced", Traced()),
        ("ta1", "child", new TurnAccepted(Turn, ChildContent with { Parent = new ParentStep(Conversation, Turn, "draw") }, null, At)),
        ("tc1", "parent", new TurnCancelled(Turn, CancelledBy.Parent, At)),
        ("sb1", "full", new ToolBegun(Turn, 2, "refund-1", "refund", "{\"amount\":5}", At)),
        ("cb1", "full", new ChildBegun(Turn, 1, "draw", ChildContent, At)),
        ("ab1", "full", new ApprovalBegun(Turn, 1, "over-100", "Refund 500 \u20AC?", At)),
        ("se1", "done", new StepEnded(Turn, "refund-1", StepOutcome.Done, "{\"id\":7}", "", At)),
        ("se1", "failed", new StepEnded(Turn, "refund-1", StepOutcome.Failed, "503", "", At)),
        ("se1", "granted", new StepEnded(Turn, "over-100", StepOutcome.Granted, "fine", "ann", At)),
        ("se1", "refused", new StepEnded(Turn, "over-100", StepOutcome.Refused, "", "ann", At)),
        ("ce1", "done", new ChildEnded(Turn, "draw", StepOutcome.Done, "A cat.", At)),
        ("ce1", "failed", new ChildEnded(Turn, "draw", StepOutcome.Failed, "503", At)),
        ("ce1", "cancelled", new ChildEnded(Turn, "draw", StepOutcome.Cancelled, "", At)),
        ("su1", "full", new AttemptSuspended(Turn, 1, At) { Trace = Trace }),
        ("su1", "bare", new AttemptSuspended(Turn, 1, At)),
        ("cs1", "steps", Steps()),
        ("ct1", "parent", new CancelTurn(Conversation, Turn) { By = CancelledBy.Parent }),
        ("tr1", "decided", new TurnRejected(Conversation, Turn, RejectionCode.AlreadyDecided, "refused by ann")),
        ("ae1", "suspended", new AttemptResult(Key, new AttemptEnd.Suspended { Trace = Trace })),
        ("bs1", "tool", new BeginStep(Key, new StepRequest("refund-1", StepKind.Tool, "refund", "{}"), Again: true)),
        ("bs1", "child", new BeginStep(Key, new StepRequest("draw", StepKind.Child, "images", "") { Content = BareContent }, Again: false)),
        ("es1", "full", new EndStep(Key, "refund-1", StepOutcome.Done, "{\"id\":7}")),
        ("ss1", "open", new StepStanding(Key, "refund-1", 1, null)),
        ("ss1", "ended", new StepStanding(Key, "over-100", 1, new StepEnd(StepOutcome.Granted, "fine", "ann", At))),
        ("sr1", "stale", new StepRefused(Key, "refund-1", Stale: true, "no longer wanted")),
        ("sr1", "error", new StepRefused(Key, "refund-1", Stale: false, "as another one")),
        ("da1", "full", new DecideApproval(Conversation, Turn, "over-100", Granted: true, "ann", "fine")),
        ("ga1", "full", new GetApprovals(Conversation)),
        ("al1", "full", new ApprovalList(Conversation, [new PendingApproval(Turn, "over-100", "service", "Refund 500?", At)])),
        ("gk1", "full", GetAsking.Instance),
        ("kl1", "full", new AskingList(["acme/support/42", "acme/b"])),
        ("cd1", "made", new ConversationDescribed(Turn, "{}", At) { Request = 0xF123456789ABCDEF }),
        ("cs1", "made", ConversationEvolve.Apply(ConversationState.Empty, new ConversationDescribed(Turn, "{}", At) { Request = 0xF123456789ABCDEF })),
        ("dc1", "made", new DescribeConversation(Conversation, Turn, "{}", false) { Request = 0xF123456789ABCDEF }),
        ("tp1", "counted", new TurnPending(Conversation, Turn, 1, 0, "") { Unfinished = 2 }),
        ("ts1", "counted", new TurnSettled(Conversation, Turn, Outcome.Recorded.Instance, 0, false, At) { Unfinished = 0 }),
        ("af1", "no-credit", new AttemptFailed(Turn, 1, FailureKind.NoCredit, "402", At.AddSeconds(1), At)),
        ("rc1", "origin", new ReplyCommitted(Turn, 1, Reply with { SystemFingerprint = "fp_44709d6fcb", ServiceTier = "flex" }, At)),
    ];

    private static TurnContent ChildContent => BareContent with { Model = "images", Lineage = ["service"] };

    private static ConversationState Steps()
    {
        ConversationEvent[] events =
        [
            new TurnAccepted(TurnId.Parse("gone"), BareContent, null, At),
            new ChildBegun(TurnId.Parse("gone"), 1, "draw", ChildContent, At),
            new TurnCancelled(TurnId.Parse("gone"), CancelledBy.Client, At.AddSeconds(1)),
            new TurnAccepted(Turn, BareContent, null, At.AddSeconds(2)),
            new ToolBegun(Turn, 1, "refund-1", "refund", "{}", At.AddSeconds(3)),
            new StepEnded(Turn, "refund-1", StepOutcome.Done, "ok", "", At.AddSeconds(4)),
            new ChildBegun(Turn, 1, "draw", ChildContent, At.AddSeconds(5)),
            new ApprovalBegun(Turn, 1, "over-100", "Refund 500?", At.AddSeconds(6)),
            new AttemptSuspended(Turn, 1, At.AddSeconds(7)),
        ];
        return events.Aggregate(ConversationState.Empty, ConversationEvolve.Apply);
    }

    private static TraceContext Context => new(new UInt128(0x0AF7651916CD43DD, 0x8448EB211C80319C), 0xB7AD6B7169203331);

    private static ConversationState Traced()
    {
        ConversationEvent[] events =
        [
            new TurnAccepted(Turn, BareContent, null, At) { Trace = Context },
            new AttemptFailed(Turn, 1, FailureKind.Provider, "503", At.AddSeconds(2), At) { SpanId = 0xF0E1D2C3B4A59687 },
        ];
        return events.Aggregate(ConversationState.Empty, ConversationEvolve.Apply);
    }

    /// <summary>As it was written before it said when things were accepted.</summary>
    private static ConversationState Older(ConversationState state) => state with
    {
        CreatedAt = DateTimeOffset.MinValue,
        LastAccepted = null,
        Pending = [.. state.Pending.Select(turn => turn with { AcceptedNr = 0 })],
        Settled = state.Settled.ToImmutableDictionary(pair => pair.Key, pair => pair.Value with { AcceptedNr = 0 }),
    };

    private static ConversationState Items()
    {
        ConversationEvent[] events =
        [
            new ConversationDescribed(TurnId.Parse("made"), "{\"topic\":1}", At),
            new ItemsAdded(TurnId.Parse("added"), Content.Messages, At.AddSeconds(1)),
            new ItemDeleted(TurnId.Parse("added"), 1, At.AddSeconds(2)),
            new TurnAccepted(TurnId.Parse("deleted"), BareContent, null, At.AddSeconds(3)),
            new ReplyCommitted(TurnId.Parse("deleted"), 1, Reply, At.AddSeconds(4)),
            new TurnDeleted(TurnId.Parse("deleted"), At.AddSeconds(5)),
        ];
        return events.Aggregate(ConversationState.Empty, ConversationEvolve.Apply);
    }

    private static ConversationState State()
    {
        ConversationEvent[] events =
        [
            new TurnAccepted(TurnId.Parse("committed"), Content, null, At),
            new TurnAccepted(TurnId.Parse("failed"), BareContent, null, At),
            new TurnAccepted(TurnId.Parse("cancelled"), BareContent, null, At),
            new TurnAccepted(TurnId.Parse("running"), Content, At.AddHours(1), At),
            new TurnAccepted(TurnId.Parse("waiting"), BareContent, null, At),
            new ReplyCommitted(TurnId.Parse("committed"), 1, Reply, At.AddSeconds(1)),
            new ReplyAcknowledged(TurnId.Parse("committed"), At.AddSeconds(2)),
            new AttemptFailed(TurnId.Parse("failed"), 1, FailureKind.Content, "400", At.AddSeconds(3), At.AddSeconds(2)),
            new TurnFailed(TurnId.Parse("failed"), 2, FailureKind.Content, "400", At.AddSeconds(4)),
            new TurnCancelled(TurnId.Parse("cancelled"), CancelledBy.Client, At.AddSeconds(5)),
            new AttemptFailed(TurnId.Parse("running"), 1, FailureKind.Content, "400", At.AddSeconds(6), At.AddSeconds(5)),
            new AttemptFailed(TurnId.Parse("running"), 2, FailureKind.WorkerLost, "silent", At.AddSeconds(7), At.AddSeconds(6)),
            new AttemptFailed(TurnId.Parse("running"), 3, FailureKind.Provider, "503", At.AddSeconds(9), At.AddSeconds(8)),
        ];
        return events.Aggregate(ConversationState.Empty, ConversationEvolve.Apply);
    }
}
