using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

public class DeadlineTests
{
    [Fact]
    public void A_deadline_counts_from_acceptance() =>
        Given.Events()
            .At(10)
            .When(Submit("t1", deadline: TimeSpan.FromSeconds(30)))
            .Then(Accepted("t1", at: 10, deadline: 40));

    [Fact]
    public void A_turn_without_a_deadline_runs_as_long_as_its_worker_is_heard() =>
        Given.Events(Accepted("t1"))
            .At(86_400)
            .WhenSupervised(new HeadRun(Turn("t1"), 1, Time(86_400), Queued: false))
            .ThenWaitsUntil(86_410);

    [Fact]
    public void A_turn_fails_when_its_deadline_passes_and_the_attempt_that_ran_is_counted()
    {
        var run = new HeadRun(Turn("t1"), 1, Time(29), Queued: false);
        var given = Given.Events(Accepted("t1", deadline: 30));

        given.At(29.999).WhenSupervised(run).ThenWaitsUntil(30);
        given.At(30).WhenSupervised(run).ThenPersists(GaveUp("t1", 1, FailureKind.Deadline, at: 30, reason: "The turn's deadline passed."));
    }

    [Fact]
    public void A_turn_that_waits_for_its_next_attempt_fails_at_its_deadline()
    {
        var given = Given.Events(Accepted("t1", deadline: 30), Failed("t1", 1, FailureKind.Provider, retryAt: 60));

        given.At(1).WhenSupervised().ThenWaitsUntil(30);
        given.At(30).WhenSupervised()
            .ThenPersists(GaveUp("t1", 1, FailureKind.Deadline, at: 30, reason: "The turn's deadline passed."));
    }

    [Fact]
    public void A_turn_that_waits_behind_others_fails_at_its_deadline_too()
    {
        var run = new HeadRun(Turn("t1"), 1, Time(29), Queued: false);
        var given = Given.Events(Accepted("t1"), Accepted("t2", deadline: 60), Accepted("t3", deadline: 30));

        given.At(29).WhenSupervised(run).ThenWaitsUntil(30);
        given.At(30).WhenSupervised(run).ThenPersists(GaveUp("t3", 0, FailureKind.Deadline, at: 30, reason: "The turn's deadline passed."));
    }

    [Fact]
    public void The_deadline_of_a_waiting_turn_leaves_the_running_one_alone()
    {
        var run = new HeadRun(Turn("t1"), 1, Time(29), Queued: false);

        Given.Events(Accepted("t1"), Accepted("t2", deadline: 30), GaveUp("t2", 0, FailureKind.Deadline, at: 30))
            .At(30)
            .WhenSupervised(run)
            .ThenWaitsUntil(39);
    }

    [Fact]
    public void Turns_whose_deadlines_passed_together_fail_one_after_another()
    {
        var (t1, t2) = (Accepted("t1", deadline: 30), Accepted("t2", deadline: 20));
        var failed = GaveUp("t2", 0, FailureKind.Deadline, at: 40, reason: "The turn's deadline passed.");

        Given.Events(t1, t2).At(40).WhenSupervised().ThenPersists(failed);
        Given.Events(t1, t2, failed).At(40).WhenSupervised()
            .ThenPersists(GaveUp("t1", 0, FailureKind.Deadline, at: 40, reason: "The turn's deadline passed."));
    }

    [Fact]
    public void A_reply_that_comes_before_the_failure_is_recorded_still_wins() =>
        Given.Events(Accepted("t1", deadline: 30))
            .At(31)
            .WhenResult("t1", 1, Success())
            .Then(Committed("t1", at: 31));

    [Fact]
    public void A_reply_that_comes_after_the_failure_is_dropped() =>
        Given.Events(Accepted("t1", deadline: 30), GaveUp("t1", 0, FailureKind.Deadline, at: 30))
            .WhenResult("t1", 1, Success())
            .ThenNothing();

    [Fact]
    public void The_attempt_of_a_turn_past_its_deadline_is_stopped()
    {
        var run = new HeadRun(Turn("t1"), 1, Time(29), Queued: false);

        Given.Events(Accepted("t1", deadline: 30), GaveUp("t1", 0, FailureKind.Deadline, at: 30)).At(30).WhenSupervised(run).ThenStops(run);
    }

    public static TheoryData<TimeSpan> Impossible =>
        [TimeSpan.MinValue, TimeSpan.FromSeconds(-1), TimeSpan.Zero, TimeSpan.FromMicroseconds(999), Limits.MaxDeadline + TimeSpan.FromTicks(1), TimeSpan.MaxValue];

    [Theory]
    [MemberData(nameof(Impossible))]
    public void A_deadline_out_of_range_is_refused(TimeSpan deadline) =>
        Given.Events().When(Submit("t1", deadline: deadline)).ThenRefused(RejectionCode.Invalid, "deadline", "allowed is");

    [Fact]
    public void The_longest_and_the_shortest_deadline_are_allowed()
    {
        Given.Events().When(Submit("t1", deadline: TimeSpan.FromMilliseconds(1))).Then(Accepted("t1", deadline: 0.001));
        Given.Events().When(Submit("t1", deadline: Limits.MaxDeadline)).Then(Accepted("t1", deadline: Limits.MaxDeadline.TotalSeconds));
    }

    [Fact]
    public void A_deadline_between_two_milliseconds_is_rounded_up_as_it_is_stored() =>
        Given.Events().When(Submit("t1", deadline: TimeSpan.FromTicks(15_001))).Then(Accepted("t1", deadline: 0.002));
}
