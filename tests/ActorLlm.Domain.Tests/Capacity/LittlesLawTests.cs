using ActorLlm.Domain.Capacity;

namespace ActorLlm.Domain.Tests.Capacity;

public sealed class LittlesLawTests
{
    [Fact]
    public void What_fits_together_holds()
    {
        var law = new LittlesLaw(Waiting: 1, Busy: 100, ArrivalRate: 1000, DepartureRate: 998, TimeInside: 0.1, Departures: 60_000);

        Assert.Equal(LittlesVerdict.Holds, law.Verdict);
        Assert.Equal((101, 100), (law.Inside, law.Expected));
    }

    [Theory]
    [InlineData(500, 1000, 500, LittlesVerdict.Grows)]
    [InlineData(500, 500, 1000, LittlesVerdict.Shrinks)]
    [InlineData(300, 1000, 1000, LittlesVerdict.SomeStay)]
    [InlineData(20, 1000, 1000, LittlesVerdict.SomeWereOld)]
    public void What_does_not_fit_is_named(double inside, double arrivals, double departures, LittlesVerdict expected) =>
        Assert.Equal(expected, new LittlesLaw(0, inside, arrivals, departures, 0.1, 60_000).Verdict);

    [Fact]
    public void Nothing_and_little_give_no_verdict()
    {
        Assert.Equal(LittlesVerdict.TooFew, new LittlesLaw(0, 0, 0, 0, 0, 0).Verdict);
        Assert.Equal(LittlesVerdict.TooFew, new LittlesLaw(0, 3, 1, 0.5, 0.1, 5).Verdict);
    }

    [Fact]
    public void More_departures_allow_less()
    {
        var few = new LittlesLaw(0, 10, 100, 100, 0.1, 200);

        Assert.True(few.Tolerance > (few with { Departures = 400 }).Tolerance);
        Assert.Equal(0.05, (few with { Departures = 1_000_000 }).Tolerance);
    }

    [Theory]
    [InlineData(10, 0.5, 1)]
    [InlineData(13, 0.77, 0)]
    [InlineData(13, 0.9, 1)]
    [InlineData(5, 0.8, 4)]
    public void A_steady_queue_is_hardly_ever_accused(int servers, double utilisation, double variation)
    {
        const double window = 60;
        var rate = servers * utilisation / 0.1;
        var work = QueueSimulation.Run(rate, servers, QueueSimulation.Service(0.1, variation), 400_000, seed: 2).Work;
        var verdicts = new List<LittlesVerdict>();
        for (var from = work[0].Came + 10; from + window < work[^1].Came; from += window) verdicts.Add(Over(work, from, from + window).Verdict);

        Assert.True(verdicts.Count >= 20);
        Assert.InRange(verdicts.Count(verdict => verdict == LittlesVerdict.Holds), verdicts.Count * 0.97, verdicts.Count);
    }

    private static LittlesLaw Over(List<(double Came, double Begun, double Left)> work, double from, double to)
    {
        double Area(Func<(double Came, double Begun, double Left), (double From, double To)> of) =>
            work.Sum(one => Math.Max(0, Math.Min(of(one).To, to) - Math.Max(of(one).From, from))) / (to - from);
        var left = work.Where(one => one.Left >= from && one.Left < to).ToArray();
        return new LittlesLaw(
            Area(one => (one.Came, one.Begun)), Area(one => (one.Begun, one.Left)),
            work.Count(one => one.Came >= from && one.Came < to) / (to - from), left.Length / (to - from), left.Average(one => one.Left - one.Came), left.Length);
    }
}
