namespace ActorLlm.Inspection.Text;

/// <summary>The approvals that are waited for, as a table.</summary>
public static class ApprovalsText
{
    /// <summary>The table.</summary>
    public static Page Of(ApprovalsPicture picture, View view)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(view);
        var lines = new List<TextLine>();
        if (picture.Approvals.Count == 0) lines.Add(TextLine.Of("No approval is waited for."));
        else lines.AddRange(Table(picture, view).Lines(view.Width));
        foreach (var silent in picture.Silent) lines.Add(new TextLine(TextRun.Of($"{silent} did not answer: it may wait for one.", Tone.Warning)));
        return new Page(lines);
    }

    private static Table Table(ApprovalsPicture picture, View view)
    {
        var table = new Table(
            new Column("CONVERSATION"), new Column("TURN"), new Column("STEP"), new Column("MODULE"), new Column($"ASKED ({Times.Zone(view)})"),
            new Column("QUESTION", Shrinks: true));
        foreach (var approval in picture.Approvals)
        {
            table.Add(
                TextRun.Of(approval.Conversation), TextRun.Of(approval.Turn), TextRun.Of(approval.Step), TextRun.Of(approval.Module),
                new TextRun(Times.Seconds(approval.AskedAt, view.Zone)), TextRun.Of(approval.Question));
        }

        return table;
    }
}
