using ActorLlm.Chaos.Journal;
using ActorLlm.Chaos.Ledger;

namespace ActorLlm.Chaos.Reporting;

/// <summary>What is kept of a run beside the nodes' logs, as the database is gone with the run: of a run that failed, the conversations concerned.</summary>
internal static class Evidence
{
    public static async Task WriteAsync(string folder, ChaosResult result, TextWriter output)
    {
        await File.WriteAllLinesAsync(Path.Combine(folder, "violations.txt"), result.Verdict.Violations.Select(violation => violation.ToString()));
        var concerned = result.Verdict.Violations.Select(violation => violation.Conversation).ToHashSet();
        await File.WriteAllLinesAsync(
            Path.Combine(folder, "journal.txt"),
            result.Journal.Where(e => IsWanted(e.Conversation)).OrderBy(e => e.Conversation, StringComparer.Ordinal)
                .ThenBy(e => e.SequenceNumber).Select(Line));
        await File.WriteAllLinesAsync(Path.Combine(folder, "clients.txt"), result.Clients.Turns.Where(turn => IsWanted(turn.Conversation)).Select(Line));
        await output.WriteLineAsync($"{(result.Options.Cluster is null ? "The nodes' logs, and what" : "What")} the journal and the clients say{(result.Options.Cluster is null ? ", are" : " is")} in {folder}.");

        bool IsWanted(string conversation) => concerned.Count == 0 || concerned.Contains(conversation);
    }

    private static string Line(JournalEvent e) =>
        $"{e.Conversation} {e.SequenceNumber} {e.At:HH:mm:ss.fff} {e.Kind} {e.Turn} attempt {e.Attempt} failure {e.Failure} {e.Text}";

    private static string Line(TurnRecord turn) =>
        $"{turn.Key} sent {turn.FirstSent:HH:mm:ss.fff} accepted {turn.Accepted:HH:mm:ss.fff} settled {turn.Settled:HH:mm:ss.fff} "
        + $"failures [{string.Join(' ', turn.Failures.Select(at => $"{at:HH:mm:ss.fff}"))}] refusal '{turn.Refusal}' replies {string.Join(" | ", turn.Replies)}";
}
