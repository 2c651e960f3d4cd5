using System.CommandLine;

namespace ActorLlm.Cli;

/// <summary>Runs a command line: every error that a user can act on is one readable line and an exit code, never a stack trace.</summary>
public static class CommandShell
{
    // Commands end by themselves when they are told to; this is for one that does not.
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Runs it. Ctrl-C and SIGTERM end the command in order.</summary>
    /// <param name="program">The program's name, which stands before its errors.</param>
    /// <param name="root">What can be asked for.</param>
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="output">Where the command writes what it is asked for.</param>
    /// <param name="error">Where errors go.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string program, RootCommand root, IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(error);
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors)
                await error.WriteLineAsync($"{program}: {problem.Message}");
            await error.WriteLineAsync($"{program}: --help tells what there is.");
            return ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TerminationTimeout,
            });
        }
        catch (UserErrorException problem)
        {
            await error.WriteLineAsync($"{program}: {problem.Message}");
            return problem.ExitCode;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be written, a full disk: the system's own message names the path.
            await error.WriteLineAsync($"{program}: {problem.Message}");
            return ExitCode.Failure;
        }
    }
}
