using ActorLlm.Cli.Terminals;

namespace ActorLlm.Cli.Tests.Fakes;

/// <summary>What a command line did.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote.</param>
/// <param name="Error">What it said beside that.</param>
internal sealed record Ran(int ExitCode, string Output, string Error);

/// <summary>Runs command lines in this process.</summary>
internal static class Cli
{
    /// <summary>Where no person is, with these variables set.</summary>
    public static Terminal Terminal(string input = "", params (string Name, string Value)[] variables) => new(new StringReader(input), new StringWriter(), new StringWriter())
    {
        Variable = name => variables.FirstOrDefault(variable => variable.Name == name).Value,
        OnInterrupt = _ => new StringReader(""),
    };

    public static Task<Ran> RunAsync(params string[] args) => RunAsync(Terminal(), args);

    public static async Task<Ran> RunAsync(Terminal terminal, params string[] args)
    {
        var exitCode = await CommandLine.RunAsync(args, terminal);
        return new Ran(exitCode, terminal.Output.ToString()!, terminal.Error.ToString()!);
    }
}
