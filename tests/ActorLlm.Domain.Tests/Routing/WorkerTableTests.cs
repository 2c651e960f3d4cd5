using ActorLlm.Domain.Routing;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace ActorLlm.Domain.Tests.Routing;

public class WorkerTableTests
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(100);

    private readonly WorkerTable<string> _table = new();
    private readonly Random _random = new(711);

    /// <summary>A worker in an arbitrary condition.</summary>
    public sealed record Condition(int Capacity, int InFlight, int Mine, bool Reachable, int LatencyMs);

    [Fact]
    public void An_empty_table_picks_nobody() => Assert.False(_table.TryPick(_random, out _));

    [Fact]
    public void The_only_worker_is_picked()
    {
        _table.Report("a", 4, 0, Latency);

        Assert.True(_table.TryPick(_random, out var worker));
        Assert.Equal("a", worker);
    }

    [Fact]
    public void Of_two_workers_the_less_loaded_is_always_picked()
    {
        _table.Report("busy", 10, 6, Latency);
        _table.Report("idle", 10, 5, Latency);

        Assert.All(Picks(200), worker => Assert.Equal("idle", worker));
    }

    [Fact]
    public void Load_is_the_share_of_a_workers_own_capacity()
    {
        _table.Report("large", 100, 20, Latency);
        _table.Report("small", 10, 4, Latency);

        Assert.All(Picks(200), worker => Assert.Equal("large", worker));
    }

    [Fact]
    public void Of_two_equally_loaded_workers_the_faster_is_picked()
    {
        _table.Report("slow", 10, 5, TimeSpan.FromSeconds(2));
        _table.Report("fast", 10, 5, TimeSpan.FromSeconds(1));

        Assert.All(Picks(200), worker => Assert.Equal("fast", worker));
    }

    [Theory]
    [InlineData(4, "known")]
    [InlineData(6, "new")]
    public void A_worker_that_has_not_shown_its_speed_is_taken_to_be_as_fast_as_the_others(int known, string picked)
    {
        _table.Report("known", 10, known, TimeSpan.FromSeconds(2));
        _table.Report("new", 10, 5, TimeSpan.Zero);

        Assert.All(Picks(200), worker => Assert.Equal(picked, worker));
    }

    [Fact]
    public void The_speed_taken_for_granted_is_the_mean_of_the_known_ones()
    {
        Assert.Equal(TimeSpan.Zero, _table.TypicalLatency);
        _table.Report("slow", 10, 0, TimeSpan.FromSeconds(3));
        _table.Report("fast", 10, 0, TimeSpan.FromSeconds(1));
        _table.Report("new", 10, 0, TimeSpan.Zero);
        Assert.Equal(TimeSpan.FromSeconds(2), _table.TypicalLatency);

        _table.Report("fast", 10, 0, TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.FromSeconds(2.5), _table.TypicalLatency);
        _table.Remove("slow");
        Assert.Equal(TimeSpan.FromSeconds(2), _table.TypicalLatency);
    }

    [Fact]
    public void Workers_as_good_as_each_other_share_the_work()
    {
        foreach (var worker in (string[])["a", "b", "c", "d"]) _table.Report(worker, 4, 0, Latency);

        Assert.All(Picks(4000).CountBy(worker => worker), share => Assert.InRange(share.Value, 800, 1200));
    }

    [Fact]
    public void What_was_just_given_counts_before_the_next_report()
    {
        _table.Report("a", 10, 0, Latency);
        _table.Report("b", 10, 0, Latency);
        foreach (var _ in Enumerable.Range(0, 10))
        {
            Assert.True(_table.TryPick(_random, out var worker));
            _table.Count(worker, +1);
        }

        Assert.Equal((5, 5), (_table.Workers["a"].InFlight, _table.Workers["b"].InFlight));
    }

    [Fact]
    public void A_report_adds_the_load_from_others_to_our_own()
    {
        _table.Report("a", 10, 0, Latency);
        _table.Count("a", +1);
        _table.Count("a", +1);
        _table.Report("a", 10, 5, Latency);
        Assert.Equal(5, _table.Workers["a"].InFlight);

        _table.Count("a", -1);
        Assert.Equal(4, _table.Workers["a"].InFlight);
        _table.Count("a", +1);
        _table.Count("a", +1);
        Assert.Equal(6, _table.Workers["a"].InFlight);
    }

    [Fact]
    public void A_report_from_before_our_attempts_arrived_does_not_make_others_load_negative()
    {
        _table.Report("a", 10, 0, Latency);
        foreach (var _ in Enumerable.Range(0, 5)) _table.Count("a", +1);
        _table.Report("a", 10, 2, Latency);

        Assert.Equal(5, _table.Workers["a"].InFlight);
    }

    [Fact]
    public void Ours_never_fall_below_zero()
    {
        _table.Report("a", 10, 0, Latency);
        _table.Count("a", -1);
        _table.Count("a", -1);
        _table.Count("a", +1);

        Assert.Equal(1, _table.Workers["a"].InFlight);
    }

    [Fact]
    public void A_worker_is_full_at_twice_what_it_runs_at_once()
    {
        _table.Report("a", 3, 5, Latency);
        Assert.True(_table.TryPick(_random, out _));

        _table.Count("a", +1);
        Assert.False(_table.TryPick(_random, out _));
    }

    [Fact]
    public void A_worker_that_can_run_nothing_is_never_picked()
    {
        _table.Report("a", 0, 0, Latency);

        Assert.False(_table.TryPick(_random, out _));
    }

    [Fact]
    public void An_unreachable_worker_is_not_picked_and_is_again_when_it_is_back()
    {
        _table.Report("a", 4, 0, Latency);
        _table.SetReachable("a", false);
        Assert.False(_table.TryPick(_random, out _));

        _table.SetReachable("a", true);
        Assert.True(_table.TryPick(_random, out _));
    }

    [Fact]
    public void A_report_does_not_make_an_unreachable_worker_reachable()
    {
        _table.Report("a", 4, 0, Latency);
        _table.SetReachable("a", false);
        _table.Report("a", 4, 0, Latency);

        Assert.False(_table.TryPick(_random, out _));
    }

    // The membership may know before the first report does.
    [Fact]
    public void A_worker_that_was_unreachable_before_its_first_report_is_not_picked()
    {
        _table.SetReachable("a", false);
        _table.Report("a", 4, 0, Latency);
        Assert.False(_table.TryPick(_random, out _));

        _table.SetReachable("a", true);
        Assert.True(_table.TryPick(_random, out _));
    }

    [Fact]
    public void A_removed_worker_is_not_picked_and_comes_back_with_a_clean_account()
    {
        _table.Report("a", 4, 0, Latency);
        _table.Count("a", +1);
        _table.SetReachable("a", false);
        _table.Remove("a");
        Assert.False(_table.TryPick(_random, out _));
        _table.Count("a", +1);
        Assert.Empty(_table.Workers);

        _table.Report("a", 4, 0, Latency);
        Assert.True(_table.TryPick(_random, out _));
        Assert.Equal(0, _table.Workers["a"].InFlight);
    }

    [Property(MaxTest = 500)]
    public Property A_pick_has_room_and_there_is_one_whenever_anyone_has_room() =>
        Prop.ForAll(Conditions(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (conditions, seed) =>
        {
            var table = TableOf(conditions);
            var picked = table.TryPick(new Random(seed), out var worker);
            return picked ? table.Workers[worker].HasRoom : table.Workers.Values.All(load => !load.HasRoom);
        });

    [Property(MaxTest = 300)]
    public Property The_worst_of_several_with_room_is_never_picked() =>
        Prop.ForAll(Conditions(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (conditions, seed) =>
        {
            var table = TableOf(conditions);
            var scores = table.Workers.Values.Where(load => load.HasRoom).Select(load => load.Score(table.TypicalLatency)).ToArray();
            if (scores.Length != table.Workers.Count || scores.Distinct().Count() < scores.Length || scores.Length < 2) return true;
            return table.TryPick(new Random(seed), out var worker) && table.Workers[worker].Score(table.TypicalLatency) < scores.Max();
        });

    private static WorkerTable<int> TableOf(Condition[] conditions)
    {
        var table = new WorkerTable<int>();
        foreach (var (worker, condition) in conditions.Index())
        {
            table.Report(worker, condition.Capacity, condition.InFlight, TimeSpan.FromMilliseconds(condition.LatencyMs));
            table.SetReachable(worker, condition.Reachable);
            foreach (var _ in Enumerable.Range(0, condition.Mine)) table.Count(worker, +1);
        }

        return table;
    }

    private static Arbitrary<Condition[]> Conditions()
    {
        var condition =
            from capacity in Gen.Choose(0, 4)
            from inFlight in Gen.Choose(0, 8)
            from mine in Gen.Choose(0, 3)
            from reachable in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false)))
            from latency in Gen.Choose(0, 5000)
            select new Condition(capacity, inFlight, mine, reachable, latency);
        return Gen.Choose(0, 8).SelectMany(length => condition.ArrayOf(length)).ToArbitrary();
    }

    private IEnumerable<string> Picks(int count) => Enumerable.Range(0, count).Select(_ =>
    {
        Assert.True(_table.TryPick(_random, out var worker));
        return worker;
    });
}
