using System.Globalization;
using System.Text;

namespace ActorLlm.Inspection.Text;

/// <summary>
/// The life of a turn as a sequence diagram in the language of Mermaid (https://mermaid.js.org/syntax/sequenceDiagram.html): who told whom what, and when, as far as it was written down. What nobody
/// wrote down is not drawn.
/// </summary>
public static class TurnSequence
{
    private const string Client = "client";
    private const string Home = "home";
    private const string SafeSigns = " .,:/_()'=+-";

    /// <summary>The diagram, line by line. Times are told from the turn's acceptance on.</summary>
    public static Page Of(TurnLife life, View view)
    {
        ArgumentNullException.ThrowIfNull(life);
        ArgumentNullException.ThrowIfNull(view);
        var lines = new List<string> { "sequenceDiagram" };
        lines.AddRange(Participants(life));
        lines.Add($"{Client}->>{Home}: {Safe($"turn {life.Turn}, model {(life.Model.Length > 0 ? life.Model : "the default")}")}");
        Note(lines, Home, $"accepted, durable at {Times.Exact(life.AcceptedAt, view.Zone)}");
        foreach (var attempt in life.Attempts) Draw(lines, life, attempt);
        End(lines, life);
        return new Page([TextLine.Of(lines[0]), .. lines.Skip(1).Select(line => TextLine.Of("    " + line))]);
    }

    private static IEnumerable<string> Participants(TurnLife life)
    {
        yield return $"participant {Client} as {Client}";
        yield return $"participant {Home} as conversation<br/>{Safe(life.Conversation)}" + (life.Home is { } home ? $"<br/>lives on {Safe(home)}" : "");
        foreach (var node in life.Attempts.Where(IsTaken).Select(NodeOf).Distinct(StringComparer.Ordinal)) yield return $"participant {Worker(life, node)} as worker<br/>{Safe(node)}";
        foreach (var backend in life.Attempts.Select(BackendOf).OfType<string>().Distinct(StringComparer.Ordinal)) yield return $"participant {Backend(life, backend)} as backend<br/>{Safe(backend)}";
    }

    private static void Draw(List<string> lines, TurnLife life, AttemptLife attempt)
    {
        string At(DateTimeOffset? time) => time is null ? "" : $", {Times.After(life.AcceptedAt, time)}";
        if (!IsTaken(attempt))
        {
            Note(lines, Home, attempt.End == AttemptState.Queued ? $"attempt {Number(attempt)} waits for a worker" : $"attempt {Number(attempt)}: nobody can say where{At(attempt.EndedAt)}");
            return;
        }

        var worker = Worker(life, NodeOf(attempt));
        lines.Add($"{Home}->>{worker}: {Safe($"attempt {Number(attempt)}{At(attempt.TakenAt)}")}");
        var backend = BackendOf(attempt) is { } name ? Backend(life, name) : null;
        if (backend is not null && attempt.CalledAt is not null) lines.Add($"{worker}->>{backend}: {Safe($"call{(attempt.Model is { } model ? $" of {model}" : "")}{At(attempt.CalledAt)}")}");
        if (backend is not null && attempt.FirstTextAt is not null) lines.Add($"{backend}-->>{worker}: {Safe($"first text{At(attempt.FirstTextAt)}")}");
        switch (attempt.End)
        {
            case AttemptState.Committed:
                if (backend is not null) lines.Add($"{backend}-->>{worker}: {Safe($"reply{Tokens(attempt)}{At(attempt.EndedAt)}")}");
                lines.Add($"{worker}->>{Home}: {Safe($"result of attempt {Number(attempt)}")}");
                break;
            case AttemptState.Running:
                Note(lines, worker, "runs");
                break;
            case AttemptState.WorkerLost:
                lines.Add($"{worker}--x{Home}: {Safe($"worker lost: {attempt.Reason}{At(attempt.EndedAt)}")}");
                break;
            case AttemptState.Abandoned:
                Note(lines, worker, $"abandoned{At(attempt.EndedAt)}");
                break;
            default:
                if (backend is not null && attempt.CalledAt is not null) lines.Add($"{backend}--x{worker}: {Safe($"no reply{Tokens(attempt)}{At(attempt.EndedAt)}")}");
                lines.Add($"{worker}-x{Home}: {Safe($"{Repetition.Word(attempt.End)}: {attempt.Reason}")}");
                break;
        }

        if (attempt.RetryAt is not null) Note(lines, Home, $"next attempt not before {Times.After(life.AcceptedAt, attempt.RetryAt)}");
    }

    private static void End(List<string> lines, TurnLife life)
    {
        if (life.SettledAt is null)
        {
            Note(lines, Home, life.State == TurnState.Waiting ? $"waits for {life.Ahead.ToString(CultureInfo.InvariantCulture)} before it" : "has no outcome yet");
            return;
        }

        var outcome = life.Outcome.Length > 0 ? $" ({life.Outcome})" : "";
        Note(lines, Home, $"{life.State.ToString().ToLowerInvariant()}{outcome}, durable, {Times.After(life.AcceptedAt, life.SettledAt)}");
        lines.Add($"{Home}-->>{Client}: outcome, for whoever asks");
        if (life.AcknowledgedAt is { } acknowledged)
        {
            lines.Add($"{Client}->>{Home}: {Safe($"acknowledged, {Times.After(life.AcceptedAt, acknowledged)}")}");
            Note(lines, Home, "acknowledgement durable");
        }

        if (life.RequeuedAs is { } again) Note(lines, Home, $"runs again as {again}");
    }

    private static void Note(List<string> lines, string over, string text) => lines.Add($"Note over {over}: {Safe(text)}");

    // A worker that is named, or without which none of the times would be known.
    private static bool IsTaken(AttemptLife attempt) => attempt.Node is not null || attempt.TakenAt is not null;

    private static string NodeOf(AttemptLife attempt) => attempt.Node ?? "of an unknown node";

    private static string? BackendOf(AttemptLife attempt) => attempt.Backend ?? (attempt.CalledAt is null ? null : "not known");

    private static string Worker(TurnLife life, string node) => $"worker{Place(life.Attempts.Where(IsTaken).Select(NodeOf), node)}";

    private static string Backend(TurnLife life, string backend) => $"backend{Place(life.Attempts.Select(BackendOf).OfType<string>(), backend)}";

    private static string Place(IEnumerable<string> names, string name) =>
        (names.Distinct(StringComparer.Ordinal).ToList().IndexOf(name) + 1).ToString(CultureInfo.InvariantCulture);

    private static string Number(AttemptLife attempt) => attempt.Number.ToString(CultureInfo.InvariantCulture);

    private static string Tokens(AttemptLife attempt) => (attempt.InputTokens, attempt.OutputTokens) switch
    {
        (null, null) => "",
        var (read, written) => string.Create(CultureInfo.InvariantCulture, $", {read?.ToString(CultureInfo.InvariantCulture) ?? "?"} tokens read and {written?.ToString(CultureInfo.InvariantCulture) ?? "?"} written"),
    };

    /// <summary>Writes what could be a sign of the language as the number of its character: what comes from outside must not draw.</summary>
    private static string Safe(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || SafeSigns.Contains((char)rune.Value, StringComparison.Ordinal)) safe.Append(rune);
            else if (Rune.IsControl(rune)) safe.Append(' ');
            else safe.Append(CultureInfo.InvariantCulture, $"#{rune.Value};");
        }

        return safe.ToString();
    }
}
