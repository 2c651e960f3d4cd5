using System.Collections.Immutable;
using System.Diagnostics;
using ActorLlm.Cluster.Conversations;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Telemetry;

namespace ActorLlm.Cluster;

/// <summary>
/// What one conversation tells of its turns: spans in the trace of the request that brought each, and measurements. A conversation writes one
/// thing at a time, so there is at most one span of a write.
/// </summary>
internal sealed class ConversationTelemetry(ConversationId id, ConversationRuntime runtime)
{
    private Activity? _writing;
    private TimeSpan? _backendTime;
    private long _begun = runtime.Time.GetTimestamp();
    private bool _headTimed;

    /// <summary>The conversation has started from its journal. When its head began to wait is not known.</summary>
    public void Recovered() => TurnMetrics.Recovered(runtime.Time.GetElapsedTime(_begun));

    /// <summary>A turn has come; it is the head unless others wait.</summary>
    public void Arrived(ConversationState state)
    {
        if (state.Head is null) HeadBegins();
    }

    /// <summary>What a client asked for is written next.</summary>
    public void Accepting(ConversationCommand command)
    {
        if (command is SubmitTurn { Trace: { } trace } submit)
            _writing = Describe(Traces.Begin(Names.AcceptSpan, trace), submit.Turn);
    }

    /// <summary>What follows from an attempt's end is written next, or nothing; gives it with the attempt's span, to which the next attempt is linked.</summary>
    public ImmutableArray<ConversationEvent> Committing(ConversationState state, AttemptResult result, ImmutableArray<ConversationEvent> events)
    {
        if (events.IsEmpty)
        {
            if (result.End is AttemptEnd.Succeeded succeeded && IsRepeat(state, result.Key)) Dropped(succeeded.Reply.Usage);
            return events;
        }

        _backendTime = result.BackendTime;
        if (state.Head is not { Trace: { } trace } head) return events;
        _writing = Describe(Traces.Begin(Names.CommitSpan, trace), head.Id)?.SetTag(Names.Attempt, result.Key.Attempt).SetTag(Names.Outcome, Outcomes.Of(events[0]));
        return Attributed(state, events, result.SpanId);
    }

    /// <summary>Events with the span of the attempt that failed. One whose worker was lost has told of nothing: the conversation does.</summary>
    public ImmutableArray<ConversationEvent> Attributed(ConversationState state, ImmutableArray<ConversationEvent> events, ulong? spanId = null)
    {
        if (state.Head is not { Trace: { } trace } head || events is not [AttemptFailed failed]) return events;
        if (spanId is null && failed.Kind == FailureKind.WorkerLost)
        {
            var lost = Describe(Traces.Begin(Names.LostAttemptSpan, trace, head.FailedSpanId), head.Id)?.SetTag(Names.Attempt, failed.Attempt);
            spanId = Traces.SpanIdOf(lost);
            Spans.End(lost, Outcomes.Of(failed.Kind));
        }

        return spanId is null ? events : [failed with { SpanId = spanId }];
    }

    /// <summary>An event is durable; the state is the one before it.</summary>
    public void Happened(ConversationState state, ConversationEvent e)
    {
        switch (e)
        {
            case TurnAccepted:
                TurnMetrics.Accepted();
                break;
            case AttemptFailed failed:
                TurnMetrics.AttemptEnded(Outcomes.Of(failed.Kind));
                break;
            case AttemptSuspended:
                TurnMetrics.AttemptEnded(Outcomes.Suspended);
                break;
            case ReplyCommitted committed:
                TurnMetrics.AttemptEnded(Outcomes.Committed);
                if (_headTimed && committed.Attempt == 1 && _backendTime is { } backend) TurnMetrics.Added(runtime.Time.GetElapsedTime(_begun) - backend);
                Settled(state, e, Outcomes.Committed);
                break;
            case TurnFailed failed:
                if (failed.Kind != FailureKind.Deadline) TurnMetrics.AttemptEnded(Outcomes.Of(failed.Kind));
                Settled(state, e, Outcomes.Of(failed.Kind));
                break;
            case TurnCancelled:
                Settled(state, e, Outcomes.Cancelled);
                break;
        }
    }

    /// <summary>All that was to be written is durable.</summary>
    public void Written() => EndWrite(null);

    /// <summary>It is not, or nobody knows.</summary>
    public void NotWritten(Exception cause) => EndWrite(cause.GetType().Name);

    private void Settled(ConversationState state, ConversationEvent e, string outcome)
    {
        if (state.IndexOfPending(e.Turn) is >= 0 and var index) TurnMetrics.Settled(outcome, e.At - state.Pending[index].AcceptedAt);
        // Whoever waited behind it is the head from now on.
        HeadBegins();
    }

    private void HeadBegins() => (_begun, _headTimed, _backendTime) = (runtime.Time.GetTimestamp(), true, null);

    // A result that was committed is sent again when its acknowledgement is lost; any other one is of a second call.
    private static bool IsRepeat(ConversationState state, AttemptKey key) =>
        state.Settled.TryGetValue(key.Turn, out var settled) && (settled.Ending is not null || settled.Attempts != key.Attempt);

    private static void Dropped(Usage usage)
    {
        TurnMetrics.AttemptEnded(Outcomes.Dropped);
        TurnMetrics.Repeated(usage.InputTokens, usage.OutputTokens);
    }

    private Activity? Describe(Activity? span, TurnId turn) =>
        span?.SetTag(Names.ConversationId, id.Value).SetTag(Names.TurnId, turn.Value).SetTag(Names.Node, runtime.Node);

    private void EndWrite(string? error)
    {
        Spans.End(_writing, error);
        _writing = null;
    }
}
