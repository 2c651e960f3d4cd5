using System.Collections.Immutable;
using ActorLlm.Domain;
using ActorLlm.Domain.Capacity;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Routing;
using FsCheck;
using FsCheck.Fluent;
using Outcome = ActorLlm.Domain.Conversations.Outcome;

namespace ActorLlm.Serialization.Tests;

/// <summary>Random values of every type in the table: any Unicode text, any number, everything optional there and not there.</summary>
internal static class Values
{
    private static readonly Gen<char> Visible = Gen.Choose('!', '~').Select(code => (char)code);

    private static readonly Gen<string> Text = Gen.Frequency(
            (6, Gen.Choose(' ', '~')),
            (2, Gen.Choose(0, 0xD7FF)),
            (1, Gen.Choose(0xE000, 0xFFFF)),
            (2, Gen.Choose(0x10000, 0x10FFFF)))
        .Select(char.ConvertFromUtf32)
        .ArrayOf()
        .Select(string.Concat);

    private static readonly Gen<TurnId> Turn =
        Gen.Choose(1, Limits.MaxIdLength).SelectMany(length => Visible.ArrayOf(length)).Select(id => TurnId.Parse(new string(id)));

    private static readonly Gen<ConversationId> Conversation =
        from length in Gen.Choose(1, Limits.MaxTenantLength)
        from tenant in Visible.Where(c => c != '/').ArrayOf(length)
        from name in Turn
        select ConversationId.Of(new string(tenant), name.Value);

    // Any time that milliseconds since 1970 can tell, the time before it included.
    private static readonly Gen<DateTimeOffset> Time = ArbMap.Default.GeneratorFor<long>()
        .Select(n => DateTimeOffset.UnixEpoch.AddMilliseconds(n % 60_000_000_000_000L));

