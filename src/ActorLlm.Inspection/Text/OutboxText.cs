namespace ActorLlm.Inspection.Text;

/// <summary>The outbox as tables.</summary>
public static class OutboxText
{
    /// <summary>What is parked, then what is on its way.</summary>
    public static Page Of(OutboxPicture outbox, View view)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        ArgumentNullException.ThrowIfNull(view);
        var lines = new List<TextLine>();
        if (outbox.Parked.Count > 0)
        {
            lines.Add(TextLine.Of($"{outbox.Parked.Count} that nobody tries to deliver any more ('actorllm outbox --retry' has them tried anew):", Tone.Bad));
            lines.AddRange(Table(outbox.Parked, view));
            lines.Add(TextLine.Empty);
        }

        lines.Add(TextLine.Of(outbox.Waiting.Count == 0 ? "No reply is on its way." : $"{outbox.Waiting.Count} on their way:", Tone.Good));
        if (outbox.Waiting.Count > 0) lines.AddRange(Table(outbox.Waiting, view));
        return new Page(lines);
    }

    private static IEnumerable<TextLine> Table(IReadOnlyList<OwedPicture> owed, View view)
    {
        var table = new Table(
            new Column($"SINCE ({Times.Zone(view)})"), new Column("TURN", Shrinks: true), new Column("BY"), new Column("TO", Shrinks: true), new Column("REFUSED", Right: true),
            new Column("LAST PROBLEM", Shrinks: true));
        foreach (var one in owed)
        {
            table.Add(
                new TextRun(Times.Seconds(one.Since, view.Zone)), TextRun.Of($"{one.Conversation} {one.Turn}"), TextRun.Of(one.Carrier), TextRun.Of(one.Address),
                new TextRun($"{one.Refusals}"), TextRun.Of(one.Reason));
        }

        return table.Lines(view.Width);
    }
}
