using ActorLlm.Domain.Conversations;

namespace ActorLlm.Inspection;

/// <summary>Tells the steps of a turn from its events.</summary>
internal static class StepLives
{
    /// <summary>The steps, in their order.</summary>
    /// <param name="insight">What the conversation knows of the turn.</param>
    /// <param name="events">The turn's events, in the order of the journal.</param>
    /// <param name="end">Its terminal event; null for none.</param>
    public static IReadOnlyList<StepLife> Of(TurnInsight insight, IReadOnlyList<ConversationEvent> events, ConversationEvent? end)
    {
        List<StepLife> steps = [];
        var over = 0;
        foreach (var e in events)
        {
            switch (e)
            {
                case StepBegun begun when Find(steps, begun.Key) is >= 0 and var known:
                    steps[known] = steps[known] with { Attempt = begun.Attempt };
                    break;
                case StepBegun begun:
                    steps.Add(Begun(insight, begun));
                    break;
                case StepEnded ended:
                    End(steps, ended.Key, ended.Outcome, ended.At, ended.By);
                    break;
                case ChildEnded ended:
                    End(steps, ended.Key, ended.Outcome, ended.At, "");
                    break;
                case AttemptFailed failed:
                    over = failed.Attempt;
                    break;
                case AttemptSuspended suspended:
                    over = suspended.Attempt;
                    break;
            }
        }

        return [.. steps.Select(step => step.State == StepState.Open ? step with { State = StateOf(step, over, end is not null) } : step)];
    }

    private static StepLife Begun(TurnInsight insight, StepBegun e)
    {
        var request = e.Request;
        return new StepLife(e.Key, request.Kind, request.Name, StepState.Open, e.Attempt, e.At, null, "")
        {
            Conversation = request.Kind == StepKind.Child ? ChildTurn.ConversationOf(insight.Conversation, insight.Turn, e.Key).Value : null,
        };
    }

    // Of a child that its parent left behind its own life tells.
    private static StepState StateOf(StepLife step, int over, bool settled) => step.Kind switch
    {
        StepKind.Tool when settled || step.Attempt <= over => StepState.Unknown,
        StepKind.Approval when settled => StepState.Cancelled,
        _ => StepState.Open,
    };

    private static void End(List<StepLife> steps, string key, StepOutcome outcome, DateTimeOffset at, string by)
    {
        if (Find(steps, key) is not (>= 0 and var index)) return;
        var state = outcome switch
        {
            StepOutcome.Done => StepState.Done,
            StepOutcome.Granted => StepState.Granted,
            StepOutcome.Refused => StepState.Refused,
            StepOutcome.Cancelled => StepState.Cancelled,
            _ => StepState.Failed,
        };
        steps[index] = steps[index] with { State = state, EndedAt = at, By = by };
    }

    private static int Find(List<StepLife> steps, string key) => steps.FindIndex(step => step.Key == key);
}
