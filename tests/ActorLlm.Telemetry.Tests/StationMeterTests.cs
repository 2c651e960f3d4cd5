namespace ActorLlm.Telemetry.Tests;

/// <summary>What is counted at a line and its servers, on a clock that the test moves.</summary>
public sealed class StationMeterTests
{
    private readonly HandClock _clock = new();
    private readonly StationMeter _meter;

    public StationMeterTests() => _meter = new StationMeter(_clock);

    [Fact]
    public void Waits_services_and_numbers_are_summed_up_over_time()
    {
        var first = _meter.Arrive();
        var begun = _meter.Begin(first);
        _clock.Pass(1);
        var second = _meter.Arrive();
        _clock.Pass(2);
        _meter.End(begun);
        var next = _meter.Begin(second);
        _clock.Pass(4);
        _meter.End(next);
        _clock.Pass(3);

        var count = _meter.Read();

        Assert.Equal((10, 2, 2, 0, 2), (count.Seconds, count.Arrived, count.Waited, count.GaveUp, count.Served));
        Assert.Equal((2, 7, 9 + 16), (count.WaitSum, count.ServiceSum, count.ServiceSquares));
        // One waited for 2 s, and one was served for 3 and then 4 s.
        Assert.Equal((2, 7), (count.WaitingArea, count.BusyArea));
    }

    [Fact]
    public void What_is_under_way_counts_by_its_number_and_not_yet_by_its_time()
    {
        _meter.Begin(_meter.Arrive());
        _meter.Arrive();
        _clock.Pass(5);

        var count = _meter.Read();

        Assert.Equal((5, 5, 0, 0), (count.WaitingArea, count.BusyArea, count.WaitSum, count.ServiceSum));
        Assert.Equal((1, 0), (count.Waited, count.Served));
    }

    [Fact]
    public void Who_gives_up_has_waited_and_was_not_served()
    {
        var came = _meter.Arrive();
        _clock.Pass(3);
        _meter.GiveUp(came);
        _clock.Pass(3);

        var count = _meter.Read();

        Assert.Equal((1, 1, 0), (count.Waited, count.GaveUp, count.Served));
        Assert.Equal((3, 3), (count.WaitSum, count.WaitingArea));
    }

    [Fact]
    public void What_was_waited_for_on_the_way_is_a_wait_too()
    {
        _clock.Pass(10);
        var came = _meter.Arrive(TimeSpan.FromSeconds(4));
        _clock.Pass(1);
        _meter.Begin(came);

        var count = _meter.Read();

        Assert.Equal((5, 5, 4), (count.WaitSum, count.WaitingArea, count.LastBefore));
    }

    private sealed class HandClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => _now;

        public void Pass(int seconds) => _now += seconds * TimestampFrequency;
    }
}
