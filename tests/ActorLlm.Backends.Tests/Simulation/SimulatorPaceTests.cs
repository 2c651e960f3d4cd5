using ActorLlm.Backends.Simulation;
using ActorLlm.Backends.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;

namespace ActorLlm.Backends.Tests.Simulation;

public class SimulatorPaceTests
{
    private readonly LeapingClock _clock = new();

    private SimulatedCall Call(SimulatorOptions options, string message = "hello") => Call(options, _clock, message);

    private static SimulatedCall Call(SimulatorOptions options, TimeProvider clock, string message = "hello") =>
        new SimulatorEngine(options, clock).Begin([new ChatMessage(ChatRole.User, message)]);

    /// <summary>The milliseconds at which the chunks came.</summary>
    private async Task<List<double>> Times(SimulatedCall call)
    {
        long start = _clock.GetTimestamp();
        List<double> times = [];
        while (await call.NextChunk(CancellationToken.None) is not null)
            times.Add(_clock.GetElapsedTime(start).TotalMilliseconds);
        return times;
    }

    [Fact]
    public async Task Without_times_nothing_is_awaited()
    {
        SimulatedCall call = Call(new(), new FakeTimeProvider());
        Task<string?> next;
        do
        {
            next = call.NextChunk(CancellationToken.None).AsTask();
            Assert.True(next.IsCompletedSuccessfully);
        }
        while (await next is not null);
        Assert.True(call.UntilWhole(CancellationToken.None).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task The_first_token_and_each_next_one_take_their_time() =>
        Assert.Equal([100, 110, 120, 130], await Times(Call(new() { TimeToFirstTokenMs = 100, InterTokenMs = 10, ReplyTokens = 4 })));

    [Fact]
    public async Task A_chunk_is_due_with_its_last_token() =>
        Assert.Equal(
            [110, 130], await Times(Call(new() { TimeToFirstTokenMs = 100, InterTokenMs = 10, ReplyTokens = 4, TokensPerChunk = 2 })));

    [Fact]
    public async Task Times_below_a_timers_resolution_are_kept_on_average()
    {
        List<double> times = await Times(Call(new() { InterTokenMs = 0.25, ReplyTokens = 1001 }));
        Assert.InRange(times[^1], 249, 251);
    }

    [Fact]
    public async Task A_total_time_is_waited_before_the_tokens_that_take_none() =>
        Assert.Equal([500, 500, 500], await Times(Call(new() { TotalMs = 500, ReplyTokens = 3 })));

    [Fact]
    public async Task A_total_time_includes_the_times_of_the_tokens() =>
        Assert.Equal([480, 490, 500], await Times(Call(new() { TotalMs = 500, InterTokenMs = 10, ReplyTokens = 3 })));

    [Theory]
    [InlineData(null, 130)]
    [InlineData(500.0, 500)]
    public async Task A_plain_answer_comes_when_its_last_token_would_or_after_the_total_time(double? total, int expected)
    {
        SimulatedCall call = Call(new() { TimeToFirstTokenMs = 100, InterTokenMs = 10, ReplyTokens = 4, TotalMs = total });
        await call.UntilWhole(CancellationToken.None);
        Assert.Equal(expected, _clock.GetElapsedTime(0).TotalMilliseconds);
    }

    [Fact]
    public async Task A_directive_overrides_the_times() =>
        Assert.Equal([50, 57], await Times(Call(new() { TimeToFirstTokenMs = 1000 }, "x [[reply tokens=2 ttft=50 inter=7]]")));

    [Fact]
    public void Times_vary_around_their_mean_and_are_never_negative()
    {
        var random = new SimulatorRandom(42);
        double[] times = [.. Enumerable.Range(0, 20_000).Select(_ => random.NextTime(100, 20))];
        double mean = times.Average();
        double deviation = Math.Sqrt(times.Average(time => (time - mean) * (time - mean)));
        Assert.InRange(mean, 99, 101);
        Assert.InRange(deviation, 19, 21);
        Assert.All(Enumerable.Range(0, 1_000), _ => Assert.True(random.NextTime(1, 100) >= 0));
    }

    [Fact]
    public async Task The_times_of_two_calls_differ_when_a_deviation_is_set()
    {
        var engine = new SimulatorEngine(new() { TimeToFirstTokenMs = 500, TimeToFirstTokenDeviationMs = 100, ReplyTokens = 1 }, _clock);
        HashSet<double> firsts = [];
        for (int i = 0; i < 5; i++)
            firsts.Add((await Times(engine.Begin([new ChatMessage(ChatRole.User, "same")])))[0]);
        Assert.True(firsts.Count > 1);
    }

    [Fact]
    public async Task A_wait_ends_when_the_caller_cancels()
    {
        using var caller = new CancellationTokenSource();
        Task<string?> next = Call(new() { TimeToFirstTokenMs = 1000 }, new FakeTimeProvider()).NextChunk(caller.Token).AsTask();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }
}
