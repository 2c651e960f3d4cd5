using System.CommandLine;
using ActorLlm.Chaos;
using ActorLlm.Chaos.Resumption;
using ActorLlm.Cli.Keys;
using ActorLlm.Cli.Up;

namespace ActorLlm.Cli;

/// <summary>The whole command line of <c>actorllm</c>.</summary>
public static class CommandLine
{
    /// <summary>Runs one command line.</summary>
    /// <inheritdoc cref="CommandShell.RunAsync"/>
    public static Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error) =>
        CommandShell.RunAsync(
            "actorllm",
            new RootCommand("Starts a cluster of ActorLlm nodes, makes keys for it, and tries what it promises.")
            {
                UpCommand.Create(), KeyCommand.Create(), ChaosCommand.Create(), ResumeCommand.Create(),
            },
            args,
            output,
            error);
}
