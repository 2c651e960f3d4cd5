using System.CommandLine;
using ActorLlm.Chaos.Faults;
using ActorLlm.Chaos.Reporting;

namespace ActorLlm.Chaos;

/// <summary>The command line of <c>actorllm chaos</c>. Exit code 0 says that the promise held.</summary>
public static class ChaosCommand
{
    private static readonly ChaosOptions Defaults = new();

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var minutes = NumberOption.Create("--minutes", "How long faults are injected", ChaosOptions.MinMinutes, ChaosOptions.MaxMinutes, Defaults.Minutes);
        var seed = NumberOption.Create("--seed", "Decides what happens when and what is asked", 0, int.MaxValue, Defaults.Seed);
        var nodes = NumberOption.Create("--nodes", "How many nodes", ChaosOptions.MinNodes, ChaosOptions.MaxNodes, Defaults.Nodes);
        var conversations = NumberOption.Create("--conversations", "Conversations under way at once", 10, ChaosOptions.MaxConversations, Defaults.Conversations);
        var faults = new Option<string?>("--faults")
        {
            Description = $"Which faults, with commas between them: {string.Join(", ", FaultCatalog.Words)}, or all [default: all that this machine can inject]",
            Validators =
            {
                result =>
                {
                    if (FaultCatalog.Parse(result.Tokens.Count == 0 ? "" : result.Tokens[0].Value, out var problem) is null)
                        result.AddError($"--faults: {problem}.");
                },
            },
        };
        var report = new Option<string?>("--report") { Description = "File for the report, in Markdown" };
        var ledger = new Option<string?>("--ledger") { Description = "File that one line about this run is added to, such as docs/proof-ledger.csv" };
        var keep = new Option<bool>("--keep") { Description = "Keep logs, journal and what the clients saw in a temporary folder also when nothing is wrong" };
        var from = new Option<string?>("--from")
        {
            Description = "ActorLlm.Node.dll of another version: the nodes begin as it, and the fault rolling makes them this version, and back [default: this version alone]",
            Validators =
            {
                result =>
                {
                    if (result.Tokens.Count > 0 && !File.Exists(result.Tokens[0].Value))
                        result.AddError($"--from is '{result.Tokens[0].Value}', which is not there: give the path of another build's ActorLlm.Node.dll.");
                },
            },
        };
        var cluster = new ClusterLine();
        var command = new Command("chaos", "Injects faults into a real cluster under load and checks that nothing is lost, duplicated or reordered.")
        {
            minutes, seed, nodes, conversations, faults, from, report, ledger, keep,
        };
        foreach (var option in cluster.Options)
            command.Options.Add(option);
        command.Validators.Add(line =>
        {
            if (cluster.Options.First() is var given && line.GetResult(given) is not null && line.GetValue(from) is not null)
                line.AddError("--from says as what nodes are started, and with --cluster none is: leave one of them out.");
        });
        command.Validators.Add(line => cluster.Validate(
            line, line.GetValue(faults) is { } words ? FaultCatalog.Parse(words, out _) : null, line.GetResult(nodes) is { Implicit: false }));
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new ChaosOptions
            {
                Minutes = parsed.GetValue(minutes),
                Seed = parsed.GetValue(seed),
                Nodes = cluster.Read(parsed)?.Nodes.Count ?? parsed.GetValue(nodes),
                Cluster = cluster.Read(parsed),
                Conversations = parsed.GetValue(conversations),
                Faults = parsed.GetValue(faults) is { } words ? FaultCatalog.Parse(words, out _) : null,
                FaultWords = parsed.GetValue(faults) ?? "",
                From = parsed.GetValue(from) is { } dll ? Path.GetFullPath(dll) : null,
                ReportFile = parsed.GetValue(report),
                LedgerFile = parsed.GetValue(ledger),
                Keep = parsed.GetValue(keep),
            },
            parsed.InvocationConfiguration.Output,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ChaosOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        ChaosResult result;
        try
        {
            result = await new ChaosRun(options, output).RunAsync(cancellationToken);
        }
        catch (OperationCanceledException error)
        {
            throw new UserErrorException("stopped before the end; there is no verdict, and what was started or changed is undone.", innerException: error);
        }

        var page = Report.Write(result);
        await output.WriteLineAsync();
        await output.WriteAsync(page);
        if (options.ReportFile is { } file)
            await File.WriteAllTextAsync(file, page, CancellationToken.None);
        return result.Passed ? ExitCode.Success : ExitCode.Failure;
    }
}