    private static readonly Gen<TimeSpan> Span = Gen.Choose(0, int.MaxValue).Select(n => TimeSpan.FromMilliseconds(n));
    private static readonly Gen<int> Int = ArbMap.Default.GeneratorFor<int>();
    private static readonly Gen<long> Long = ArbMap.Default.GeneratorFor<long>();
    private static readonly Gen<double> Double = ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite);
    private static readonly Gen<bool> Bool = Gen.Elements(true, false);

    private static readonly Gen<ulong?> SpanId = Maybe(Long.Select(n => (ulong)n));

    private static readonly Gen<TraceContext?> Context = Gen.OneOf(
        Gen.Constant<TraceContext?>(null),
        from high in Long
        from low in Long.Where(n => n != 0)
        from span in Long.Where(n => n != 0)
        select (TraceContext?)new TraceContext(new UInt128((ulong)high, (ulong)low), (ulong)span));

    private static readonly Gen<ImagePart> Image =
        from at in Int
        from url in Text
        from detail in Text
        select new ImagePart(at, url, detail);

    private static readonly Gen<ToolCall> Call =
        from id in Text
        from name in Text
        from arguments in Text
        select new ToolCall(id, name, arguments);

    private static readonly Gen<Message> OneMessage =
        from role in Enum<Role>()
        from text in Text
        from images in List(Image)
        from calls in List(Call)
        from call in Text
        from name in Text
        select new Message(role, text) { Images = images, ToolCalls = calls, ToolCallId = call, Name = name };

    private static readonly Gen<ImmutableArray<Message>> Messages = List(OneMessage);

    private static readonly Gen<ToolDefinition> Tool =
        from name in Text
        from description in Text
        from parameters in Text
        from strict in Maybe(Bool)
        select new ToolDefinition(name, description, parameters, strict);

    private static readonly Gen<ReplyFormat> Format =
        from kind in Enum<ReplyFormatKind>()
        from name in Text
        from description in Text
        from schema in Text
        from strict in Maybe(Bool)
        select new ReplyFormat(kind, name, description, schema, strict);

    private static readonly Gen<GenerationSettings> Settings =
        from temperature in Maybe(Double)
        from topP in Maybe(Double)
        from max in Maybe(Int)
        from seed in Maybe(Long)
        from frequency in Maybe(Double)
        from presence in Maybe(Double)
        from stop in List(Text)
        from tools in List(Tool)
        from choice in Gen.OneOf(Gen.Constant<ToolChoice?>(null), Enum<ToolChoiceKind>().SelectMany(kind => Text.Select(name => (ToolChoice?)new ToolChoice(kind, name))))
        from parallel in Maybe(Bool)
        from format in Gen.OneOf(Gen.Constant<ReplyFormat?>(null), Format.Select(format => (ReplyFormat?)format))
        from passOn in Text
        select new GenerationSettings(temperature, topP, max, seed, frequency, presence, stop)
        {
            Tools = tools,
            ToolChoice = choice,
            ParallelToolCalls = parallel,
            Format = format,
            PassOn = passOn,
            MaxTokensByOldName = passOn.Length % 2 == 1,
        };

    private static readonly Gen<TurnContent> Content =
        from model in Text
        from messages in Messages
        from settings in Gen.OneOf(Gen.Constant(GenerationSettings.Default), Settings)
        from instructions in Text
        from note in Text
        from lineage in List(Text)
        from parent in Gen.OneOf(
            Gen.Constant<ParentStep?>(null), Conversation.SelectMany(conversation => Turn.SelectMany(turn => Text.Select(key => (ParentStep?)new ParentStep(conversation, turn, key)))))
        select new TurnContent(model, messages, settings) { Instructions = instructions, Note = note, Lineage = lineage, Parent = parent };

    private static readonly Gen<Reply> Reply =
        from text in Text
        from model in Text
        from backend in Text
        from finish in Text
        from input in Maybe(Long)
        from output in Maybe(Long)
        from cached in Maybe(Long)
        from reasoning in Maybe(Long)
        from calls in List(Call)
        from refusal in Text
        from thought in Text
        select new Reply(text, model, backend, finish, new Usage(input, output) { CachedInputTokens = cached, ReasoningTokens = reasoning })
        {
            ToolCalls = calls,
            Refusal = refusal,
            Reasoning = thought,
            SystemFingerprint = model,
            ServiceTier = finish,
        };

    private static readonly Gen<Exchange> Exchange =
        from turn in Turn
        from messages in Messages
        from reply in Gen.OneOf(Gen.Constant<Reply?>(null), Reply.Select(reply => (Reply?)reply))
        from deleted in List(Int)
        select new Exchange(turn, messages, reply) { Deleted = deleted };

    private static readonly Gen<Outcome> Outcome = Gen.OneOf(
        Reply.Select(reply => (Outcome)new Outcome.Committed(reply)),
        Enum<FailureKind>().SelectMany(kind => Text.Select(reason => (Outcome)new Outcome.Failed(kind, reason))),
        Gen.Constant((Outcome)Domain.Conversations.Outcome.Recorded.Instance),
        Enum<CancelledBy>().Select(by => (Outcome)new Outcome.Cancelled(by)));

    private static readonly Gen<AttemptTrace?> Trace = Gen.OneOf(
        Gen.Constant<AttemptTrace?>(null),
        from node in Text
        from taken in Maybe(Time)
        from called in Maybe(Time)
        from first in Maybe(Time)
        from ended in Maybe(Time)
        from backend in Text
        from model in Text
        from input in Maybe(Long)
        from output in Maybe(Long)
        select (AttemptTrace?)new AttemptTrace(node)
        {
            TakenAt = taken,
            CalledAt = called,
            FirstTextAt = first,
            EndedAt = ended,
            Backend = backend,
            Model = model,
            InputTokens = input,
            OutputTokens = output,
        });

    private static readonly Gen<AttemptEnd> End = Gen.OneOf(
        Reply.SelectMany(reply => Trace.Select(trace => (AttemptEnd)new AttemptEnd.Succeeded(reply) { Trace = trace })),
        from kind in Enum<FailureKind>()
        from reason in Text
        from wait in Maybe(Span)
        from final in Bool
        from trace in Trace
        select (AttemptEnd)new AttemptEnd.Failed(kind, reason, wait) { Trace = trace, Final = final },
        Trace.Select(trace => (AttemptEnd)new AttemptEnd.Suspended { Trace = trace }));

    private static readonly Gen<AttemptKey> Key =
        from conversation in Conversation
        from turn in Turn
        from attempt in Int
        select new AttemptKey(conversation, turn, attempt);

    private static readonly Gen<StationTally> Tally =
        from station in Text
        from servers in Int
        from times in Double.ArrayOf(7)
        from counts in Long.ArrayOf(4)
        select new StationTally(station, servers, times[0])
        {
            Arrived = counts[0],
            Waited = counts[1],
            GaveUp = counts[2],
            Served = counts[3],
            WaitSum = times[1],
            ServiceSum = times[2],
            ServiceSquares = times[3],
            WaitingArea = times[4],
            BusyArea = times[5],
            LastBefore = times[6],
        };

    private static readonly Gen<StationReading> Reading =
        from servers in Int
        from served in Long
        from rates in Double.ArrayOf(10)
        select new StationReading(rates[0], servers, served, rates[1], rates[2], rates[3], rates[4])
        {
            WaitedRate = rates[5],
            WaitRate = rates[6],
            ServedRate = rates[7],
            ServiceRate = rates[8],
            SquaresRate = rates[9],
        };

    // Whole milliseconds within a day: a latency travels as a double.
    private static readonly Gen<LoadReport> Load =
        from capacity in Int
        from inFlight in Int
        from latency in Gen.Choose(0, 86_400_000)
        from backends in List(
            from backend in Text
            from failures in Int
            from error in Text
            select new BackendLoad(backend, failures, error))
        from modules in List(
            from module in Text
            from places in Int
            from held in Int
            from took in Gen.Choose(0, 86_400_000)
            select new ModuleLoad(module, places, held, TimeSpan.FromMilliseconds(took)))
        select new LoadReport(capacity, inFlight, TimeSpan.FromMilliseconds(latency)) { Backends = backends, Modules = modules };

    private static readonly Gen<LoadReport> CountedLoad =
        from load in Load
        from stations in List(Tally)
        select load with { Stations = stations };

    private static readonly Gen<TurnAccepted> Accepted =
        from turn in Turn
        from content in Content
        from deadline in Maybe(Time)
        from at in Time
        from trace in Context
        select new TurnAccepted(turn, content, deadline, at) { Trace = trace };

    private static readonly Gen<ToolBegun> ToolStep =
        from turn in Turn
        from attempt in Int
        from key in Turn
        from name in Text
        from arguments in Text
        from at in Time
        select new ToolBegun(turn, attempt, key.Value, name, arguments, at);

    private static readonly Gen<ChildBegun> ChildStep =
        from turn in Turn
        from attempt in Int
        from key in Turn
        from content in Content
        from at in Time
        select new ChildBegun(turn, attempt, key.Value, content, at);

    private static readonly Gen<ApprovalBegun> ApprovalStep =
        from turn in Turn
        from attempt in Int
        from key in Turn
        from question in Text
        from at in Time
        select new ApprovalBegun(turn, attempt, key.Value, question, at);

    private static readonly Gen<StepEnded> StepEnd =
        from turn in Turn
        from key in Turn
        from outcome in Enum<StepOutcome>()
        from result in Text
        from who in Text
        from at in Time
        select new StepEnded(turn, key.Value, outcome, result, who, at);

    private static readonly Gen<ChildEnded> ChildEnd =
        from turn in Turn
        from key in Turn
        from outcome in Enum<StepOutcome>()
        from result in Text
        from at in Time
        select new ChildEnded(turn, key.Value, outcome, result, at);

    private static readonly Gen<AttemptSuspended> Suspended =
        from turn in Turn
        from attempt in Int
        from at in Time
        from trace in Trace
        select new AttemptSuspended(turn, attempt, at) { Trace = trace };

    private static readonly Gen<StepRequest> StepRequest =
        from key in Text
        from kind in Enum<StepKind>()
        from name in Text
        from detail in Text
        from content in Gen.OneOf(Gen.Constant<TurnContent?>(null), Content.Select(content => (TurnContent?)content))
        select new StepRequest(key, kind, name, detail) { Content = content };

    private static readonly Gen<AttemptFailed> Failed =
        from turn in Turn
        from attempt in Int
        from kind in Enum<FailureKind>()
        from reason in Text
        from retryAt in Time
        from at in Time
        from trace in Trace
        from span in SpanId
        select new AttemptFailed(turn, attempt, kind, reason, retryAt, at) { Trace = trace, SpanId = span };

    private static readonly Gen<ReplyCommitted> Committed =
        from turn in Turn
        from attempt in Int
        from reply in Reply
        from at in Time
        from trace in Trace
        select new ReplyCommitted(turn, attempt, reply, at) { Trace = trace };

    private static readonly Gen<TurnFailed> GaveUp =
        from turn in Turn
        from attempt in Int
        from kind in Enum<FailureKind>()
        from reason in Text
        from at in Time
        from trace in Trace
        select new TurnFailed(turn, attempt, kind, reason, at) { Trace = trace };

    private static readonly Gen<TurnCancelled> Cancelled =
        from turn in Turn
        from who in Enum<CancelledBy>()
        from at in Time
        from attempt in Int
        from trace in Trace
        select new TurnCancelled(turn, who, at) { Attempt = attempt, Trace = trace };

    private static readonly Gen<ItemsAdded> Added =
        from turn in Turn
        from messages in Messages
        from at in Time
        select new ItemsAdded(turn, messages, at);

    private static readonly Gen<TurnGlance> Glance =
        from turn in Turn
        from phase in Enum<TurnPhase>()
        from number in Long
        from accepted in Maybe(Time)
        from settled in Maybe(Time)
        from attempts in Int
        from reason in Text
        select new TurnGlance(turn, phase, number, accepted, settled, attempts, reason);

    private static readonly Gen<TurnPending> Pending =
        from conversation in Conversation
        from turn in Turn
        from ahead in Int
        from failed in Int
        from error in Text
        from check in Long
        select new TurnPending(conversation, turn, ahead, failed, error) { ContentCheck = (ulong)check, Unfinished = ahead };

    private static readonly Gen<TurnSettled> Settled =
        from conversation in Conversation
        from turn in Turn
        from outcome in Outcome
        from attempts in Int
        from acknowledged in Bool
        from at in Time
        from check in Long
        select new TurnSettled(conversation, turn, outcome, attempts, acknowledged, at) { ContentCheck = (ulong)check, Unfinished = attempts };

    /// <summary>A generator for each type in the table.</summary>
    public static IReadOnlyDictionary<Type, Gen<object>> Of { get; } = new[]
    {
        Entry(Accepted),
        Entry(Failed),
        Entry(Committed),
        Entry(GaveUp),
        Entry(Cancelled),
        Entry(Turn.SelectMany(turn => Time.Select(at => new ReplyAcknowledged(turn, at)))),
        Entry(Added),
        Entry(
            from turn in Turn
            from position in Int
            from at in Time
            select new ItemDeleted(turn, position, at)),
        Entry(Turn.SelectMany(turn => Time.Select(at => new TurnDeleted(turn, at)))),
        Entry(
            from turn in Turn
            from metadata in Text
            from at in Time
            from request in Long
            select new ConversationDescribed(turn, metadata, at) { Request = (ulong)request }),
        Entry(Turn.SelectMany(turn => Time.Select(at => new ConversationDeleted(turn, at)))),
        Entry(States()),
        Entry(ToolStep),
        Entry(ChildStep),
        Entry(ApprovalStep),
        Entry(StepEnd),
        Entry(ChildEnd),
        Entry(Suspended),
        Entry(
            from conversation in Conversation
            from turn in Turn
            from content in Content
            from overlap in Enum<OverlapPolicy>()
            from deadline in Maybe(Span)
            from follow in Bool
            from stream in Bool
            from after in Gen.OneOf(Gen.Constant<TurnId?>(null), Turn.Select(turn => (TurnId?)turn))
            from mustExist in Bool
            from trace in Context
            select new SubmitTurn(conversation, turn, content, overlap, deadline, follow, stream) { After = after, MustExist = mustExist, Trace = trace }),
        Entry(
            from conversation in Conversation
            from turn in Turn
            from stream in Bool
            from offset in Int
            select new FollowTurn(conversation, turn, stream, offset)),
        Entry(Conversation.SelectMany(conversation => Turn.Select(turn => new GetTurn(conversation, turn)))),
        Entry(Conversation.SelectMany(conversation => Turn.SelectMany(turn => Enum<CancelledBy>().Select(by => new CancelTurn(conversation, turn) { By = by })))),
        Entry(Conversation.SelectMany(conversation => Turn.Select(turn => new AcknowledgeReply(conversation, turn)))),
        Entry(Conversation.SelectMany(conversation => Turn.Select(turn => new ReadTurn(conversation, turn)))),
        Entry(Conversation.SelectMany(conversation => Turn.Select(turn => new DeleteTurn(conversation, turn)))),
        Entry(Conversation.SelectMany(conversation => Turn.Select(turn => new DeleteConversation(conversation, turn)))),
        Entry(
            from conversation in Conversation
            from turn in Turn
            from messages in Messages
            select new AddItems(conversation, turn, messages)),
        Entry(
            from conversation in Conversation
            from turn in Turn
            from position in Int
            select new DeleteItem(conversation, turn, position)),
        Entry(
            from conversation in Conversation
            from turn in Turn
            from metadata in Text
            from mustExist in Bool
            from request in Long
            select new DescribeConversation(conversation, turn, metadata, mustExist) { Request = (ulong)request }),
        Entry(
            from standing in Gen.OneOf(Pending.Select(pending => (TurnAnswer)pending), Settled.Select(settled => (TurnAnswer)settled))
            from content in Content
            from at in Time
            select new TurnRecord(standing, content, at)),
        Entry(Conversation.SelectMany(conversation => Bool.Select(bare => new GetConversation(conversation) { WithoutHistory = bare }))),
        Entry(Conversation.Select(conversation => new WakeConversation(conversation))),
        Entry(Pending),
        Entry(Settled),
        Entry(
            from conversation in Conversation
            from turn in Turn
            from code in Enum<RejectionCode>()
            from reason in Text
            from check in Long
            select new TurnRejected(conversation, turn, code, reason) { ContentCheck = (ulong)check }),
        Entry(
            from conversation in Conversation
            from settled in Long
            from pending in List(Turn)
            from history in List(Exchange)
            from exists in Bool
            from created in Time
            from metadata in Text
            select new ConversationView(conversation, settled, pending, history) { Exists = exists, CreatedAt = created, Metadata = metadata }),
        Entry(Conversation.SelectMany(conversation => Turn.Select(turn => new InspectTurn(conversation, turn)))),
        Entry(Conversation.Select(conversation => new InspectConversation(conversation))),
        Entry(
            from conversation in Conversation
            from turn in Turn
            from home in Text
            from accepted in Long
            from settled in Long
            from ahead in Int
            from acknowledged in Bool
            from requeued in Bool
            from run in Gen.OneOf(
                Gen.Constant<RunInsight?>(null),
                Int.SelectMany(attempt => Bool.SelectMany(queued => Text.SelectMany(node => Text.Select(reason => (RunInsight?)new RunInsight(attempt, queued, node) { WaitsFor = reason })))))
            select new TurnInsight(conversation, turn, home, accepted, settled, ahead, acknowledged, requeued, run)),
        Entry(
            from conversation in Conversation
            from exists in Bool
            from created in Time
            from settled in Long
            from turns in List(Glance)
            select new ConversationInsight(conversation, exists, created, settled, turns)),
        Entry(
            from key in Key
            from content in Content
            from history in List(Exchange)
            from trace in Context
            from failed in SpanId
            from waited in Gen.Choose(0, int.MaxValue)
            select new RunAttempt(key, content, [.. history]) { Trace = trace, FailedSpanId = failed, Waited = TimeSpan.FromMicroseconds(waited) }),
        Entry(Key.Select(key => new StopAttempt(key))),
        Entry(Key.SelectMany(key => Int.Select(offset => new AttachStream(key, offset)))),
        Entry(
            from key in Key
            from offset in Int
            from text in Text
            select new StreamChunk(key, offset, text)),
        Entry(Key.SelectMany(key => Bool.SelectMany(queued => Text.Select(reason => new Heartbeat(key, queued) { WaitsFor = reason })))),
        Entry(
            from key in Key
            from end in End
            from span in SpanId
            from worked in Maybe(Span)
            select new AttemptResult(key, end) { SpanId = span, BackendTime = worked }),
        Entry(Key.Select(key => new ResultAck(key))),
        Entry(Key.Select(key => new AttemptRefused(key))),
        Entry(CountedLoad),
        Entry(Gen.Constant(GetCapacity.Instance)),
        Entry(
            from target in Span
            from wanted in Int
            from stations in List(
                from station in Text
                from nodes in Int
                from windows in List(Reading)
                select new StationReport(station, nodes, windows))
            select new CapacityReport(target, wanted, stations)),
        Entry(Key.SelectMany(key => StepRequest.SelectMany(step => Bool.Select(again => new BeginStep(key, step, again))))),
        Entry(
            from key in Key
            from step in Text
            from outcome in Enum<StepOutcome>()
            from result in Text
            select new EndStep(key, step, outcome, result)),
        Entry(
            from key in Key
            from step in Text
            from begunBy in Int
            from end in Gen.OneOf(
                Gen.Constant<StepEnd?>(null), StepEnd.Select(e => (StepEnd?)new StepEnd(e.Outcome, e.Result, e.By, e.At)))
            select new StepStanding(key, step, begunBy, end)),
        Entry(
            from key in Key
            from step in Text
            from stale in Bool
            from reason in Text
            select new StepRefused(key, step, stale, reason)),
        Entry(
            from conversation in Conversation
            from turn in Turn
            from step in Text
            from granted in Bool
            from who in Text
            from note in Text
            select new DecideApproval(conversation, turn, step, granted, who, note)),
        Entry(Conversation.Select(conversation => new GetApprovals(conversation))),
        Entry(
            from conversation in Conversation
            from approvals in List(
                from turn in Turn
                from step in Text
                from module in Text
                from question in Text
                from at in Time
                select new PendingApproval(turn, step, module, question, at))
            select new ApprovalList(conversation, approvals)),
        Entry(Gen.Constant(GetAsking.Instance)),
        Entry(List(Text).Select(conversations => new AskingList(conversations))),
        Entry(Gen.Constant(GetNodeStanding.Instance)),
        Entry(Gen.Constant(DrainNode.Instance)),
        Entry(Gen.Constant(ResumeNode.Instance)),
        Entry(Time.SelectMany(time => Int.SelectMany(held => Bool.Select(draining => new NodeStanding(time, held, draining))))),
        Entry(Gen.Constant(GetUnfinished.Instance)),
        Entry(Int.SelectMany(count => List(Long).Select(since => new UnfinishedList(count, since)))),
        Entry(Gen.Constant(GetWorkers.Instance)),
        Entry(List(Text.SelectMany(address => Load.Select(load => new WorkerEntry(address, load)))).Select(workers => new WorkerList(workers))),
    }.ToDictionary();

    /// <summary>States as only events make them: some turns settled in any way, the rest pending after any number of failures.</summary>
    private static Gen<ConversationState> States()
    {
        var life =
            from accepted in Accepted
            from failures in List(Failed)
            from steps in List(Gen.OneOf(ToolStep.Select(e => (StepBegun)e), ChildStep.Select(e => (StepBegun)e), ApprovalStep.Select(e => (StepBegun)e)))
            from ends in Bool
            from suspended in Bool
            from ending in Gen.OneOf(
                Gen.Constant<ConversationEvent?>(null),
                Committed.Select(e => (ConversationEvent?)e),
                GaveUp.Select(e => (ConversationEvent?)e),
                Cancelled.Select(e => (ConversationEvent?)e))
            from acknowledged in Bool
            select (Accepted: accepted, Failures: failures, Steps: steps, Ends: ends, Suspended: suspended, Ending: ending, Acknowledged: acknowledged);
        return List(life).Select(lives =>
        {
            var state = ConversationState.Empty;
            foreach (var (accepted, failures, steps, ends, suspended, ending, acknowledged) in lives.DistinctBy(life => life.Accepted.Turn))
            {
                Apply(accepted);
                foreach (var failed in failures) Apply(failed with { Turn = accepted.Turn });
                foreach (var step in steps.DistinctBy(step => step.Key)) Apply(step with { Turn = accepted.Turn });
                if (ends && steps is [var first, ..]) Apply(new StepEnded(accepted.Turn, first.Key, StepOutcome.Granted, "ended", "ann", accepted.At));
                if (suspended) Apply(new AttemptSuspended(accepted.Turn, 7, accepted.At));
                if (ending is null) continue;
                Apply(ending with { Turn = accepted.Turn });
                if (acknowledged) Apply(new ReplyAcknowledged(accepted.Turn, accepted.At));
            }

            return state;

            void Apply(ConversationEvent @event) => state = ConversationEvolve.Apply(state, @event);
        });
    }

    private static KeyValuePair<Type, Gen<object>> Entry<T>(Gen<T> values) where T : class => new(typeof(T), values.Select(value => (object)value));

    private static Gen<T?> Maybe<T>(Gen<T> values) where T : struct =>
        Gen.OneOf(Gen.Constant<T?>(null), values.Select(value => (T?)value), Gen.Constant<T?>(default(T)));

    private static Gen<ImmutableArray<T>> List<T>(Gen<T> values) =>
        Gen.Choose(0, 4).SelectMany(length => values.ArrayOf(length)).Select(items => ImmutableArray.Create(items));

    private static Gen<T> Enum<T>() where T : struct, Enum => Gen.Elements(System.Enum.GetValues<T>());
}
