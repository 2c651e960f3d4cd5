using System.Globalization;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Simulation.Checking;

/// <summary>What the calls of the model and the journal say of each other.</summary>
internal static class CallRules
{
    private const string RetryAfterWords = "Asked to wait ms ";

    public static void Check(History history, Dictionary<int, Log> logs, List<Violation> violations)
    {
        var calls = history.Calls.ToLookup(call => (call.Conversation, call.Turn));
        foreach (var (conversation, log) in logs)
        {
            foreach (var turn in log.Turns)
            {
                var mine = calls[(conversation, turn.Id)];
                CheckReply(conversation, turn, mine, violations);
                CheckRetryAfter(conversation, turn, mine, violations);
                if (history.Calm) CheckCalm(conversation, turn, mine, violations);
                if (history.Mild) CheckMild(conversation, turn, mine, violations);
            }
        }
    }

    private static void CheckReply(int conversation, LoggedTurn turn, IEnumerable<ModelCall> calls, List<Violation> violations)
    {
        if (turn.Terminal is not { Event: ReplyCommitted { Reply.Text: var text } } row) return;
        if (calls.Any(call => call.Answered && call.FullText == text && call.EndedAt <= row.At)) return;
        violations.Add(new Violation(Rules.ReplyIsWhole, $"c{conversation}: #{row.Sequence} commits \"{text}\" for {turn.Id}, which no call had answered in full"));
    }

    private static void CheckRetryAfter(int conversation, LoggedTurn turn, IEnumerable<ModelCall> calls, List<Violation> violations)
    {
        foreach (var row in turn.Failures)
        {
            if (row.Event is not AttemptFailed failed || !failed.Reason.StartsWith(RetryAfterWords, StringComparison.Ordinal)) continue;
            var wait = long.Parse(failed.Reason.AsSpan(RetryAfterWords.Length), CultureInfo.InvariantCulture);
            foreach (var call in calls)
            {
                // The failure's own time and not that of its row: the wait is counted from when it was noted.
                if (call.Attempt <= failed.Attempt || call.StartedAt >= Time.MsOf(failed.At) + wait) continue;
                violations.Add(new Violation(
                    Rules.RetryAfterRespected,
                    $"c{conversation}: {turn.Id}/{call.Attempt} called the model at {call.StartedAt} ms; attempt {failed.Attempt} had been asked at {Time.MsOf(failed.At)} ms to wait {wait} ms"));
            }
        }
    }

    // Nothing fails and nobody is away: each attempt is one call, and none is given up.
    private static void CheckCalm(int conversation, LoggedTurn turn, IEnumerable<ModelCall> calls, List<Violation> violations)
    {
        var lost = turn.Failures.Find(row => row.Event is AttemptFailed { Kind: FailureKind.WorkerLost });
        if (lost is not null)
            violations.Add(new Violation(Rules.NotExecutedTwice, $"c{conversation}: #{lost.Sequence} gives {turn.Id} up though its worker was well"));
        if (turn.Terminal is { Event: ReplyCommitted } && calls.Count() > turn.Failures.Count + 1)
            violations.Add(new Violation(Rules.NotExecutedTwice, $"c{conversation}: {turn.Id} called the model {calls.Count()} times for {turn.Failures.Count + 1} attempts"));
    }

    // A message or two are lost: a result that was made is sent again until it arrives.
    private static void CheckMild(int conversation, LoggedTurn turn, IEnumerable<ModelCall> calls, List<Violation> violations)
    {
        foreach (var row in turn.Failures)
        {
            if (row.Event is not AttemptFailed { Kind: FailureKind.WorkerLost } lost) continue;
            var made = calls.FirstOrDefault(call => call.Attempt == lost.Attempt && call.EndedAt < row.At);
            if (made is null) continue;
            violations.Add(new Violation(
                Rules.NotExecutedTwice, $"c{conversation}: #{row.Sequence} gives {turn.Id}/{lost.Attempt} up at {row.At} ms; its worker was well and had the result since {made.EndedAt} ms"));
        }
    }
}

/// <summary>Virtual time in ms since its beginning.</summary>
internal static class Time
{
    private static readonly DateTimeOffset Beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static long MsOf(DateTimeOffset time) => (long)(time - Beginning).TotalMilliseconds;
}
