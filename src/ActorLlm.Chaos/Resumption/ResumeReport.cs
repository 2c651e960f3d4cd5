using System.Globalization;
using System.Text;
using ActorLlm.Chaos.Reporting;

namespace ActorLlm.Chaos.Resumption;

/// <summary>A run as a page of Markdown.</summary>
internal static class ResumeReport
{
    private const int MismatchesShown = 20;

    public static string Write(ResumeResult result)
    {
        var page = new StringBuilder();
        page.AppendLine("# Streams resumed after kill -9").AppendLine();
        page.AppendLine($"- Command: `{result.Options.CommandLine}`");
        page.AppendLine($"- Commit: {Report.Commit()}");
        page.AppendLine(Invariant($"- Seed: {result.Options.Seed}"));
        page.AppendLine(Invariant($"- Machine: {Environment.ProcessorCount} cores; all of it on it. The rounds took {result.Took.TotalMinutes:0.0} minutes")).AppendLine();
        page.AppendLine($"**{Headline(result)}**").AppendLine();
        page.AppendLine("| lost with kill -9 | nodes killed | streams | cut | of these resumed by their client | went on by themselves | mismatches | s from the kill to the next text: streams | p50 | p99 | max |");
        page.AppendLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var role in Enum.GetValues<LostRole>())
        {
            var streams = result.Streams.Where(stream => stream.Role == role).ToArray();
            var cut = streams.Count(stream => stream.Cut);
            page.AppendLine(Invariant(
                $"| {Name(role)} | {result.Kills[role]} | {streams.Length} | {cut} | {result.Resumed(role)} | {cut - result.Resumed(role)} | {streams.Count(stream => stream.Mismatch is not null)} | {result.Gaps(role).Cells()} |"));
        }

        page.AppendLine().AppendLine("""
            Six nodes have one role each: two gateways, two workers, and one home of all conversations, in whose place another is started at another address when it is
            killed. In each round 60 streams of 6 s run when a node is killed. *Cut* are those that the node had: their client read from it; it held their conversation;
            or the model was called for them again. Clients of a lost gateway come back when their connection breaks; of the others' three in four hang up at the kill.
            Each comes back at the other gateway with the same `Idempotency-Key` and its `Last-Event-ID`, again and again until it has seen the end. What it read, of all
            connections together, must equal the reply that the same key gets afterwards, byte for byte; so must what all other streams of the round read. The model never
            words two answers alike, and goes on from the words that it is given.
            """);
        Mismatches(page, result);
        return page.ToString();
    }

    /// <summary>The result in one line.</summary>
    public static string Headline(ResumeResult result)
    {
        var counts = string.Join(", ", Enum.GetValues<LostRole>().Select(role => Invariant($"{result.Resumed(role)} after the loss of {Name(role)}")));
        var wrong = result.Mismatches.Count();
        return wrong == 0
            ? $"resumed and equal to the committed reply: {counts}{(result.IsComplete ? "" : "; fewer than asked for")}"
            : Invariant($"{wrong} of {result.Streams.Count} streams do not equal the committed reply");
    }

    private static void Mismatches(StringBuilder page, ResumeResult result)
    {
        if (!result.Mismatches.Any())
            return;
        page.AppendLine().AppendLine("## Mismatches").AppendLine();
        foreach (var stream in result.Mismatches.Take(MismatchesShown))
            page.AppendLine($"- {stream.Key}, after the loss of {Name(stream.Role)}{(stream.Cut ? "" : ", which it did not use")}: {stream.Mismatch}");
    }

    private static string Name(LostRole role) => role switch
    {
        LostRole.Gateway => "its gateway",
        LostRole.Worker => "its worker",
        _ => "its conversation's node",
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
