using ActorLlm.KillTest.Faults;

namespace ActorLlm.KillTest.Tests.Faults;

public sealed class FaultPlanTests
{
    private static readonly Fault[] Hundred = [.. FaultPlan.Make(seed: 7, nodes: 3).Take(100)];

    [Fact]
    public void The_same_seed_makes_the_same_plan_and_another_seed_another() =>
        Assert.True(
            Describe(Hundred) == Describe(FaultPlan.Make(7, 3).Take(100)) && Describe(Hundred) != Describe(FaultPlan.Make(8, 3).Take(100)));

    [Fact]
    public void One_node_dies_at_a_time_or_all_of_them() =>
        Assert.All(Hundred, fault => Assert.Contains(fault.Victims.Count, new[] { 1, 3 }));

    [Fact]
    public void A_short_run_has_both_kinds_and_every_node_has_its_turn()
    {
        Assert.Equal(3, Hundred[1].Victims.Count);
        Assert.Single(Hundred[0].Victims);
        Assert.Equal([1, 2, 3], Hundred.SelectMany(fault => fault.Victims.Count == 1 ? fault.Victims : []).Distinct().Order());
    }

    [Fact]
    public void Gaps_and_downtimes_are_in_their_ranges()
    {
        Assert.All(Hundred, fault => Assert.InRange(fault.Gap.TotalSeconds, 5, 15));
        Assert.All(Hundred, fault => Assert.Equal(fault.Victims.Count, fault.Downtimes.Count));
        Assert.All(Hundred.SelectMany(fault => fault.Downtimes), downtime => Assert.InRange(downtime.TotalSeconds, 1, 10));
    }

    private static string Describe(IEnumerable<Fault> plan) =>
        string.Join(';', plan.Select(fault => $"{fault.Gap}:{string.Join(',', fault.Victims)}:{string.Join(',', fault.Downtimes)}"));
}
