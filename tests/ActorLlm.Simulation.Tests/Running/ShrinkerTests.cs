using ActorLlm.Simulation.Canaries;
using ActorLlm.Simulation.Plans;
using ActorLlm.Simulation.Running;

namespace ActorLlm.Simulation.Tests.Running;

public sealed class ShrinkerTests
{
    [Theory]
    [InlineData(nameof(Canary.NoDedupe))]
    [InlineData(nameof(Canary.HeartbeatNeverTimesOut))]
    [InlineData(nameof(Canary.SnapshotWithoutOutbox))]
    public void A_failing_plan_is_made_smaller_and_each_item_left_is_needed(string name)
    {
        var canary = Enum.Parse<Canary>(name);
        var plan = PlanMaker.Make(CanaryHunt.Find(canary, 1, 1000, TimeProvider.System)!.Seed);
        var rule = SeedRun.Run(plan, canary).Violations[0].Rule;

        var shrunk = Shrinker.Shrink(plan, canary);

        Assert.True(shrunk.Items.Count < plan.Items);
        Assert.Equal(rule, shrunk.Result.Violations[0].Rule);
        Assert.Equal(shrunk.Result.TraceHash, SeedRun.Run(plan.With([.. shrunk.Items]), canary).TraceHash);
        Assert.All(shrunk.Items, item =>
        {
            var without = SeedRun.Run(plan.With([.. shrunk.Items.Where(other => other != item)]), canary);
            Assert.False(without.Violations is [var first, ..] && first.Rule == rule, $"item {item} is not needed");
        });
    }

    [Fact]
    public void A_plan_that_breaks_nothing_is_refused() =>
        Assert.Throws<ArgumentException>(() => Shrinker.Shrink(PlanMaker.Make(1)));
}
