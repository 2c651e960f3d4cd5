namespace ActorLlm.Inspection.Text;

/// <summary>The whole life of a turn on one screen. Times are told from its acceptance on.</summary>
public static class TurnLifeText
{
    private const int LabelWidth = 14;

    /// <summary>The screen.</summary>
    public static Page Of(TurnLife life, View view)
    {
        ArgumentNullException.ThrowIfNull(life);
        ArgumentNullException.ThrowIfNull(view);
        var state = ConversationText.State(life.State);
        var lines = new List<TextLine>
        {
            new(TextRun.Of($"{life.Turn} of {life.Conversation}: "), state, TextRun.Of(Outcome(life))),
            TextLine.Empty,
            Fact("accepted", Times.Exact(life.AcceptedAt, view.Zone)),
            Settled(life, view),
        };
        if (life.Deadline is { } deadline && life.SettledAt is null) lines.Add(Fact("fails", Times.After(life.AcceptedAt, deadline), " if it has no outcome by then"));
        lines.Add(Fact("model", life.Model.Length > 0 ? life.Model : "the default"));
        lines.Add(life.Home is { } home ? Fact("home", home) : Fact("home", "did not answer", tone: Tone.Warning));
        if (life.Parent is { } parent) lines.Add(Fact("asked by", $"step {parent.Step} of the turn {parent.Turn} of {parent.Conversation}"));
        if (life.TraceId is { } trace) lines.Add(Fact("trace", trace));
        lines.Add(TextLine.Empty);
        lines.AddRange(life.Attempts.Count == 0 ? [TextLine.Of(NoAttempt(life))] : Attempts(life).Lines(view.Width));
        lines.Add(TextLine.Empty);
        if (life.Steps.Count > 0)
        {
            lines.AddRange(StepsText.Of(life).Lines(view.Width));
            lines.Add(TextLine.Empty);
        }

        lines.AddRange(Repetitions(life));
        var spent = Repetition.Of(life);
        lines.Add(Fact("spent twice", spent.Text, tone: spent.Known + spent.Unknown == 0 ? Tone.Good : Tone.Warning));
        if (life.AcknowledgedAt is { } acknowledged) lines.Add(Fact("acknowledged", Times.After(life.AcceptedAt, acknowledged), " by a client"));
        else if (life.SettledAt is not null) lines.Add(Fact("acknowledged", "no", ": optional, and done through IConversations only, not over HTTP"));
        if (life.RequeuedAs is { } again) lines.Add(Fact("requeued as", again));
        return new Page(lines);
    }

    private static string Outcome(TurnLife life) => (life.State, life.Outcome.Length) switch
    {
        (TurnState.Waiting, _) when life.Ahead > 0 => $" for {life.Ahead} unfinished turn{(life.Ahead == 1 ? "" : "s")} before it",
        (_, 0) => StepsText.Awaited(life),
        _ => $" ({life.Outcome})",
    };

    private static TextLine Settled(TurnLife life, View view) => life.SettledAt is { } settled
        ? Fact("settled", Times.Exact(settled, view.Zone), $", {Times.Duration(settled - life.AcceptedAt)} in all")
        : Fact("settled", "not yet", $", {Times.Duration(view.Now - life.AcceptedAt)} so far", Tone.Warning);

    private static string NoAttempt(TurnLife life) => life.State switch
    {
        TurnState.Waiting => "No attempt yet: the turns before it come first.",
        TurnState.Running => "No attempt yet: it waits for a worker.",
        TurnState.Recorded => "No attempt: no reply was asked for.",
        _ => "No attempt was made.",
    };

    private static Table Attempts(TurnLife life)
    {
        var table = new Table(
            new Column("ATTEMPT", Right: true), new Column("NODE"), new Column("BACKEND"), new Column("TAKEN", Right: true), new Column("QUEUED", Right: true),
            new Column("FIRST TEXT", Right: true), new Column("DURATION", Right: true), new Column("TOKENS IN", Right: true), new Column("OUT", Right: true),
            new Column("RESULT", Shrinks: true));
        foreach (var attempt in life.Attempts)
        {
            table.Add(
                new TextRun($"{attempt.Number}"), TextRun.Of(attempt.Node ?? "?"), TextRun.Of(Backend(attempt)),
                new TextRun(Times.After(life.AcceptedAt, attempt.TakenAt)), new TextRun(Times.Between(attempt.TakenAt, attempt.CalledAt)),
                new TextRun(Times.Between(attempt.CalledAt, attempt.FirstTextAt)), new TextRun(Times.Between(attempt.TakenAt, attempt.EndedAt)),
                new TextRun(attempt.InputTokens is { } read ? $"{read}" : "?"), new TextRun(attempt.OutputTokens is { } written ? $"{written}" : "?"),
                Result(life, attempt));
        }

        return table;
    }

    private static string Backend(AttemptLife attempt) => (attempt.Backend, attempt.Model) switch
    {
        (null, null) => "?",
        (null, var model) => model,
        (var backend, null) => backend,
        var (backend, model) => backend == model ? backend : $"{backend} ({model})",
    };

    private static TextRun Result(TurnLife life, AttemptLife attempt)
    {
        var retry = attempt.RetryAt is { } at ? $"; next at {Times.After(life.AcceptedAt, at)}" : "";
        var reason = attempt.Reason.Length > 0 ? $": {attempt.Reason.TrimEnd('.')}" : "";
        return attempt.End switch
        {
            AttemptState.Queued => TextRun.Of("waits for a worker" + reason, Tone.Warning),
            AttemptState.Running => new("running", Tone.Warning),
            AttemptState.Committed => new("committed", Tone.Good),
            AttemptState.Suspended => new("ended to wait", Tone.Plain),
            _ => TextRun.Of(Repetition.Word(attempt.End) + reason + retry, Tone.Bad),
        };
    }

    /// <summary>What was repeated, and why.</summary>
    private static IEnumerable<TextLine> Repetitions(TurnLife life)
    {
        var repeated = life.Attempts.Zip(life.Attempts.Skip(1)).Where(pair => pair.First.End != AttemptState.Suspended).ToArray();
        if (repeated.Length == 0) yield return Fact("repeated", "nothing", tone: Tone.Good);
        for (var index = 0; index < repeated.Length; index++)
        {
            var (lost, next) = repeated[index];
            var on = lost.Node is { } node ? $" on {node}" : "";
            yield return Fact(index == 0 ? "repeated" : "", $"attempt {next.Number}", $", since attempt {lost.Number}{on} {Repetition.Why(lost.End)}", Tone.Warning);
        }
    }

    private static TextLine Fact(string label, string value, string after = "", Tone tone = Tone.Plain) =>
        new(new TextRun(label.PadRight(LabelWidth), Tone.Faint), TextRun.Of(value, tone), TextRun.Of(after));
}
