using System.CommandLine;
using ActorLlm.Cli.Terminals;

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
    /// <param name="terminal">Where it runs.</param>
    /// <param name="cancellationToken">Ends the command in order, too.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(
        string program, RootCommand root, IReadOnlyList<string> args, Terminal terminal, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(terminal);
        var parsed = root.Parse(args);
        // Help and suggestions are asked for on lines that are not whole.
        if (parsed.Errors.Count > 0 && parsed.Action is not { ClearsParseErrors: true })
        {
            foreach (var problem in parsed.Errors)
                await terminal.Error.WriteLineAsync($"{program}: {problem.Message}");
            await terminal.Error.WriteLineAsync($"{program}: --help tells what there is.");
            return ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = terminal.Output,
                    Error = terminal.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = parsed.CommandResult.Command is IHandlesInterrupts ? null : TerminationTimeout,
                },
                cancellationToken);
        }
        catch (UserErrorException problem)
        {
            await terminal.Error.WriteLineAsync($"{program}: {problem.Message}");
            return problem.ExitCode;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be written, a full disk: the system's own message names the path.
            await terminal.Error.WriteLineAsync($"{program}: {problem.Message}");
            return ExitCode.Failure;
        }
        catch (OperationCanceledException)
        {
            await terminal.Error.WriteLineAsync($"{program}: stopped before the end.");
            return ExitCode.Interrupted;
        }
    }
}

/// <summary>A command that does something else than end when Ctrl-C is pressed.</summary>
internal interface IHandlesInterrupts;
