using ActorLlm.Domain.Capacity;

namespace ActorLlm.Domain.Tests.Capacity;

public sealed class CapacityBookTests
{
    private readonly CapacityBook<string> _book = new();

    [Fact]
    public void A_window_tells_what_happened_in_it()
    {
        Report("a", Enumerable.Range(0, 120).Select(second => Steady(second)));
        // Then nothing more came for a minute.
        Report("a", Enumerable.Range(120, 61).Select(second => Steady(120) with { Seconds = second }));

        var windows = Worker().Windows;

        Assert.Equal((0, 0), (windows[0].ArrivalRate, windows[0].MeanWait));
        Assert.InRange(windows[1].ArrivalRate, 100 * 120 / 180.0 - 1, 100 * 120 / 180.0 + 1);
        Assert.Equal((0.2, 0.1), (windows[1].MeanWait, windows[1].MeanService), Near);
        Assert.Equal(60, windows[0].Seconds, 6.0);
        Assert.Equal(180, windows[1].Seconds);
    }

    [Fact]
    public void Workers_add_up()
    {
        Report("a", [Steady(0), Steady(100)]);
        Report("b", [Steady(50), Steady(150)]);

        var worker = Worker();

        Assert.Equal(2, worker.Nodes);
        Assert.Equal((200, 16), (worker.Windows[1].ArrivalRate, worker.Windows[1].Servers), (a, b) => Near.Equals((a.Item1, 0), (b.Item1, 0)) && a.Item2 == b.Item2);
        Assert.Equal((0.2, 0.1), (worker.Windows[1].MeanWait, worker.Windows[1].MeanService), Near);
        Assert.Equal((40, 20), (worker.Windows[1].Waiting, worker.Windows[1].Busy), Near);
    }

    [Fact]
    public void A_worker_that_is_gone_counts_no_more()
    {
        Report("a", [Steady(0), Steady(100)]);
        _book.Remove("a");

        Assert.Empty(_book.Read());
        Assert.Equal(0, _book.Wanted(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void A_worker_that_began_anew_is_not_read_backwards()
    {
        Report("a", [Steady(0), Steady(100), Steady(1), Steady(11)]);

        Assert.Equal(100, Worker().Windows[1].ArrivalRate, 1e-9);
        Assert.Equal(10, Worker().Windows[1].Seconds, 1e-9);
    }

    [Fact]
    public void Only_one_window_is_kept_of_a_worker_that_runs_for_days()
    {
        Report("a", Enumerable.Range(0, 100_000).Select(second => Steady(second)));

        Assert.InRange(Worker().Windows[1].Seconds, 295, 305);
        Assert.InRange(Worker().Windows[0].Seconds, 55, 65);
    }

    [Fact]
    public void The_spread_of_the_service_time_is_told()
    {
        // Half of them took 0.05 s and half 0.15 s.
        Report("a", [new StationTally("", 8, 0), new StationTally("", 8, 10) { Arrived = 100, Waited = 100, Served = 100, ServiceSum = 10, ServiceSquares = 50 * 0.0025 + 50 * 0.0225 }]);

        var reading = Worker().Windows[0];

        Assert.Equal(0.1, reading.MeanService, 1e-12);
        Assert.Equal(0.25, reading.Variation, 1e-9);
    }

    [Fact]
    public void Where_a_line_grows_before_the_workers_what_comes_is_more_than_what_they_take()
    {
        // 100/s come to them, each 0.5 s later on its way than one of a second before: 200/s set out.
        Report("a", [Steady(0), Steady(10) with { LastBefore = 5 }]);

        Assert.Equal(200, Worker().Windows[0].ArrivalRate, 1e-9);
        Assert.Equal(LittlesVerdict.Grows, Worker().Windows[0].Law.Verdict);
    }

    [Fact]
    public void The_places_wanted_meet_the_target_for_the_busiest_window()
    {
        Report("a", Enumerable.Range(0, 100).Select(second => Steady(second)));
        var busy = _book.Wanted(TimeSpan.FromSeconds(0.01));
        Report("a", Enumerable.Range(100, 70).Select(second => Steady(100) with { Seconds = second }));
        var quiet = _book.Wanted(TimeSpan.FromSeconds(0.01));

        Assert.Equal(new QueueModel(100, 0.1, 0, 1).ServersFor(0.99, 0.01), busy);
        Assert.InRange(quiet, 1, busy - 1);
    }

    [Fact]
    public void Stations_are_told_apart()
    {
        _book.Report("a", [Steady(0), Steady(0) with { Station = "spare" }, Steady(0) with { Station = "openai" }]);

        Assert.Equal(["", "openai", "spare"], _book.Read().Select(station => station.Station));
    }

    private static readonly EqualityComparer<(double, double)> Near =
        EqualityComparer<(double, double)>.Create((a, b) => Math.Abs(a.Item1 - b.Item1) < 1e-9 && Math.Abs(a.Item2 - b.Item2) < 1e-9);

    /// <summary>100 a second, each waiting 0.2 s and served for 0.1 s.</summary>
    private static StationTally Steady(int seconds) => new(StationTally.Worker, 8, seconds)
    {
        Arrived = 100L * seconds,
        Waited = 100L * seconds,
        Served = 100L * seconds,
        WaitSum = 20 * seconds,
        ServiceSum = 10 * seconds,
        ServiceSquares = 1.0 * seconds,
        WaitingArea = 20 * seconds,
        BusyArea = 10 * seconds,
    };

    private void Report(string worker, IEnumerable<StationTally> tallies)
    {
        foreach (var tally in tallies) _book.Report(worker, [tally]);
    }

    private StationReport Worker() => _book.Read().Single(station => station.Station == StationTally.Worker);
}
