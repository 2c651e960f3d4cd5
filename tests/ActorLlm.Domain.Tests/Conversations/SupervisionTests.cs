using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

public class SupervisionTests
{
    private static readonly HeadRun Run = new(Turn("t1"), 1, Start, Queued: false);

    [Fact]
    public void A_cancellation_names_the_attempt_that_it_ends_and_no_other()
    {
        var run = Run with { Turn = Turn("t2"), Attempt = 3, Node = "10.0.0.7:4053" };
        var ended = Cancelled("t2") with { Attempt = 3, Trace = new AttemptTrace("10.0.0.7:4053") };

        Assert.Equal<ConversationEvent>([Cancelled("t1"), ended], Supervision.Ending([Cancelled("t1"), Cancelled("t2")], run));
        Assert.Equal<ConversationEvent>([Cancelled("t2")], Supervision.Ending([Cancelled("t2")], run with { Queued = true }));
        Assert.Equal<ConversationEvent>([Cancelled("t2")], Supervision.Ending([Cancelled("t2")], null));
        Assert.Equal(3, ConversationEvolve.Apply(ConversationEvolve.Apply(ConversationState.Empty, Accepted("t2")), ended).Settled[Turn("t2")].Attempts);
    }

    [Fact]
    public void An_accepted_turn_starts() => Given.Events(Accepted("t1")).WhenSupervised().ThenStarts("t1", 1);

    [Fact]
    public void A_running_attempt_is_looked_at_again_when_it_would_have_been_silent_too_long() =>
        Given.Events(Accepted("t1")).At(4).WhenSupervised(Run with { LastHeard = Time(3) }).ThenWaitsUntil(13);

