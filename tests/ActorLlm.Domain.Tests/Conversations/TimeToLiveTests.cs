using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

public class TimeToLiveTests
{
    private const double Hour = 3600;

    [Fact]
    public void A_failing_provider_is_tried_until_the_time_to_live_and_then_the_turn_fails()
    {
        var given = Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.Provider, at: 10));

        given.At(10 + Hour - 0.501).WhenResult("t1", 2, Failure(FailureKind.Provider))
            .Then(Failed("t1", 2, FailureKind.Provider, at: 10 + Hour - 0.501, retryAt: 10 + Hour - 0.001));
        given.At(10 + Hour - 0.5).WhenResult("t1", 2, Failure(FailureKind.Provider, "503"))
            .Then(GaveUp("t1", 2, FailureKind.Provider, at: 10 + Hour - 0.5, reason: "503"));
    }

    [Fact]
    public void A_wait_asked_for_that_ends_after_the_time_to_live_ends_the_turn_now() =>
        Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.Provider, at: 0))
            .At(Hour / 2)
            .WhenResult("t1", 2, Failure(FailureKind.Provider, retryAfter: TimeSpan.FromMinutes(31)))
            .Then(GaveUp("t1", 2, FailureKind.Provider, at: Hour / 2));

    [Fact]
    public void The_time_a_turn_waited_behind_others_does_not_count_against_its_provider() =>
        Given.Events(Accepted("t1"), Accepted("t2"), Committed("t1", at: 2 * Hour))
            .At(2 * Hour)
            .WhenResult("t2", 1, Failure(FailureKind.Provider))
            .Then(Failed("t2", 1, FailureKind.Provider, at: 2 * Hour, retryAt: 2 * Hour + 0.25));

    [Fact]
    public void A_turn_waits_for_a_free_worker_until_the_time_to_live()
    {
        var given = Given.Events(Accepted("t1"));
        var run = Queue(new HeadRun(Turn("t1"), 1, Time(5), Queued: true), until: 5 + Hour);

        given.At(5 + Hour - 0.001).WhenSupervised(run).ThenWaitsUntil(5 + Hour + 10);
        given.At(5 + Hour).WhenSupervised(run)
            .ThenPersists(GaveUp("t1", 1, FailureKind.Provider, at: 5 + Hour, reason: "No worker was free within 01:00:00."));
    }

    [Fact]
    public void A_turn_that_waited_for_something_in_particular_says_so_at_its_end()
    {
        var waiting = Queue(new HeadRun(Turn("t1"), 1, Time(5), Queued: true), until: 5 + Hour - 1);
        var run = Supervision.Heard(waiting, Turn("t1"), 1, queued: true, Time(5 + Hour), waitsFor: "no worker of the cluster runs the module 'image'.");

        Given.Events(Accepted("t1")).At(5 + Hour).WhenSupervised(run).ThenPersists(GaveUp(
            "t1", 1, FailureKind.Provider, at: 5 + Hour, reason: "No worker was free within 01:00:00: no worker of the cluster runs the module 'image'."));
    }

    [Fact]
    public void What_it_waits_for_is_forgotten_once_it_runs()
    {
        var waiting = Supervision.Heard(new HeadRun(Turn("t1"), 1, Start, Queued: true), Turn("t1"), 1, queued: true, Time(1), waitsFor: "something");

        Assert.Equal("something", waiting!.WaitsFor);
        Assert.Equal("", Supervision.Heard(waiting, Turn("t1"), 1, queued: false, Time(2), node: "a:1")!.WaitsFor);
    }

    [Fact]
    public void A_turn_that_became_first_late_may_wait_for_a_worker_like_any_other() =>
        Given.Events(Accepted("t1"), Accepted("t2"), Committed("t1", at: 2 * Hour))
            .At(2 * Hour + 1)
            .WhenSupervised(new HeadRun(Turn("t2"), 1, Time(2 * Hour), Queued: true))
            .ThenWaitsUntil(2 * Hour + 10);

    [Fact]
    public void After_a_long_outage_a_turn_waits_for_the_workers_to_come_back()
    {
        var given = Given.Events(Accepted("t1")).At(8 * Hour);
        var run = Supervision.Heard(given.Recovered(), Turn("t1"), 1, queued: true, Time(8 * Hour + 1));

        given.At(8 * Hour + 2).WhenSupervised(run).ThenWaitsUntil(8 * Hour + 11);
    }

    [Fact]
    public void A_running_attempt_has_no_time_to_live()
    {
        var run = Supervision.Heard(Queue(new HeadRun(Turn("t1"), 1, Start, Queued: true), until: 100), Turn("t1"), 1, queued: false, Time(101));

        Given.Events(Accepted("t1")).At(10 * Hour)
            .WhenSupervised(Supervision.Heard(run, Turn("t1"), 1, queued: false, Time(10 * Hour)))
            .ThenWaitsUntil(10 * Hour + 10);
    }

    // The dispatcher's last word and the worker's first come from two senders: either may come first.
    [Fact]
    public void A_late_word_of_the_queue_does_not_end_an_attempt_that_runs()
    {
        var running = Supervision.Heard(new HeadRun(Turn("t1"), 1, Start, Queued: true), Turn("t1"), 1, queued: false, Time(Hour));
        var late = Supervision.Heard(running, Turn("t1"), 1, queued: true, Time(Hour + 0.1));

        Given.Events(Accepted("t1")).At(Hour + 1).WhenSupervised(late).ThenWaitsUntil(Hour + 10.1);
    }

    private static HeadRun Queue(HeadRun run, double until)
    {
        var last = run.LastHeard;
        while (last < Time(until))
        {
            last = last.AddSeconds(Math.Min(5, (Time(until) - last).TotalSeconds));
            run = Supervision.Heard(run, run.Turn, run.Attempt, queued: true, last)!;
        }

        return run;
    }
}
