using ActorLlm.Domain.Capacity;
using ActorLlm.Inspection.Text;

namespace ActorLlm.Inspection.Tests;

public sealed class CapacityPicturesTests
{
    // The article's case: ten nodes of ten places, 900/s of 0.1 s.
    private static readonly StationReading Steady = new(60, 100, 54_000, 900, 900, 3, 90)
    {
        WaitedRate = 900,
        WaitRate = 3,
        ServedRate = 900,
        ServiceRate = 90,
        SquaresRate = 9,
    };

    private static readonly View View = new(TimeZoneInfo.Utc, DateTimeOffset.UnixEpoch);

    [Fact]
    public void Measured_values_stand_beside_what_the_models_say_of_them()
    {
        var window = Picture(Steady).Stations[0].Windows[0];

        Assert.Equal((0.1, 0, 100), (window.ServiceTime, window.Cv, window.Places));
        Assert.Equal(9, window.ArticleNodes!.Value, 1e-9);
        Assert.Equal(0.9, window.Model!.Utilisation, 1e-9);
        Assert.InRange(window.Model.MeanWait!.Value, window.Model.MeanWaitExponential!.Value / 2, window.Model.MeanWaitExponential.Value);
        Assert.Equal((93, LawVerdict.Holds), (window.Law.Inside, window.Law.Verdict));
    }

    [Fact]
    public void A_line_that_grows_without_end_has_no_waiting_time_that_JSON_could_not_tell()
    {
        var picture = Picture(Steady with { Servers = 80 });

        Assert.Null(picture.Stations[0].Windows[0].Model!.MeanWait);
        Assert.Contains("endless", CapacityText.Of(picture, View).ToString(), StringComparison.Ordinal);
        Assert.Contains("\"chanceToWait\":1", System.Text.Json.JsonSerializer.Serialize(picture, AdminApi.Json), StringComparison.Ordinal);
    }

    [Fact]
    public void A_station_where_nothing_came_is_not_reckoned_with()
    {
        var picture = Picture(new StationReading(60, 100, 0, 0, 0, 0, 0));

        Assert.Equal((null, LawVerdict.TooFew, null), (picture.Stations[0].Windows[0].Model, picture.Stations[0].Windows[0].Law.Verdict, picture.Stations[0].Windows[0].Law.Tolerance));
        Assert.Contains("No places are wanted: nothing comes.", CapacityText.Of(picture with { Wanted = 0 }, View).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_tables_tell_it_all()
    {
        var text = CapacityText.Of(Picture(Steady), View).ToString();

        Assert.StartsWith("107 places of workers are wanted, so that 99 of 100 attempts wait no longer than 20 ms for one.\n", text, StringComparison.Ordinal);
        Assert.Matches("workers +10 +1 min +100 +900/s +100 ms +0 +3 +90 +3.33 ms +93 = 93\n", text);
        Assert.Matches("workers +1 min +90% +22% +2.17 ms +1.2[0-9] ms +[0-9.]+ ms +3.33 ms +9\n", text);
    }

    [Theory]
    [InlineData(950, 900, 3, "93, not [0-9.]+: more come than leave")]
    [InlineData(900, 950, 20, "110, not 93: more leave than come")]
    [InlineData(900, 900, 30, "120, not 93: some have stayed for long")]
    public void What_contradicts_Littles_law_is_said(double arrivals, double departures, double waiting, string said) => Assert.Matches(
        said, CapacityText.Of(Picture(Steady with { ArrivalRate = arrivals, DepartureRate = departures, Waiting = waiting }), View).ToString());

    private static CapacityPicture Picture(StationReading reading) =>
        CapacityPictures.Of(new CapacityReport(TimeSpan.FromSeconds(0.02), 107, [new StationReport(StationTally.Worker, 10, [reading])]));
}
