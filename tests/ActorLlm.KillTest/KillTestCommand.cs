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

    public static Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error) =>
        CommandShell.RunAsync("kill-test", Create(), args, output, error);

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
        KillTestResult result;
        try
        {
            result = await new KillTestRun(options, output).RunAsync(cancellationToken);
        }
        catch (OperationCanceledException error)
        {
            throw new UserErrorException("stopped before the end; there is no verdict.", innerException: error);
        }

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
