using ActorLlm.Chaos.Faults;

namespace ActorLlm.Chaos.Tests.Faults;

public sealed class FaultPlanTests
{
    private const int Many = 400;

    private static readonly PlannedFault[] Plan = [.. FaultPlan.Make(seed: 7, FaultCatalog.All).Take(Many)];

    [Fact]
    public void The_same_seed_makes_the_same_plan_and_another_seed_another()
    {
        Assert.Equal(Plan, FaultPlan.Make(7, FaultCatalog.All).Take(Many));
        Assert.NotEqual(Plan, FaultPlan.Make(8, FaultCatalog.All).Take(Many));
    }

    [Fact]
    public void Every_kind_comes_once_before_any_comes_again() =>
        Assert.Equal(FaultCatalog.All.Count, Plan.Take(FaultCatalog.All.Count).Select(fault => fault.Kind).Distinct().Count());

    [Fact]
    public void Later_ones_come_as_often_as_they_weigh()
    {
        var weights = FaultCatalog.All.Sum(kind => kind.Weight);
        var heaviest = FaultCatalog.All.MaxBy(kind => kind.Weight)!;

        var share = Plan.Skip(FaultCatalog.All.Count).Count(fault => fault.Kind == heaviest) / (double)(Many - FaultCatalog.All.Count);

        Assert.InRange(share, 0.5 * heaviest.Weight / weights, 1.6 * heaviest.Weight / weights);
    }

    [Fact]
    public void Gaps_and_lengths_are_in_their_ranges()
    {
        Assert.All(Plan, fault => Assert.InRange(fault.Gap.TotalSeconds, 3, 12));
        Assert.All(Plan, fault => Assert.InRange(fault.Length.TotalSeconds, fault.Kind.Lengths.Least, fault.Kind.Lengths.Most));
    }

    [Fact]
    public void Only_what_is_asked_for_is_planned()
    {
        var kinds = FaultCatalog.Parse("kill-all,kill", out _)!;

        Assert.Equal(["kill", "kill-oldest", "kill-all"], kinds.Select(kind => kind.Name));
        Assert.Equal(3, FaultPlan.Make(1, kinds).Take(100).Select(fault => fault.Kind.Name).Distinct().Count());
    }

    [Theory]
    [InlineData("clock", "clock-jump")]
    [InlineData("step", "kill-before-accept,kill-after-accept,kill-before-commit,kill-after-commit,kill-at-call,kill-mid-stream")]
    [InlineData("db-full", "db-full")]
    [InlineData("none,command", "command,none")]
    public void A_word_asks_for_its_kinds(string words, string kinds) =>
        Assert.Equal(kinds, string.Join(',', FaultCatalog.Parse(words, out _)!.Select(kind => kind.Name)));

    [Fact]
    public void All_leaves_out_what_is_for_other_clusters_and_what_does_nothing() =>
        Assert.Equal(["command", "upgrade", "none"], FaultCatalog.All.Except(FaultCatalog.Parse("all", out _)!).Select(kind => kind.Name));

    [Fact]
    public void A_cluster_that_was_not_started_here_has_its_connections_cut_and_what_a_program_of_the_user_does()
    {
        Assert.Equal(["db-terminate"], FaultCatalog.DefaultForAnyCluster(withCommand: false).Select(kind => kind.Name));
        Assert.Equal(["db-terminate", "command"], FaultCatalog.DefaultForAnyCluster(withCommand: true).Select(kind => kind.Name));
    }

    [Theory]
    [InlineData("kill,flood", "there is no fault 'flood': give some of kill,")]
    [InlineData(",", "no fault is named: give some of kill,")]
    public void Words_that_name_no_fault_are_refused_with_those_that_do(string words, string expected)
    {
        Assert.Null(FaultCatalog.Parse(words, out var problem));
        Assert.StartsWith(expected, problem, StringComparison.Ordinal);
    }
}
