using System.CommandLine;

namespace ActorLlm.Chaos.Resumption;

/// <summary>The command line of <c>actorllm resume</c>. Exit code 0 says that every stream was resumed as it had to be.</summary>
public static class ResumeCommand
{
    private static readonly ResumeOptions Defaults = new();

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var times = NumberOption.Create("--times", "How many cut streams are resumed for each role of a lost node", 1, ResumeOptions.MaxTimes, Defaults.Times);
        var seed = NumberOption.Create("--seed", "Decides which node is killed when", 0, int.MaxValue, Defaults.Seed);
        var report = new Option<string?>("--report") { Description = "File for the report, in Markdown" };
        var command = new Command("resume", "Kills gateways, workers and homes of conversations under streams, and checks that their clients read on to the committed reply.")
        {
            times, seed, report,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new ResumeOptions { Times = parsed.GetValue(times), Seed = parsed.GetValue(seed), ReportFile = parsed.GetValue(report) },
            parsed.InvocationConfiguration.Output,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ResumeOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        ResumeResult result;
        try
        {
            result = await new ResumeRun(options, output).RunAsync(cancellationToken);
        }
        catch (OperationCanceledException error)
        {
            throw new UserErrorException("stopped before the end; there is no result, and what was started is ended.", innerException: error);
        }

        var page = ResumeReport.Write(result);
        await output.WriteLineAsync();
        await output.WriteAsync(page);
        if (options.ReportFile is { } file)
            await File.WriteAllTextAsync(file, page, CancellationToken.None);
        return result.Passed ? ExitCode.Success : ExitCode.Failure;
    }
}
