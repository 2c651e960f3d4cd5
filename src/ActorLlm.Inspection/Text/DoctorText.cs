namespace ActorLlm.Inspection.Text;

/// <summary>The findings of a doctor, the bad ones first.</summary>
public static class DoctorText
{
    private const string Indent = "         ";

    /// <summary>The findings and their count.</summary>
    public static Page Of(DoctorReport report, View view)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(view);
        var lines = new List<TextLine>();
        foreach (var finding in report.Findings.OrderByDescending(finding => finding.Severity))
        {
            var tone = ToneOf(finding.Severity);
            lines.Add(new TextLine(new TextRun(Word(finding.Severity).PadRight(Indent.Length), tone), TextRun.Of($"{finding.Check}: {finding.Message}")));
            if (finding.Remedy.Length > 0) lines.Add(new TextLine(new TextRun(Indent), TextRun.Of(finding.Remedy, Tone.Faint)));
        }

        lines.Add(TextLine.Empty);
        lines.Add(TextLine.Of(
            $"{Count(report, Severity.Bad)} bad, {Count(report, Severity.Warning)} to be seen to, {Count(report, Severity.Good)} good"
            + (report.Node.Length > 0 ? $"; asked {report.Node} at {Times.Seconds(report.Time, view.Zone)} {Times.Zone(view)}" : ""),
            ToneOf(report.Findings.Select(finding => finding.Severity).DefaultIfEmpty(Severity.Good).Max())));
        return new Page(lines);
    }

    private static int Count(DoctorReport report, Severity severity) => report.Findings.Count(finding => finding.Severity == severity);

    private static string Word(Severity severity) => severity switch
    {
        Severity.Good => "good",
        Severity.Warning => "warning",
        Severity.Bad => "BAD",
        _ => throw new ArgumentOutOfRangeException(nameof(severity), severity, null),
    };

    private static Tone ToneOf(Severity severity) => severity switch
    {
        Severity.Good => Tone.Good,
        Severity.Warning => Tone.Warning,
        _ => Tone.Bad,
    };
}
