using System.Globalization;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Inspection;

/// <summary>Tells the life of a turn from its events and from what its conversation knows beside them.</summary>
public static class TurnLives
{
    /// <summary>The life of a turn; null where its acceptance is not among the events.</summary>
    /// <param name="insight">What the conversation knows.</param>
    /// <param name="events">The turn's events, in the order of the journal. They may be newer than <paramref name="insight"/>.</param>
    public static TurnLife? Of(TurnInsight insight, IReadOnlyList<ConversationEvent> events)
    {
        ArgumentNullException.ThrowIfNull(insight);
        ArgumentNullException.ThrowIfNull(events);
        var accepted = events.OfType<TurnAccepted>().FirstOrDefault();
        if (accepted is null && events is not [ItemsAdded, ..]) return null;
        var end = events.FirstOrDefault(e => e is ReplyCommitted or TurnFailed or TurnCancelled or ItemsAdded);
        var attempts = events.Aggregate(new SortedDictionary<int, AttemptLife>(), Take);
        AddUnfinished(attempts, insight, end, events.OfType<AttemptFailed>().LastOrDefault());
        return new TurnLife(
            insight.Conversation.Value,
            insight.Turn.Value,
            StateOf(insight, end),
            events[0].At,
            accepted?.Deadline,
            accepted?.Content.Model ?? "",
            insight.Home.Length > 0 ? insight.Home : null,
            end is null ? insight.Ahead : 0,
            [.. attempts.Values],
            end?.At,
            OutcomeOf(end),
            events.OfType<ReplyAcknowledged>().FirstOrDefault()?.At,
            insight.Requeued ? RequeuedTurn.Of(insight.Turn).Value : null,
            accepted?.Trace?.TraceId.ToString("x32", CultureInfo.InvariantCulture))
        {
            Steps = StepLives.Of(insight, events, end),
            Parent = accepted?.Content.Parent is { } parent ? new ParentLife(parent.Conversation.Value, parent.Turn.Value, parent.Key) : null,
        };
    }

    /// <summary>How a turn stands.</summary>
    public static TurnState StateOf(TurnPhase phase) => phase switch
    {
        TurnPhase.Waiting => TurnState.Waiting,
        TurnPhase.Running => TurnState.Running,
        TurnPhase.Committed => TurnState.Committed,
        TurnPhase.Failed => TurnState.Failed,
        TurnPhase.Cancelled => TurnState.Cancelled,
        TurnPhase.Recorded => TurnState.Recorded,
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "An unknown phase: the conversation's node is of a newer version."),
    };

    private static TurnState StateOf(TurnInsight insight, ConversationEvent? end) => end switch
    {
        ReplyCommitted => TurnState.Committed,
        TurnFailed => TurnState.Failed,
        TurnCancelled => TurnState.Cancelled,
        ItemsAdded => TurnState.Recorded,
        _ => insight.Ahead > 0 ? TurnState.Waiting : TurnState.Running,
    };

    private static string OutcomeOf(ConversationEvent? end) => end switch
    {
        ReplyCommitted e => e.Reply.FinishReason,
        TurnFailed e => e.Reason,
        TurnCancelled { By: CancelledBy.LaterTurn } => "Cancelled by a later turn.",
        TurnCancelled { By: CancelledBy.Parent } => "Cancelled with the turn that asked for it.",
        TurnCancelled => "Cancelled by a client or an operator.",
        _ => "",
    };

    // An attempt that was given up may still be the one whose reply is committed: then that is how it ended.
    private static SortedDictionary<int, AttemptLife> Take(SortedDictionary<int, AttemptLife> attempts, ConversationEvent e)
    {
        switch (e)
        {
            case AttemptFailed failed:
                attempts[failed.Attempt] = Ended(failed.Attempt, EndOf(failed.Kind), failed.Reason, failed.At, failed.Trace) with { RetryAt = failed.RetryAt };
                break;
            case AttemptSuspended suspended:
                attempts[suspended.Attempt] = Ended(suspended.Attempt, AttemptState.Suspended, "", suspended.At, suspended.Trace);
                break;
            // The deadline of a turn that waited names no attempt, or the last one that had failed before.
            case TurnFailed failed when failed.Attempt > 0 && (failed.Kind != FailureKind.Deadline || !attempts.ContainsKey(failed.Attempt)):
                attempts[failed.Attempt] = Ended(failed.Attempt, EndOf(failed.Kind), failed.Reason, failed.At, failed.Trace);
                break;
            case TurnCancelled { Attempt: > 0 } cancelled:
                attempts[cancelled.Attempt] = Ended(cancelled.Attempt, AttemptState.Abandoned, "", cancelled.At, cancelled.Trace);
                break;
            case ReplyCommitted committed:
                attempts[committed.Attempt] = Ended(committed.Attempt, AttemptState.Committed, "", committed.At, committed.Trace) with
                {
                    Backend = committed.Reply.Backend,
                    Model = committed.Reply.Model,
                    InputTokens = committed.Reply.Usage.InputTokens,
                    OutputTokens = committed.Reply.Usage.OutputTokens,
                };
                break;
        }

        return attempts;
    }

    /// <summary>The attempt that runs, or that ran when the turn ended without it.</summary>
    private static void AddUnfinished(
        SortedDictionary<int, AttemptLife> attempts, TurnInsight insight, ConversationEvent? end, AttemptFailed? lastFailure)
    {
        if (end is null)
        {
            if (insight.Run is not { } run || attempts.ContainsKey(run.Attempt)) return;
            var state = run.Queued ? AttemptState.Queued : AttemptState.Running;
            attempts[run.Attempt] = new AttemptLife(run.Attempt, state, run.WaitsFor, Said(run.Node), null, null, null, null, null, null, null, null, null);
        }
        else if (lastFailure is not null && lastFailure.RetryAt <= end.At && !attempts.ContainsKey(lastFailure.Attempt + 1))
        {
            attempts[lastFailure.Attempt + 1] = Ended(lastFailure.Attempt + 1, AttemptState.Abandoned, "", end.At, trace: null);
        }
    }

    // Rows of an earlier version have no trace.
    private static AttemptLife Ended(int number, AttemptState end, string reason, DateTimeOffset at, AttemptTrace? trace) => new(
        number,
        end,
        reason,
        Said(trace?.Node),
        Said(trace?.Backend),
        Said(trace?.Model),
        trace?.TakenAt,
        trace?.CalledAt,
        trace?.FirstTextAt,
        trace?.EndedAt ?? at,
        RetryAt: null,
        trace?.InputTokens,
        trace?.OutputTokens);

    private static AttemptState EndOf(FailureKind kind) => kind switch
    {
        FailureKind.Content or FailureKind.AnswerUnusable or FailureKind.Module => AttemptState.ContentFailed,
        FailureKind.Provider or FailureKind.NoCredit => AttemptState.ProviderFailed,
        FailureKind.WorkerLost => AttemptState.WorkerLost,
        FailureKind.Interrupted => AttemptState.Interrupted,
        _ => AttemptState.Abandoned,
    };

    private static string? Said(string? text) => text is { Length: > 0 } ? text : null;
}
