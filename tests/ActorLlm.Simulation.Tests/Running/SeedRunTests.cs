using ActorLlm.Simulation.Plans;
using ActorLlm.Simulation.Running;
using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Tests.Running;

public sealed class SeedRunTests
{
    private const int Seeds = 4000;

    [Fact]
    public void Thousands_of_seeds_keep_the_promise_and_meet_every_fault()
    {
        var result = new Batch(TimeProvider.System).Run(1, Seeds, default, Environment.ProcessorCount);

        Assert.Equal(Seeds, result.Seeds);
        Assert.Empty(result.Failures.Select(failure => $"seed {failure.Seed}: {failure.First}"));
        Assert.All(Enum.GetValues<FaultKind>(), kind => Assert.True(result.Counts[kind] > 0, $"{kind} was never injected"));
        Assert.All(Enum.GetValues<Happening>(), happening => Assert.True(result.Counts[happening] > 0, $"{happening} never happened"));
    }

    [Fact]
    public void A_seed_is_the_same_run_each_time_whatever_runs_beside_it()
    {
        ulong[] seeds = [.. Enumerable.Range(1, 200).Select(n => (ulong)n)];
        var alone = seeds.Select(seed => SeedRun.Run(seed).TraceHash).ToArray();
        var together = new ulong[seeds.Length];

        Parallel.For(0, seeds.Length, i => together[seeds.Length - 1 - i] = SeedRun.Run(seeds[^(i + 1)]).TraceHash);

        Assert.Equal(alone, together);
        Assert.Equal(seeds.Length, alone.Distinct().Count());
    }

    [Fact]
    public void Telling_every_step_changes_nothing()
    {
        var lines = 0;

        var told = SeedRun.Run(7, trace: _ => lines++);

        Assert.Equal(SeedRun.Run(7).TraceHash, told.TraceHash);
        Assert.True(lines > 100);
    }

    [Fact]
    public void A_plan_without_any_item_does_nothing()
    {
        var plan = PlanMaker.Make(7).With([]);

        var result = SeedRun.Run(plan);

        Assert.Empty(result.Violations);
        Assert.Empty(result.History.Rows);
    }
}
