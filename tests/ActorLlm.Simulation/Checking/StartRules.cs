namespace ActorLlm.Simulation.Checking;

/// <summary>What may be started, by what the starting incarnation knew.</summary>
internal static class StartRules
{
    public static void Check(History history, Dictionary<int, Log> logs, List<Violation> violations)
    {
        foreach (var start in history.Starts)
        {
            if (!logs.TryGetValue(start.Conversation, out var log)) continue;
            LoggedTurn? head = null;
            foreach (var turn in log.Turns)
            {
                if (turn.Accepted.Sequence > start.Known || turn.Terminal?.Sequence <= start.Known) continue;
                head = turn;
                break;
            }

            if (head?.Id == start.Turn) continue;
            violations.Add(new Violation(
                Rules.NoStartAfterEnd,
                $"c{start.Conversation}: {start.Incarnation} started {start.Turn}/{start.Attempt} at {start.At} ms, knowing #{start.Known}, where {head?.Id ?? "nothing"} is first unfinished"));
        }
    }
}
