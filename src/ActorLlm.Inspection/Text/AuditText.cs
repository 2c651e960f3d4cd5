namespace ActorLlm.Inspection.Text;

/// <summary>The audit log as a table: each order with what became of it.</summary>
public static class AuditText
{
    /// <summary>A page of the log.</summary>
    public static Page Of(AuditPage page, View view)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(view);
        var lines = new List<TextLine>();
        if (page.Chain is { } chain)
        {
            lines.Add(chain.Intact
                ? TextLine.Of($"The log is as it was written: {chain.Rows} row{(chain.Rows == 1 ? "" : "s")}, the last with the hash {chain.Head}", Tone.Good)
                : TextLine.Of($"THE LOG WAS CHANGED: {chain.Problem} In order are {chain.Rows} rows.", Tone.Bad));
            lines.Add(TextLine.Empty);
        }

        if (page.Entries.Count == 0) return new Page([.. lines, TextLine.Of("No order was given.")]);
        var table = new Table(
            new Column("ROW", Right: true), new Column($"AT ({Times.Zone(view)})"), new Column("WHO"), new Column("FROM"), new Column("NODE"), new Column("ACTION"),
            new Column("TARGET", Shrinks: true), new Column("OUTCOME", Shrinks: true));
        foreach (var entry in page.Entries)
        {
            table.Add(
                new TextRun($"{entry.Number}"), new TextRun(Times.Seconds(entry.At, view.Zone)), TextRun.Of(entry.Who), TextRun.Of(entry.Address),
                TextRun.Of(entry.Node), TextRun.Of(entry.Action), TextRun.Of(entry.Target),
                entry.Of == 0 ? new TextRun("ordered", Tone.Faint) : TextRun.Of($"of {entry.Of}: {entry.Outcome}"));
        }

        return new Page([.. lines, .. table.Lines(view.Width)]);
    }
}
