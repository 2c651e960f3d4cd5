using System.Runtime.InteropServices;

namespace ActorLlm.Cli.Terminals;

/// <summary>What a command meets of its surroundings: where it reads and writes, and whether a person is there.</summary>
/// <param name="Input">What is typed or piped in.</param>
/// <param name="Output">Where a command writes what it is asked for.</param>
/// <param name="Error">Where errors, questions and remarks go.</param>
public sealed record Terminal(TextReader Input, TextWriter Output, TextWriter Error)
{
    // A terminal that does not tell its width.
    private const int UsualWidth = 80;

    /// <summary>Whether somebody types the input.</summary>
    public bool InputIsTerminal { get; init; }

    /// <summary>Whether somebody reads the output.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Whether somebody reads what is said beside the output.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Columns of the terminal.</summary>
    public Func<int> Columns { get; init; } = () => UsualWidth;

    /// <summary>The value of an environment variable; null where it is not set.</summary>
    public Func<string, string?> Variable { get; init; } = _ => null;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Calls back for each Ctrl-C, which does nothing else, until disposed of.</summary>
    public Func<Action, IDisposable> OnInterrupt { get; init; } = Interrupts;

    /// <summary>Whether a terminal may be given colours: unless it has none, or NO_COLOR is set (https://no-color.org).</summary>
    public bool LikesColours => string.IsNullOrEmpty(Variable("NO_COLOR")) && Variable("TERM") != "dumb";

    /// <summary>That of this process.</summary>
    public static Terminal OfProcess() => new(Console.In, Console.Out, Console.Error)
    {
        InputIsTerminal = !Console.IsInputRedirected,
        OutputIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        Columns = Width,
        Variable = Environment.GetEnvironmentVariable,
    };

    private static int Width()
    {
        try
        {
            return Console.WindowWidth > 0 ? Console.WindowWidth : UsualWidth;
        }
        catch (IOException)
        {
            return UsualWidth;
        }
    }

    private static PosixSignalRegistration Interrupts(Action action) => PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
    {
        signal.Cancel = true;
        action();
    });
}
