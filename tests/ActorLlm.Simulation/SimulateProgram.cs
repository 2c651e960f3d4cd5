using System.Globalization;
using ActorLlm.Simulation.Canaries;
using ActorLlm.Simulation.Plans;
using ActorLlm.Simulation.Running;

namespace ActorLlm.Simulation;

/// <summary>Does what the command line asks for, and says how it went.</summary>
/// <param name="output">Where it is said.</param>
/// <param name="time">For the time that it takes; runs have a time of their own.</param>
internal sealed class SimulateProgram(TextWriter output, TimeProvider time)
{
    private const int FailuresTold = 20;
    private const int FailuresShrunk = 3;
    private const int SeedsForCanaries = 5000;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(10);

    public int Run(SimulateOptions options)
    {
        if (options.Seed is { } seed) return ShowSeed(PlanMaker.Make(seed), options);
        return options.Canaries ? HuntCanaries(options) : RunBatch(options);
    }

    private int RunBatch(SimulateOptions options)
    {
        var lastTold = time.GetTimestamp();
        var result = new Batch(time).Run(options.First, options.Seeds, options.Canary, options.Parallel, (done, failed) =>
        {
            if (time.GetElapsedTime(lastTold) < ProgressInterval) return;
            lastTold = time.GetTimestamp();
            Say($"{done} of {options.Seeds} seeds, {failed} failed");
        });
        foreach (var failure in result.Failures.Take(FailuresTold)) Say($"seed {failure.Seed}: {failure.First}{(failure.More > 0 ? $" (and {failure.More} more)" : "")}");
        foreach (var failure in result.Failures.Take(FailuresShrunk)) ShowSmallest(PlanMaker.Make(failure.Seed), options.Canary);
        output.Write(BatchReport.Write(options, result, canaries: null));
        if (options.ReportFile is not { } file) return result.Failures.Count == 0 ? 0 : 1;
        var canaries = CanaryTable.Make(options.First, SeedsForCanaries, time);
        File.WriteAllText(file, BatchReport.Write(options, result, canaries));
        return result.Failures.Count == 0 && canaries.Missed == 0 ? 0 : 1;
    }

    private int ShowSeed(Plan plan, SimulateOptions options)
    {
        if (options.Only is { } only) plan = plan.With(only);
        if (options.Trace) ShowPlan(plan);
        var result = SeedRun.Run(plan, options.Canary, options.Trace ? line => Say($"{line}") : null);
        Say($"seed {plan.Seed}: trace hash {result.TraceHash:x16}, {result.Deliveries} deliveries, {result.History.EndedAt / 1000.0} virtual s, {result.Violations.Count} violations");
        foreach (var violation in result.Violations) Say($"{violation}");
        if (result.Violations.Count > 0 && !options.Trace) ShowSmallest(plan, options.Canary);
        return result.Violations.Count == 0 ? 0 : 1;
    }

    private void ShowSmallest(Plan plan, Canary canary)
    {
        var shrunk = Shrinker.Shrink(plan, canary);
        Say($"");
        Say($"seed {plan.Seed}, made as small as it can be: {shrunk.Result.Violations[0]}");
        ShowPlan(shrunk.Plan);
        SeedRun.Run(shrunk.Plan, canary, line => Say($"{line}"));
        var defect = canary == Canary.None ? "" : $" --canary {canary}";
        Say($"again: --seed {plan.Seed} --only {string.Join(',', shrunk.Items)} --trace{defect}");
        Say($"");
    }

    private void ShowPlan(Plan plan)
    {
        Say($"{plan.Weather}: {plan.Nodes} nodes, {plan.Conversations} conversations, {plan.Callers} callers, {plan.WorkerConcurrency} attempts at once, {(plan.SnapshotEvery == int.MaxValue ? "no snapshots" : $"a snapshot every {plan.SnapshotEvery} events")}, healed at {plan.HealAt} ms");
        foreach (var fault in plan.Faults) Say($"  fault {fault}");
        foreach (var step in plan.Steps) Say($"  step {step}");
    }

    private int HuntCanaries(SimulateOptions options)
    {
        var table = CanaryTable.Make(options.First, options.Seeds, time);
        output.Write(table.Text);
        if (options.ReportFile is { } file) File.WriteAllText(file, table.Text);
        return table.Missed == 0 ? 0 : 1;
    }

    private void Say(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
