using System.CommandLine;
using System.Globalization;
using System.Numerics;
using ActorLlm.Cli;
using ActorLlm.KillTest.Reporting;

namespace ActorLlm.KillTest;

/// <summary>The command line. Exit code 0 says that nothing was lost, duplicated, reordered or unexpected.</summary>
internal static class KillTestCommand
{
    private static readonly KillTestOptions Defaults = new();

    // Ctrl-C ends nodes and database in order, which takes a moment.
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromMinutes(1);

    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        var parsed = Create().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors)
                await error.WriteLineAsync($"kill-test: {problem.Message}");
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
            await error.WriteLineAsync($"kill-test: {problem.Message}");
            return problem.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("kill-test: stopped before the end; there is no verdict.");
            return ExitCode.Failure;
        }
    }

    private static RootCommand Create()
    {
        var minutes = Number("--minutes", "How long nodes are killed", KillTestOptions.MinMinutes, KillTestOptions.MaxMinutes, Defaults.Minutes);
        var seed = Number("--seed", "Decides who is killed when and what is asked", 0, int.MaxValue, Defaults.Seed);
        var conversations = Number("--conversations", "Conversations under way at once", 10, KillTestOptions.MaxConversations, Defaults.Conversations);
        var report = new Option<string?>("--report") { Description = "File for the report, in Markdown" };
        var keep = new Option<bool>("--keep") { Description = "Keep logs, journal and what the clients saw in a temporary folder also when nothing is wrong" };
        var command = new RootCommand("Kills nodes of a real cluster under load and checks that nothing is lost, duplicated or reordered.")
        {
            minutes, seed, conversations, report, keep,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new KillTestOptions
            {
                Minutes = parsed.GetValue(minutes),
                Seed = parsed.GetValue(seed),
                Conversations = parsed.GetValue(conversations),
                ReportFile = parsed.GetValue(report),
                Keep = parsed.GetValue(keep),
            },
            parsed.InvocationConfiguration.Output,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(KillTestOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        var result = await new KillTestRun(options, output).RunAsync(cancellationToken);
        var page = Report.Write(result);
        await output.WriteLineAsync();
        await output.WriteAsync(page);
        if (options.ReportFile is { } file)
            await File.WriteAllTextAsync(file, page, cancellationToken);
        return result.Passed ? ExitCode.Success : ExitCode.Failure;
    }

    private static Option<T> Number<T>(string name, string description, T least, T most, T byDefault)
        where T : INumber<T> => new(name)
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"{description}, {least} to {most}"),
            DefaultValueFactory = _ => byDefault,
            CustomParser = result =>
            {
                var text = result.Tokens.Count == 0 ? "" : result.Tokens[0].Value;
                if (T.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
                    return value;
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}': give a number from {least} to {most}."));
                return byDefault;
            },
        };
}
