using ActorLlm.Cli.Tests.Fakes;
using ActorLlm.Inspection.Text;

namespace ActorLlm.Cli.Tests.Text;

public sealed class TimesTests
{
    [Theory]
    [InlineData(0, "0 ms")]
    [InlineData(640, "640 ms")]
    [InlineData(999.6, "1.00 s")]
    [InlineData(1240, "1.24 s")]
    [InlineData(12_340, "12.3 s")]
    [InlineData(59_960, "1 min")]
    [InlineData(125_000, "2 min 5 s")]
    [InlineData(11_520_000, "3 h 12 min")]
    [InlineData(86_400_000, "1 d")]
    [InlineData(356_400_000, "4 d 3 h")]
    [InlineData(-12, "-12 ms")]
    public void A_duration_is_told_in_units_of_people(double milliseconds, string text) =>
        Assert.Equal(text, Times.Duration(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void A_time_is_told_after_another_one_or_as_unknown()
    {
        Assert.Equal("+1.50 s", Times.After(Samples.Noon, Samples.Noon.AddSeconds(1.5)));
        Assert.Equal("-20 ms", Times.After(Samples.Noon, Samples.Noon.AddMilliseconds(-20)));
        Assert.Equal("?", Times.After(Samples.Noon, null));
        Assert.Equal("?", Times.Between(null, Samples.Noon));
    }

    [Fact]
    public void A_time_is_told_in_the_zone_that_is_asked_for()
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("here", TimeSpan.FromMinutes(150), "here", "here");

        Assert.Equal("2026-11-28 14:30:00", Times.Seconds(Samples.Noon, zone));
        Assert.Equal("2026-11-28 14:30:00.000 UTC+02:30", Times.Exact(Samples.Noon, zone));
        Assert.Equal("2026-11-28 12:00:00.000 UTC", Times.Exact(Samples.Noon, TimeZoneInfo.Utc));
        Assert.Equal("UTC+02:30", Times.Zone(new View(zone, Samples.Noon)));
    }
}
