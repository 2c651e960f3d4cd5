using ActorLlm.Domain.Delivery;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace ActorLlm.Domain.Tests.Delivery;

public class BackoffTests
{
    [Property(MaxTest = 500)]
    public Property A_delay_lies_between_half_and_all_of_its_bound_and_is_never_zero() =>
        Prop.ForAll(
            Gen.Choose(1, 2000).ToArbitrary(),
            Gen.Choose(10, 60_000).ToArbitrary(),
            Gen.Choose(0, 999_999).Select(n => n / 1_000_000.0).ToArbitrary(),
            (n, minMs, jitter) =>
            {
                var max = TimeSpan.FromHours(1);
                var bound = n > 30 ? max.TotalMilliseconds : Math.Min(minMs * Math.Pow(2, n - 1), max.TotalMilliseconds);
                var delay = Backoff.Delay(n, TimeSpan.FromMilliseconds(minMs), max, jitter).TotalMilliseconds;
                return delay > 0 && delay >= Math.Floor(bound / 2) && delay <= bound;
            });

    [Fact]
    public void The_jitter_spreads_delays_over_the_upper_half()
    {
        var (min, max) = (TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(60));

        Assert.Equal(TimeSpan.FromSeconds(4), Backoff.Delay(1, min, max, 0));
        Assert.Equal(TimeSpan.FromSeconds(6), Backoff.Delay(1, min, max, 0.5));
        Assert.Equal(TimeSpan.FromSeconds(12), Backoff.Delay(2, min, max, 0.5));
        Assert.Equal(TimeSpan.FromSeconds(45), Backoff.Delay(9, min, max, 0.5));
    }

    [Fact]
    public void A_delay_is_a_whole_number_of_milliseconds() =>
        Assert.Equal(0, Backoff.Delay(1, TimeSpan.FromMilliseconds(333), TimeSpan.FromMinutes(1), 0.37).Ticks % TimeSpan.TicksPerMillisecond);
}
