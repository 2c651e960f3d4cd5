using System.CommandLine;

namespace ActorLlm.Cli.Terminals;

/// <summary>The question before something that cannot be taken back, and the option that answers it beforehand.</summary>
internal sealed class Consent
{
    private const string Word = "yes";

    public Option<bool> Yes { get; } = new("--yes") { Description = "Do not ask first" };

    /// <summary>Asks whether to go on.</summary>
    /// <param name="terminal">Who is asked.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="question">What will happen.</param>
    /// <exception cref="UserErrorException">The answer is no, or nobody is there to ask.</exception>
    public void Ask(Terminal terminal, ParseResult parsed, string question)
    {
        if (parsed.GetValue(Yes)) return;
        if (!terminal.InputIsTerminal)
            throw new UserErrorException($"{question} Nobody is there to ask: give --yes to do it. Nothing was done.", ExitCode.Usage);
        terminal.Error.Write($"{question} Type {Word} to go on: ");
        if (terminal.Input.ReadLine()?.Trim() != Word) throw new UserErrorException("Nothing was done.");
    }
}