    [Fact]
    public void An_attempt_that_falls_silent_for_ten_seconds_is_lost_and_another_starts()
    {
        var given = Given.Events(Accepted("t1"));

        given.At(9.999).WhenSupervised(Run).ThenWaitsUntil(10);
        given.At(10).WhenSupervised(Run).ThenPersists(
            Failed("t1", 1, FailureKind.WorkerLost, at: 10, retryAt: 10.05, reason: "The worker was lost or fell silent."));
        Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.WorkerLost, at: 10, retryAt: 10.05)).At(10.05)
            .WhenSupervised()
            .ThenStarts("t1", 2);
    }

    [Fact]
    public void The_tenth_silence_ends_the_turn() =>
        Given.Events([Accepted("t1"), .. Repeat(9, n => Failed("t1", n, FailureKind.WorkerLost))]).At(10)
            .WhenSupervised(Run with { Attempt = 10 })
            .ThenPersists(GaveUp("t1", 10, FailureKind.WorkerLost, at: 10, reason: "The worker was lost or fell silent."));

    [Fact]
    public void The_silence_allowed_is_the_operators() =>
        Given.Events(Accepted("t1")).Policy(new ConversationPolicy { Silence = TimeSpan.FromSeconds(60) }).At(59)
            .WhenSupervised(Run)
            .ThenWaitsUntil(60);

    [Fact]
    public void A_heartbeat_of_the_running_attempt_is_a_sign_of_life() =>
        Assert.Equal(Run with { LastHeard = Time(5) }, Supervision.Heard(Run, Turn("t1"), 1, queued: false, Time(5)));

    [Theory]
    [InlineData("t1", 2)]
    [InlineData("t2", 1)]
    public void A_heartbeat_of_another_attempt_changes_nothing(string turn, int attempt) =>
        Assert.Same(Run, Supervision.Heard(Run, Turn(turn), attempt, queued: false, Time(5)));

    [Fact]
    public void A_heartbeat_when_nothing_runs_starts_nothing() =>
        Assert.Null(Supervision.Heard(null, Turn("t1"), 1, queued: false, Start));

    [Fact]
    public void The_run_of_a_settled_turn_is_stopped_before_the_next_starts()
    {
        var given = Given.Events(Accepted("t1"), Accepted("t2"), Committed("t1"));

        given.WhenSupervised(Run).ThenStops(Run);
        given.WhenSupervised().ThenStarts("t2", 1);
    }

    [Fact]
    public void The_run_of_a_failed_attempt_is_stopped_although_the_turn_goes_on() =>
        Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.Provider)).WhenSupervised(Run).ThenStops(Run);

    [Fact]
    public void A_stopped_run_is_stopped_even_when_nothing_is_left_to_do() =>
        Given.Events(Accepted("t1"), Committed("t1")).WhenSupervised(Run).ThenStops(Run);

    [Fact]
    public void After_a_recovery_the_head_attempt_is_assumed_to_run_for_a_short_grace()
    {
        var given = Given.Events(Accepted("t1")).At(100);
        var run = given.Recovered();

        Assert.Equal((Turn("t1"), 1), (run!.Turn, run.Attempt));
        given.WhenSupervised(run).ThenWaitsUntil(101.5);
        given.At(101.499).WhenSupervised(run).ThenWaitsUntil(101.5);
        given.At(101.5).WhenSupervised(run).ThenPersists(
            Failed("t1", 1, FailureKind.WorkerLost, at: 101.5, retryAt: 101.55, reason: "The worker was lost or fell silent."));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(600)]
    public void The_grace_does_not_depend_on_the_silence_allowed(int silence)
    {
        var given = Given.Events(Accepted("t1")).Policy(new ConversationPolicy { Silence = TimeSpan.FromSeconds(silence) }).At(100);

        given.WhenRecovered().ThenWaitsUntil(101.5);
    }

    [Fact]
    public void An_attempt_that_outlived_the_move_is_adopted_by_its_heartbeat()
    {
        var given = Given.Events(Accepted("t1")).At(100);
        var run = Supervision.Heard(given.Recovered(), Turn("t1"), 1, queued: false, Time(101));

        given.At(103).WhenSupervised(run).ThenWaitsUntil(111);
    }

    [Fact]
    public void A_heartbeat_of_an_attempt_given_up_before_the_move_adopts_nothing()
    {
        var given = Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.WorkerLost)).At(100);
        var run = Supervision.Heard(given.Recovered(), Turn("t1"), 1, queued: false, Time(101));

        given.At(101.5).WhenSupervised(run).ThenPersists(
            Failed("t1", 2, FailureKind.WorkerLost, at: 101.5, retryAt: 101.55, reason: "The worker was lost or fell silent."));
    }

    [Fact]
    public void After_a_recovery_a_turn_that_waits_for_its_next_attempt_goes_on_waiting() =>
        Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.Provider, retryAt: 130)).At(100).WhenRecovered().ThenWaitsUntil(130);

    [Fact]
    public void After_a_recovery_a_turn_that_kills_its_node_each_time_ends() =>
        Given.Events([Accepted("t1"), .. Repeat(9, n => Failed("t1", n, FailureKind.WorkerLost))]).At(101.5)
            .WhenSupervised(Given.Events([Accepted("t1"), .. Repeat(9, n => Failed("t1", n, FailureKind.WorkerLost))]).At(100).Recovered())
            .ThenPersists(GaveUp("t1", 10, FailureKind.WorkerLost, at: 101.5, reason: "The worker was lost or fell silent."));

    [Fact]
    public void After_a_recovery_a_conversation_without_unfinished_turns_owes_nothing() =>
        Given.Events(Accepted("t1"), Committed("t1")).At(100).WhenRecovered().ThenWaitsUntil(null);

    [Fact]
    public void A_worker_that_was_heard_and_fell_silent_is_named_in_what_is_stored()
    {
        var run = Supervision.Heard(Run, Turn("t1"), 1, queued: false, Time(5), "b:2");

        Given.Events(Accepted("t1")).At(15).WhenSupervised(run).ThenPersists(
            Failed("t1", 1, FailureKind.WorkerLost, at: 15, retryAt: 15.05, reason: "The worker was lost or fell silent.") with { Trace = new AttemptTrace("b:2") });
    }

    [Fact]
    public void An_attempt_that_waits_for_a_worker_again_is_on_no_node() =>
        Assert.Equal("", Supervision.Heard(Supervision.Heard(Run, Turn("t1"), 1, queued: false, Time(5), "b:2"), Turn("t1"), 1, queued: true, Time(6))!.Node);
}
