using System.Diagnostics;
using ActorLlm.Domain.Conversations;
using ActorLlm.Telemetry;

namespace ActorLlm.Hosting;

/// <summary>The span of a turn as its caller sees it: below the request that brought it, above all that is done for it on any node.</summary>
internal static class TurnSpan
{
    /// <summary>Begins it; null where nobody listens.</summary>
    public static Activity? Begin(TurnRequest request)
    {
        if (!Sources.Spans.HasListeners()) return null;
        return Sources.Spans.StartActivity(Names.TurnSpan)?
            .SetTag(Names.ConversationId, request.Conversation.Value).SetTag(Names.TurnId, request.Turn.Value);
    }

    /// <summary>Says what became of the turn.</summary>
    public static void Answered(Activity? span, TurnAnswer answer)
    {
        if (span is null) return;
        if (answer is not TurnSettled settled)
        {
            span.SetTag(Names.Outcome, "accepted");
            return;
        }

        var outcome = settled.Outcome switch
        {
            Outcome.Committed => "committed",
            Outcome.Failed => "failed",
            Outcome.Cancelled => "cancelled",
            _ => "recorded",
        };
        span.SetTag(Names.Outcome, outcome).SetTag(Names.Attempt, settled.Attempts);
        if (settled.Outcome is Outcome.Failed failed) span.SetStatus(ActivityStatusCode.Error).SetTag(Names.ErrorType, failed.Kind.ToString());
    }
}
