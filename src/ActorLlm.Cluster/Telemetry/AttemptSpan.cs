using System.Diagnostics;
using ActorLlm.Backends;
using ActorLlm.Domain.Conversations;
using ActorLlm.Telemetry;

namespace ActorLlm.Cluster;

/// <summary>How a worker tells of its attempts.</summary>
/// <param name="Node">Its node, <c>host:port</c>.</param>
/// <param name="CaptureContent">Whether the text of messages stands on spans.</param>
internal sealed record AttemptSpans(string Node, bool CaptureContent)
{
    /// <summary>
    /// Begins an attempt's span, in the trace of the turn's request and linked to the attempt that failed before it. It becomes the current one, so that the
    /// backend's own spans stand below it: call it in the asynchronous method that makes the call. Null where nobody records that trace.
    /// </summary>
    public Activity? Begin(RunAttempt request)
    {
        var span = Traces.Begin(Names.AttemptSpan, request.Trace, request.FailedSpanId);
        if (span is null) return null;
        Activity.Current = span;
        var key = request.Key;
        span.SetTag(Names.ConversationId, key.Conversation.Value).SetTag(Names.TurnId, key.Turn.Value)
            .SetTag(Names.Attempt, key.Attempt).SetTag(Names.Node, Node);
        if (CaptureContent) span.SetTag(Names.InputMessages, CapturedText.Of(request.Content.Messages));
        return span;
    }

    /// <summary>Says which backend was chosen.</summary>
    public static void Called(Activity? span, in ResolvedBackend backend) =>
        span?.SetTag(Names.Operation, Names.Chat).SetTag(Names.RequestModel, backend.Model).SetTag(Names.Backend, backend.Backend);

    /// <summary>Ends it. Why an attempt failed is told by kind: a provider's words may repeat what was asked.</summary>
    public void End(Activity? span, AttemptEnd end)
    {
        if (span is null) return;
        span.SetTag(Names.Outcome, Outcomes.Of(end));
        if (end is AttemptEnd.Succeeded { Reply: var reply })
        {
            span.SetTag(Names.InputTokens, reply.Usage.InputTokens).SetTag(Names.OutputTokens, reply.Usage.OutputTokens)
                .SetTag(Names.FinishReasons, new[] { reply.FinishReason });
            if (CaptureContent) span.SetTag(Names.OutputMessages, CapturedText.Of(reply));
        }

        Spans.End(span, end is AttemptEnd.Failed failed ? Outcomes.Of(failed.Kind) : null);
    }
}
