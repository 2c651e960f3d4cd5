using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

public class RetryDelayTests
{
    private static readonly ConversationPolicy Policy = new()
    {
        RetryMin = TimeSpan.FromSeconds(1),
        RetryMax = TimeSpan.FromSeconds(20),
        TimeToLive = TimeSpan.FromHours(1),
        MaxContentFailures = 100,
    };

    [Theory]
    [InlineData(0, 0.0, 0.5)]
    [InlineData(0, 0.999, 1)]
    [InlineData(1, 0.0, 1)]
    [InlineData(3, 0.999, 8)]
    [InlineData(6, 0.0, 10)]
    [InlineData(60, 0.999, 20)]
    public void The_delay_doubles_with_each_provider_failure_up_to_its_cap(int failuresBefore, double jitter, double seconds) =>
        Assert.Equal(seconds, Delay(FailureKind.Provider, failuresBefore, jitter).TotalSeconds, tolerance: 0.02);

    [Fact]
    public void Failures_of_content_have_a_count_of_their_own()
    {
        var provider = Repeat(6, n => Failed("t1", n, FailureKind.Provider));

        var next = DelayAfter(Fold([Accepted("t1"), .. provider]), 7, Failure(FailureKind.Content), jitter: 0.999);

        Assert.Equal(1, next.TotalSeconds, tolerance: 0.02);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.999)]
    public void A_lost_worker_costs_no_more_than_a_tenth_of_a_second(double jitter) =>
        Assert.InRange(Delay(FailureKind.WorkerLost, 3, jitter), TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100));

    [Fact]
    public void A_longer_wait_that_the_provider_asked_for_is_respected() =>
        Assert.Equal(TimeSpan.FromMinutes(5), Delay(FailureKind.Provider, 0, 0.5, retryAfter: TimeSpan.FromMinutes(5)));

    [Fact]
    public void A_shorter_wait_that_the_provider_asked_for_does_not_shorten_the_delay() =>
        Assert.True(Delay(FailureKind.Provider, 5, 0, retryAfter: TimeSpan.FromSeconds(1)) >= TimeSpan.FromSeconds(10));

    [Theory]
    [InlineData(-5)]
    [InlineData(0)]
    public void A_wait_of_nothing_or_less_is_ignored(int seconds) =>
        Assert.True(Delay(FailureKind.Provider, 0, 0, retryAfter: TimeSpan.FromSeconds(seconds)) > TimeSpan.Zero);

    [Fact]
    public void A_wait_of_a_fraction_of_a_millisecond_is_rounded_up_as_it_is_stored() =>
        Assert.Equal(
            TimeSpan.FromMilliseconds(60_001),
            Delay(FailureKind.Provider, 0, 0, retryAfter: TimeSpan.FromMinutes(1) + TimeSpan.FromTicks(1)));

    [Fact]
    public void A_provider_that_asks_to_wait_past_the_time_to_live_ends_the_turn() =>
        Given.Events(Accepted("t1")).Policy(Policy)
            .WhenResult("t1", 1, Failure(FailureKind.Provider, retryAfter: TimeSpan.MaxValue))
            .Then(GaveUp("t1", 1, FailureKind.Provider));

    [Fact]
    public void An_absurd_wait_after_a_failure_of_content_is_cut_to_the_time_to_live() =>
        Assert.Equal(Policy.TimeToLive, Delay(FailureKind.Content, 0, 0, retryAfter: TimeSpan.MaxValue));

    private static TimeSpan Delay(FailureKind kind, int failuresBefore, double jitter, TimeSpan? retryAfter = null)
    {
        var before = Repeat(failuresBefore, n => Failed("t1", n, kind));
        return DelayAfter(Fold([Accepted("t1"), .. before]), failuresBefore + 1, Failure(kind, retryAfter: retryAfter), jitter);
    }

    private static TimeSpan DelayAfter(ConversationState state, int attempt, AttemptEnd end, double jitter)
    {
        var events = Decider.Decide(state, Attempt("t1", attempt), end, new Circumstances(Start, jitter, Policy));
        var failed = Assert.IsType<AttemptFailed>(Assert.Single(events));
        return failed.RetryAt - failed.At;
    }
}
