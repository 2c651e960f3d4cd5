namespace ActorLlm.Domain.Conversations;

/// <summary>What an operator is told by a conversation, from its state and the run at its head.</summary>
public static class Insights
{
    /// <summary>What only the conversation knows of a turn.</summary>
    /// <param name="id">The conversation.</param>
    /// <param name="state">Its state.</param>
    /// <param name="turn">A turn that the state knows.</param>
    /// <param name="run">The attempt at its head; null for none.</param>
    /// <param name="home">The conversation's node.</param>
    public static TurnInsight OfTurn(ConversationId id, ConversationState state, TurnId turn, HeadRun? run, string home)
    {
        var index = state.IndexOfPending(turn);
        var next = RequeuedTurn.Of(turn);
        var requeued = state.Settled.ContainsKey(next) || state.IndexOfPending(next) >= 0;
        if (index < 0)
        {
            var settled = state.Settled[turn];
            return new TurnInsight(id, turn, home, settled.AcceptedNr, settled.SequenceNr, 0, settled.Acknowledged, requeued, null);
        }

        var insight = run?.Turn == turn ? new RunInsight(run.Attempt, run.Queued, run.Node) { WaitsFor = run.WaitsFor } : null;
        return new TurnInsight(id, turn, home, state.Pending[index].AcceptedNr, 0, index, false, requeued, insight);
    }

    /// <summary>Which turns the conversation has.</summary>
    public static ConversationInsight Of(ConversationId id, ConversationState state, HeadRun? run)
    {
        // Deleted turns are answered as unknown, here too.
        var settled = state.SettledOrder.Where(turn => !state.Settled[turn].Deleted).TakeLast(Math.Max(0, Limits.MaxGlances - state.Pending.Length));
        return new ConversationInsight(
            id,
            state.Exists,
            state.CreatedAt,
            state.SettledCount,
            [.. settled.Select(turn => Glance(turn, state.Settled[turn])), .. state.Pending.Select(turn => Glance(turn, state, run)).TakeLast(Limits.MaxGlances)]);
    }

    /// <summary>The approvals that it waits for.</summary>
    public static ApprovalList Approvals(ConversationId id, ConversationState state) => new(id,
    [
        .. from turn in state.Pending
           from step in turn.Steps
           where step is { End: null, Request.Kind: StepKind.Approval }
           select new PendingApproval(turn.Id, step.Key, turn.Content.Model, step.Request.Detail, step.BegunAt),
    ]);

    private static TurnGlance Glance(TurnId id, SettledTurn turn)
    {
        var (phase, reason) = turn.Ending switch
        {
            Outcome.Failed failed => (TurnPhase.Failed, failed.Reason),
            Outcome.Cancelled => (TurnPhase.Cancelled, ""),
            Outcome.Recorded => (TurnPhase.Recorded, ""),
            _ => (TurnPhase.Committed, ""),
        };
        return new TurnGlance(id, phase, turn.AcceptedNr, null, turn.At, turn.Attempts, reason);
    }

    private static TurnGlance Glance(PendingTurn turn, ConversationState state, HeadRun? run) => new(
        turn.Id,
        turn.Id == state.Pending[0].Id ? TurnPhase.Running : TurnPhase.Waiting,
        turn.AcceptedNr,
        turn.AcceptedAt,
        null,
        run?.Turn == turn.Id ? run.Attempt : turn.FailedAttempts,
        turn.LastError);
}
