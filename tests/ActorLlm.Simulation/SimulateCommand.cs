using System.CommandLine;
using System.Globalization;
using ActorLlm.Processes;
using ActorLlm.Simulation.Canaries;
using ActorLlm.Simulation.Running;

namespace ActorLlm.Simulation;

/// <summary>The command line. Exit code 0: nothing was broken (or every canary was caught); 1: something was; 2: the arguments are wrong.</summary>
internal static class SimulateCommand
{
    private const int UsageExitCode = 2;

    private static readonly SimulateOptions Defaults = new();

    public static int Run(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        var parsed = Create().Parse(args);
        if (parsed.Errors.Count == 0)
            return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        foreach (var problem in parsed.Errors) error.WriteLine($"simulate: {problem.Message}");
        return UsageExitCode;
    }

    private static RootCommand Create()
    {
        var first = NumberOption.Create("--first", "First seed", 0L, long.MaxValue, (long)Defaults.First);
        var seeds = NumberOption.Create("--seeds", "How many seeds", 1, SimulateOptions.MaxSeeds, Defaults.Seeds);
        var parallel = NumberOption.Create("--parallel", "Threads", 1, SimulateOptions.MaxParallel, Math.Min(Defaults.Parallel, SimulateOptions.MaxParallel));
        var seed = new Option<long?>("--seed") { Description = "One seed: what it does and what it breaks, as small as it can be made" };
        var only = Only();
        var trace = new Option<bool>("--trace") { Description = "With --seed: tell every step of it as it is" };
        var canary = CanaryOption();
        var canaries = new Option<bool>("--canaries") { Description = "Put in one deliberate defect after the other and look for the seed that catches it, among --seeds" };
        var report = new Option<string?>("--report") { Description = "File for the report, in Markdown" };
        var command = new RootCommand("Runs the protocol on virtual time under seeded faults and checks that it keeps its promise.")
        {
            first, seeds, parallel, seed, only, trace, canary, canaries, report,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(seed) is null && (result.GetValue(trace) || result.GetValue(only) is not null))
                result.AddError("--trace and --only show one seed: give --seed too.");
        });
        command.SetAction(parsed => new SimulateProgram(parsed.InvocationConfiguration.Output, TimeProvider.System).Run(new SimulateOptions
        {
            First = (ulong)parsed.GetValue(first),
            Seeds = parsed.GetValue(seeds),
            Parallel = parsed.GetValue(parallel),
            Seed = (ulong?)parsed.GetValue(seed),
            Only = parsed.GetValue(only),
            Trace = parsed.GetValue(trace),
            Canary = parsed.GetValue(canary),
            Canaries = parsed.GetValue(canaries),
            ReportFile = parsed.GetValue(report),
        }));
        return command;
    }

    private static Option<Canary> CanaryOption() => new("--canary")
    {
        Description = $"A deliberate defect: {string.Join(", ", CanaryHunt.All)}",
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 0 ? "" : result.Tokens[0].Value;
            if (Enum.TryParse<Canary>(text, ignoreCase: true, out var canary) && Enum.IsDefined(canary) && !char.IsAsciiDigit(text[0])) return canary;
            result.AddError($"--canary is '{text}': give one of {string.Join(", ", CanaryHunt.All)}.");
            return Canary.None;
        },
    };

    private static Option<IReadOnlyList<int>?> Only() => new("--only")
    {
        Description = "With --seed: keep these faults and steps only, by their numbers, with commas between; none for an empty text",
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 0 ? "" : result.Tokens[0].Value;
            var items = new List<int>();
            foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                if (int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var item)) items.Add(item);
                else result.AddError($"--only has '{part}': give numbers with commas between, such as 0,3,7.");
            }

            return items;
        },
    };
}
