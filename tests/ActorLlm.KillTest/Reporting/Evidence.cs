using ActorLlm.KillTest.Journal;

namespace ActorLlm.KillTest.Reporting;

/// <summary>What is kept of a run that failed, beside the nodes' logs: the database is gone with the run.</summary>
internal static class Evidence
{
    public static async Task WriteAsync(string folder, KillTestResult result, TextWriter output)
    {
        await File.WriteAllLinesAsync(Path.Combine(folder, "violations.txt"), result.Verdict.Violations.Select(violation => violation.ToString()));
        var conversations = result.Verdict.Violations.Select(violation => violation.Conversation).ToHashSet();
        await File.WriteAllLinesAsync(
            Path.Combine(folder, "journal.txt"),
            result.Journal.Where(e => conversations.Contains(e.Conversation)).OrderBy(e => e.Conversation, StringComparer.Ordinal)
                .ThenBy(e => e.SequenceNumber).Select(Line));
        await File.WriteAllLinesAsync(
            Path.Combine(folder, "clients.txt"),
            result.Clients.Turns.Where(turn => conversations.Contains(turn.Conversation)).Select(turn =>
                $"{turn.Key} sent {turn.FirstSent:HH:mm:ss.fff} accepted {turn.Accepted:HH:mm:ss.fff} settled {turn.Settled:HH:mm:ss.fff} "
                + $"failures [{string.Join(' ', turn.Failures.Select(at => $"{at:HH:mm:ss.fff}"))}] refusal '{turn.Refusal}' replies {string.Join(" | ", turn.Replies)}"));
        await output.WriteLineAsync($"The nodes' logs, and what the journal and the clients say of the violations, are in {folder}.");
    }

    private static string Line(JournalEvent e) =>
        $"{e.Conversation} {e.SequenceNumber} {e.At:HH:mm:ss.fff} {e.Kind} {e.Turn} attempt {e.Attempt} failure {e.Failure} {e.Text}";
}
