using ActorLlm.Inspection.Text;

namespace ActorLlm.Cli.Terminals;

/// <summary>Writes pages, in colours where the terminal has some.</summary>
internal static class Screen
{
    // ECMA-48, "select graphic rendition"; home and erase, for a page in the place of the one before.
    private const string Reset = "\e[0m";
    private const string Home = "\e[H\e[J";

    public static void Show(this Terminal terminal, Page page)
    {
        foreach (var line in page.Lines) terminal.Show(line);
    }

    public static void Show(this Terminal terminal, TextLine line) => terminal.Output.WriteLine(Render(line, terminal.OutputIsTerminal && terminal.LikesColours));

    /// <summary>Shows a page alone on the terminal.</summary>
    public static void Replace(this Terminal terminal, Page page) =>
        terminal.Output.Write(Home + string.Concat(page.Lines.Select(line => Render(line, terminal.LikesColours) + Environment.NewLine)));

    /// <summary>A remark to whoever watches; it is no part of what the command was asked for.</summary>
    public static void Remark(this Terminal terminal, string text) =>
        terminal.Error.WriteLine(Render(TextLine.Of(text, Tone.Faint), terminal.ErrorIsTerminal && terminal.LikesColours));

    private static string Render(TextLine line, bool inColours) =>
        inColours ? string.Concat(line.Runs.Select(Coloured)).TrimEnd() : line.ToString();

    private static string Coloured(TextRun run) => Code(run.Tone) is { } code && run.Text.Length > 0 ? code + run.Text + Reset : run.Text;

    private static string? Code(Tone tone) => tone switch
    {
        Tone.Heading => "\e[1m",
        Tone.Faint => "\e[2m",
        Tone.Good => "\e[32m",
        Tone.Warning => "\e[33m",
        Tone.Bad => "\e[31m",
        _ => null,
    };
}
