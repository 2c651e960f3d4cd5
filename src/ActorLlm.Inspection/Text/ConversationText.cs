namespace ActorLlm.Inspection.Text;

/// <summary>Conversations and their turns as tables.</summary>
public static class ConversationText
{
    /// <summary>A page of the list.</summary>
    public static Page Of(ConversationPage page, View view)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(view);
        if (page.Conversations.Count == 0) return new Page(TextLine.Of("There are no conversations here."));
        var table = new Table(
            new Column("CONVERSATION", Shrinks: true), new Column("EVENTS", Right: true), new Column("LAST EVENT"), new Column($"AT ({Times.Zone(view)})"));
        foreach (var conversation in page.Conversations)
        {
            table.Add(
                TextRun.Of(conversation.Conversation), new TextRun($"{conversation.Events}"), TextRun.Of(conversation.LastEvent),
                new TextRun(Times.Seconds(conversation.LastEventAt, view.Zone)));
        }

        return new Page(table.Lines(view.Width));
    }

    /// <summary>One conversation and its turns.</summary>
    public static Page Of(ConversationPicture conversation, View view)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        ArgumentNullException.ThrowIfNull(view);
        var lines = new List<TextLine>
        {
            TextLine.Of(
                $"{conversation.Conversation}: created {Times.Seconds(conversation.CreatedAt, view.Zone)} {Times.Zone(view)}, "
                + $"{conversation.TurnsSettled} turn{(conversation.TurnsSettled == 1 ? "" : "s")} settled"),
            TextLine.Empty,
        };
        var table = new Table(
            new Column("TURN", Shrinks: true), new Column("STATE"), new Column("ATTEMPTS", Right: true), new Column($"ACCEPTED ({Times.Zone(view)})"),
            new Column("TOOK", Right: true), new Column("REASON", Shrinks: true));
        foreach (var turn in conversation.Turns)
        {
            table.Add(
                TextRun.Of(turn.Turn), State(turn.State), new TextRun($"{turn.Attempts}"),
                new TextRun(turn.AcceptedAt is { } at ? Times.Seconds(at, view.Zone) : "?"),
                new TextRun(turn.SettledAt is null ? "-" : Times.Between(turn.AcceptedAt, turn.SettledAt)), TextRun.Of(turn.Reason));
        }

        lines.AddRange(table.Rows == 0 ? [TextLine.Of("It has no turns.")] : table.Lines(view.Width));
        return new Page(lines);
    }

    /// <summary>A turn's state as a word.</summary>
    internal static TextRun State(TurnState state) => state switch
    {
        TurnState.Waiting => new("waiting", Tone.Warning),
        TurnState.Running => new("running", Tone.Warning),
        TurnState.Committed => new("committed", Tone.Good),
        TurnState.Failed => new("failed", Tone.Bad),
        TurnState.Cancelled => new("cancelled", Tone.Warning),
        TurnState.Recorded => new("recorded", Tone.Good),
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };
}
