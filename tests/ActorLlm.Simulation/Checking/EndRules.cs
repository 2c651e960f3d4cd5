using ActorLlm.Domain.Conversations;

namespace ActorLlm.Simulation.Checking;

/// <summary>What must have come to its end.</summary>
internal static class EndRules
{
    public static void Check(History history, Dictionary<int, Log> logs, List<Violation> violations)
    {
        foreach (var (conversation, log) in logs)
        {
            foreach (var turn in log.Turns)
            {
                if (turn.Terminal is null)
                    violations.Add(new Violation(Rules.AllTerminal, $"c{conversation}: {turn.Id}, accepted at {turn.Accepted.At} ms, has no outcome at {history.EndedAt} ms; the faults ended at {history.HealedAt} ms"));
            }
        }

        foreach (var waiting in history.Unanswered) violations.Add(new Violation(Rules.CallersAnswered, waiting));
        foreach (var asked in history.Asked)
        {
            if (!asked.Oversize) continue;
            if (!history.Told.Any(told => told.Content == asked.Content && told.Turn == asked.Turn && told.Answer is TurnRejected { Code: RejectionCode.TooLarge }))
                violations.Add(new Violation(Rules.OversizeRefused, $"c{asked.Conversation}: caller {asked.Caller} sent {asked.Turn}, which is too large, at {asked.At} ms and was not told so"));
        }
    }
}
