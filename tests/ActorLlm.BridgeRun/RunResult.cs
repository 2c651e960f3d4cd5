using System.Globalization;
using System.Text;

namespace ActorLlm.BridgeRun;

/// <summary>What a run showed.</summary>
internal sealed record RunResult(RunOptions Options, Ledger Ledger, TimeSpan Took, Standing Standing, IReadOnlyList<string> Ends)
{
    /// <summary>What must not be; empty when all is well.</summary>
    public IReadOnlyList<string> Problems { get; } = [.. Find(Options, Ledger, Standing)];

    /// <summary>The result as a Markdown table.</summary>
    public string Write()
    {
        var waits = Ledger.Waits;
        var page = new StringBuilder().AppendLine("| what | figure |").AppendLine("|---|---|");
        Row("messages sent, each until the broker confirmed it", Options.Messages);
        Row("kill -9 of the bridge's node", Options.Kills);
        Row("ends of the bridge's node by itself, after which it was started again", Ends.Count);
        Row("restarts of the broker, every other one by kill -9", Options.BrokerRestarts);
        Row("messages with a reply", Ledger.Answered);
        Row("**messages without one (lost)**", Options.Messages - Ledger.Answered);
        Row("turns accepted / replies committed / acknowledgements persisted", $"{Standing.Accepted} / {Standing.Committed} / {Standing.Acknowledged}");
        Row("**messages that became more than one turn, or have two replies that differ (doubled by id)**", Math.Max(0, Standing.Accepted - Options.Messages) + Ledger.Problems.Count());
        Row("attempts to send that failed or were not confirmed, and were made again", Ledger.RepeatedRequests);
        Row("replies delivered again, which the consumer dropped by their id", Ledger.RepeatedReplies);
        Row("left in the queue / in the outbox / in the dead-letter queue", $"{Standing.InQueue} / {Standing.Owed} / {Standing.Dead}");
        Row("time", Took.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture));
        if (waits.Length > 0) Row("from request to reply, faults included: median / 99% / longest", $"{At(0.5)} / {At(0.99)} / {At(1)} s");
        foreach (var end in Ends) page.AppendLine().Append("A node ended by itself: ").AppendLine(end);
        foreach (var problem in Problems) page.AppendLine().Append("Problem: ").AppendLine(problem);
        return page.ToString();

        void Row(string what, object figure) => page.AppendLine(CultureInfo.InvariantCulture, $"| {what} | {figure} |");

        string At(double share) => waits[(int)((waits.Length - 1) * share)].TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture);
    }

    private static IEnumerable<string> Find(RunOptions options, Ledger ledger, Standing standing)
    {
        if (!ledger.IsComplete) yield return $"{options.Messages - ledger.Answered} messages have no reply, such as {string.Join(", ", ledger.Missing.Take(5))}.";
        foreach (var problem in ledger.Problems) yield return problem;
        if (standing.Accepted != options.Messages) yield return $"{options.Messages} messages became {standing.Accepted} turns.";
        if (standing.Committed != options.Messages) yield return $"{options.Messages} messages have {standing.Committed} committed replies.";
        if (standing.Acknowledged != options.Messages) yield return $"{options.Messages} messages have {standing.Acknowledged} persisted acknowledgements.";
        if (standing.Owed + standing.InQueue + standing.Dead > 0) yield return $"Something is left over: {standing}.";
    }
}
