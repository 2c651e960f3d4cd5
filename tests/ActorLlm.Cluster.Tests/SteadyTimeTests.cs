namespace ActorLlm.Cluster.Tests;

public class SteadyTimeTests
{
    private readonly Machine _machine = new();

    [Fact]
    public void It_goes_as_the_machine_does()
    {
        var time = new SteadyTime(_machine);

        foreach (var step in new[] { 0.2, 0.9, 5, 3600 })
        {
            _machine.Pass(TimeSpan.FromSeconds(step));
            Assert.Equal(_machine.GetUtcNow(), time.GetUtcNow());
        }
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    public void A_clock_that_is_set_makes_nothing_due_early_or_late_beyond_the_catching_up(int jump)
    {
        var time = new SteadyTime(_machine);
        var before = time.GetUtcNow();

        _machine.Set(TimeSpan.FromSeconds(jump));
        for (var second = 0; second < 60; second++)
        {
            _machine.Pass(SteadyTime.LookInterval);
            time.GetUtcNow();
        }

        var passed = time.GetUtcNow() - before;
        Assert.InRange(passed, TimeSpan.FromSeconds(60 * (1 - SteadyTime.CatchUp)), TimeSpan.FromSeconds(60 * (1 + SteadyTime.CatchUp)));
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    public void In_the_end_it_agrees_with_a_clock_that_was_set_and_never_went_back(int jump)
    {
        var time = new SteadyTime(_machine);
        _machine.Set(TimeSpan.FromSeconds(jump));

        var last = time.GetUtcNow();
        for (var second = 0; second < 3600 / SteadyTime.CatchUp + 2; second++)
        {
            _machine.Pass(SteadyTime.LookInterval);
            Assert.True(time.GetUtcNow() > last);
            last = time.GetUtcNow();
        }

        Assert.InRange((last - _machine.GetUtcNow()).Duration(), TimeSpan.Zero, SteadyTime.Tolerance + (SteadyTime.LookInterval * SteadyTime.CatchUp));
    }

    /// <summary>A machine whose clock can be set without time passing.</summary>
    private sealed class Machine : TimeProvider
    {
        private long _passed = 1;
        private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _passed;

        public override DateTimeOffset GetUtcNow() => _now;

        public void Pass(TimeSpan time)
        {
            _passed += time.Ticks;
            _now += time;
        }

        public void Set(TimeSpan by) => _now += by;
    }
}
