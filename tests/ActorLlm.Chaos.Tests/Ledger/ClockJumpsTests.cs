using ActorLlm.Chaos.Ledger;

namespace ActorLlm.Chaos.Tests.Ledger;

public sealed class ClockJumpsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, false)]
    [InlineData(3599, false)]
    [InlineData(3600, true)]
    [InlineData(3620, true)]
    [InlineData(3640, false)]
    public void Only_times_that_a_jumped_clock_showed_are_in_doubt(int seconds, bool inDoubt)
    {
        var jumps = new ClockJumps();
        jumps.Begin(TimeSpan.FromHours(1), Noon);
        jumps.End(Noon.AddSeconds(20));

        Assert.Equal(inDoubt, jumps.MayHaveWritten(Noon.AddSeconds(seconds)));
    }

    [Fact]
    public void A_jump_that_is_not_over_has_no_end()
    {
        var jumps = new ClockJumps();
        jumps.Begin(TimeSpan.FromMinutes(-1), Noon);

        Assert.True(jumps.MayHaveWritten(Noon.AddMinutes(10)));
        Assert.False(jumps.MayHaveWritten(Noon.AddMinutes(-2)));
    }
}
