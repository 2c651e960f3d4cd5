using System.CommandLine;
using ActorLlm.Chaos;
using ActorLlm.Chaos.Resumption;
using ActorLlm.Cli.Admin;
using ActorLlm.Cli.Help;
using ActorLlm.Cli.Inspect;
using ActorLlm.Cli.Keys;
using ActorLlm.Cli.Load;
using ActorLlm.Cli.Talk;
using ActorLlm.Cli.Terminals;
using ActorLlm.Cli.Up;

namespace ActorLlm.Cli;

/// <summary>The whole command line of <c>actorllm</c>.</summary>
public static class CommandLine
{
    private const string Program = "actorllm";

    /// <summary>Runs one command line where no person is.</summary>
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="output">Where the command writes what it is asked for.</param>
    /// <param name="error">Where errors go.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error) =>
        RunAsync(args, new Terminal(TextReader.Null, output, error));

    /// <summary>Runs one command line.</summary>
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="terminal">Where it runs.</param>
    /// <param name="cancellationToken">Ends the command in order, as Ctrl-C does.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static Task<int> RunAsync(IReadOnlyList<string> args, Terminal terminal, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        return CommandShell.RunAsync(Program, Create(terminal), args, terminal, cancellationToken);
    }

    /// <summary>All commands.</summary>
    internal static RootCommand Create(Terminal terminal)
    {
        var (line, face) = (new AdminLine(terminal), new FaceLine(terminal));
        var root = new RootCommand("Runs clusters of ActorLlm nodes, talks to them, shows what they do and steers them.")
        {
            UpCommand.Create(), ChatCommand.Create(face, line), SendCommand.Create(face),
            ClusterCommand.Create(line), LoadCommands.Shards(line), LoadCommands.Workers(line), CapacityCommand.Create(line), ConversationsCommand.Create(line), ApprovalsCommand.Create(line),
            ExplainCommand.Create(line), DrainCommand.Create(line), DoctorCommand.Create(line, face), LoadCommands.Audit(line), OutboxCommand.Create(line),
            KeyCommand.Create(), CompletionCommand.Create(), BenchCommand.Create(face), ChaosCommand.Create(), ResumeCommand.Create(),
        };
        ExamplesHelp.AddTo(root);
        return root;
    }
}
