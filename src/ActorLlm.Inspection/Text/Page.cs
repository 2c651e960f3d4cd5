namespace ActorLlm.Inspection.Text;

/// <summary>What a piece of text says about how things are; those who have colours give it one.</summary>
public enum Tone
{
    /// <summary>Neither good nor bad.</summary>
    Plain,

    /// <summary>A title.</summary>
    Heading,

    /// <summary>Beside the point.</summary>
    Faint,

    /// <summary>As it should be.</summary>
    Good,

    /// <summary>It should be seen to.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Bad,
}

/// <summary>A piece of a line in one tone.</summary>
/// <param name="Text">The text; it has no line ends and no control characters, see <see cref="Of"/>.</param>
/// <param name="Tone">How it is meant.</param>
public readonly record struct TextRun(string Text, Tone Tone = Tone.Plain)
{
    /// <summary>A run of text that came from outside: what could move a terminal's cursor is a space.</summary>
    public static TextRun Of(string text, Tone tone = Tone.Plain) => new(OneLine(text), tone);

    /// <summary>The text with a space for each run of control characters and line ends.</summary>
    public static string OneLine(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Any(IsControl)) return text;
        var kept = new System.Text.StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (!IsControl(letter)) kept.Append(letter);
            else if (kept.Length > 0 && kept[^1] != ' ') kept.Append(' ');
        }

        return kept.ToString().TrimEnd();
    }

    /// <summary>Text of several lines without what could move a terminal's cursor or speak to the terminal itself: line ends and tabs stay.</summary>
    public static string Harmless(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Any(IsHarmful) ? string.Concat(text.Where(letter => !IsHarmful(letter))) : text;
    }

    private static bool IsHarmful(char letter) => IsControl(letter) && letter is not ('\n' or '\t');

    // U+2028 and U+2029 end a line too.
    private static bool IsControl(char letter) => char.IsControl(letter) || letter is '\u2028' or '\u2029';
}

/// <summary>One line of text.</summary>
/// <param name="Runs">Its pieces.</param>
public sealed record TextLine(params IReadOnlyList<TextRun> Runs)
{
    /// <summary>A line with nothing on it.</summary>
    public static TextLine Empty { get; } = new();

    /// <summary>A line in one tone.</summary>
    public static TextLine Of(string text, Tone tone = Tone.Plain) => new(TextRun.Of(text, tone));

    /// <summary>The text without its tones.</summary>
    public override string ToString() => string.Concat(Runs.Select(run => run.Text)).TrimEnd();
}

/// <summary>Lines to be shown one below the other.</summary>
/// <param name="Lines">The lines.</param>
public sealed record Page(params IReadOnlyList<TextLine> Lines)
{
    /// <summary>The text without its tones, each line with its end.</summary>
    public override string ToString() => string.Concat(Lines.Select(line => line + "\n"));
}

/// <summary>How a page is to be shown.</summary>
/// <param name="Zone">Whose time of day is shown.</param>
/// <param name="Now">The time of showing.</param>
/// <param name="Width">Columns of the terminal; null where lines may be as long as they are.</param>
public sealed record View(TimeZoneInfo Zone, DateTimeOffset Now, int? Width = null);
