using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Routing;
using FsCheck;
using FsCheck.Fluent;

namespace ActorLlm.Serialization.Tests;

/// <summary>Random values of every type in the table.</summary>
internal sealed class Values : EventValues
{
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
        from unfinished in Maybe(Int)
        select new TurnPending(conversation, turn, ahead, failed, error) { ContentCheck = (ulong)check, Unfinished = unfinished };

    private static readonly Gen<TurnSettled> Settled =
        from conversation in Conversation
        from turn in Turn
        from outcome in Outcome
        from attempts in Int
        from acknowledged in Bool
        from at in Time
        from check in Long
        from unfinished in Maybe(Int)
        select new TurnSettled(conversation, turn, outcome, attempts, acknowledged, at) { ContentCheck = (ulong)check, Unfinished = unfinished };

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
        Entry(Conversation.SelectMany(conversation => Turn.Select(turn => new CancelTurn(conversation, turn)))),
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
                Int.SelectMany(attempt => Bool.SelectMany(queued => Text.Select(node => (RunInsight?)new RunInsight(attempt, queued, node)))))
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
            select new RunAttempt(key, content, [.. history]) { Trace = trace, FailedSpanId = failed }),
        Entry(Key.Select(key => new StopAttempt(key))),
        Entry(Key.SelectMany(key => Int.Select(offset => new AttachStream(key, offset)))),
        Entry(
            from key in Key
            from offset in Int
            from text in Text
            select new StreamChunk(key, offset, text)),
        Entry(Key.SelectMany(key => Bool.Select(queued => new Heartbeat(key, queued)))),
        Entry(
            from key in Key
            from end in End
            from span in SpanId
            from worked in Maybe(Span)
            select new AttemptResult(key, end) { SpanId = span, BackendTime = worked }),
        Entry(Key.Select(key => new ResultAck(key))),
        Entry(Key.Select(key => new AttemptRefused(key))),
        Entry(Load),
        Entry(Gen.Constant(GetNodeStanding.Instance)),
        Entry(Gen.Constant(DrainNode.Instance)),
        Entry(Gen.Constant(ResumeNode.Instance)),
        Entry(Time.SelectMany(time => Int.SelectMany(held => Bool.Select(draining => new NodeStanding(time, held, draining))))),
        Entry(Gen.Constant(GetUnfinished.Instance)),
        Entry(Int.SelectMany(count => List(Long).Select(since => new UnfinishedList(count, since)))),
        Entry(Gen.Constant(GetWorkers.Instance)),
        Entry(List(Text.SelectMany(address => Load.Select(load => new WorkerEntry(address, load)))).Select(workers => new WorkerList(workers))),
    }.ToDictionary();

    private static KeyValuePair<Type, Gen<object>> Entry<T>(Gen<T> values) where T : class => new(typeof(T), values.Select(value => (object)value));
}
