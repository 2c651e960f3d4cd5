namespace ActorLlm.Domain.Conversations;

/// <summary>Folds events into state: one arm per event, no clock, no validation, no effect.</summary>
public static class ConversationEvolve
{
    /// <summary>The state after an event.</summary>
    /// <exception cref="InvalidOperationException">The event is of an unknown type or does not fit the state: the journal is damaged.</exception>
    public static ConversationState Apply(ConversationState state, ConversationEvent @event)
    {
        state = state.Version == 0 ? state with { Version = 1, CreatedAt = @event.At } : state with { Version = state.Version + 1 };
        return @event switch
        {
            // Forgetting rides on acceptance, and by the event's own time, so that a replay forgets the same ids.
            TurnAccepted e => Accept(Forget(state, e.At), e),
            AttemptFailed e => ApplyFailure(state, e),
            ReplyCommitted e => HistoryEvolve.Remember(
                Settle(state, e, e.Attempt, ending: null, out var turn), new Exchange(turn.Id, turn.Content.Messages, e.Reply)),
            TurnFailed e => Settle(state, e, e.Attempt, new Outcome.Failed(e.Kind, e.Reason), out _),
            TurnCancelled e => Settle(state, e, e.Attempt, new Outcome.Cancelled(e.By), out _),
            ReplyAcknowledged e => Acknowledge(state, e),
            StepBegun e => Replace(state, PendingOf(state, e), turn => StepEvolve.Begin(turn, e)),
            StepEnded e => Replace(state, PendingOf(state, e), turn => StepEvolve.End(turn, e.Key, new StepEnd(e.Outcome, e.Result, e.By, e.At))),
            ChildEnded e => EndChild(state, e),
            AttemptSuspended e => Replace(state, PendingOf(state, e), turn => StepEvolve.Suspend(turn, e)),
            ItemsAdded e => HistoryEvolve.Add(Forget(state, e.At), e),
            ItemDeleted e => HistoryEvolve.Delete(state, e),
            TurnDeleted e => HistoryEvolve.Delete(state, e),
            ConversationDescribed e => state with { Metadata = e.Metadata, MadeBy = state.Version == 1 ? e.Request : state.MadeBy },
            ConversationDeleted => HistoryEvolve.Delete(state),
            _ => throw new InvalidOperationException($"Unknown conversation event {@event.GetType().Name}."),
        };
    }

    /// <summary>
    /// Drops the ids of turns settled longer ago than <see cref="Limits.RememberTurnsFor"/>, save those that may still be in the history.
    /// </summary>
    public static ConversationState Forget(ConversationState state, DateTimeOffset now)
    {
        while (state.Settled.Count > Limits.MaxHistoryTurns
               && state.Settled[state.SettledOrder.Peek()].At + Limits.RememberTurnsFor < now)
        {
            state = state with
            {
                Settled = state.Settled.Remove(state.SettledOrder.Peek()),
                SettledOrder = state.SettledOrder.Dequeue(),
            };
        }

        return state;
    }

    private static ConversationState Accept(ConversationState state, TurnAccepted e)
    {
        if (state.Settled.ContainsKey(e.Turn) || state.IndexOfPending(e.Turn) >= 0)
            throw new InvalidOperationException($"TurnAccepted names the turn {e.Turn}, which was accepted before.");
        return state with
        {
            Pending = state.Pending.Add(new PendingTurn(e.Turn, e.Content, e.Content.Fingerprint(), e.At, e.Deadline) { AcceptedNr = state.Version, Trace = e.Trace }),
            LastAccepted = e.Turn,
        };
    }

    private static ConversationState Acknowledge(ConversationState state, ReplyAcknowledged e) =>
        state.Settled.TryGetValue(e.Turn, out var turn)
            ? state with { Settled = state.Settled.SetItem(e.Turn, turn with { Acknowledged = true }) }
            : throw new InvalidOperationException($"ReplyAcknowledged names the turn {e.Turn}, which has no outcome.");

    private static ConversationState ApplyFailure(ConversationState state, AttemptFailed e) => Replace(state, PendingOf(state, e), turn => turn with
    {
        FailedAttempts = e.Attempt,
        IsSuspended = false,
        ContentFailures = turn.ContentFailures + (e.Kind.IsLasting() ? 1 : 0),
        WorkerLosses = turn.WorkerLosses + (e.Kind == FailureKind.WorkerLost ? 1 : 0),
        ProviderFailures = turn.ProviderFailures + (e.Kind == FailureKind.Provider ? 1 : 0),
        ProviderFailingSince = e.Kind == FailureKind.Provider ? turn.ProviderFailingSince ?? e.At : turn.ProviderFailingSince,
        NotBefore = e.RetryAt,
        LastError = e.Reason,
        FailedSpanId = e.SpanId,
    });

    // After its parent's outcome a child is only still to be ended.
    private static ConversationState EndChild(ConversationState state, ChildEnded e)
    {
        var unwanted = state.Unwanted.FirstOrDefault(child => child.Turn == e.Turn && child.Key == e.Key);
        return unwanted is not null
            ? state with { Unwanted = state.Unwanted.Remove(unwanted) }
            : Replace(state, PendingOf(state, e), turn => StepEvolve.End(turn, e.Key, new StepEnd(e.Outcome, e.Result, "", e.At)));
    }

    private static ConversationState Replace(ConversationState state, PendingTurn turn, Func<PendingTurn, PendingTurn> change) =>
        state with { Pending = state.Pending.Replace(turn, change(turn)) };

    private static ConversationState Settle(
        ConversationState state, ConversationEvent e, int attempt, Outcome? ending, out PendingTurn turn)
    {
        turn = PendingOf(state, e);
        var attempts = Math.Max(attempt, turn.FailedAttempts);
        return state with
        {
            SettledCount = state.SettledCount + 1,
            Pending = state.Pending.RemoveAt(state.IndexOfPending(e.Turn)),
            Unwanted = StepEvolve.Abandon(state.Unwanted, turn),
            Settled = state.Settled.Add(e.Turn, new SettledTurn(turn.Fingerprint, state.Version, attempts, ending, false, e.At) { AcceptedNr = turn.AcceptedNr }),
            SettledOrder = state.SettledOrder.Enqueue(e.Turn),
        };
    }

    private static PendingTurn PendingOf(ConversationState state, ConversationEvent e)
    {
        var index = state.IndexOfPending(e.Turn);
        return index >= 0
            ? state.Pending[index]
            : throw new InvalidOperationException($"{e.GetType().Name} names the turn {e.Turn}, which is not unfinished.");
    }
}
