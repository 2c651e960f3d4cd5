using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

/// <summary>Every row of the table of crash points in the design that is a matter of state; what is given is what the journal kept.</summary>
public class CrashTableTests
{
    [Fact]
    public void Crash_before_TurnAccepted_is_durable_the_retry_is_the_first_acceptance() =>
        Given.Events()
            .At(5)
            .When(Submit("t1"))
            .Then(Accepted("t1", at: 5))
            .ThenToldPending();

    [Fact]
    public void Durable_but_not_yet_acknowledged_the_retry_dedupes_to_the_same_turn() =>
        Given.Events(Accepted("t1"))
            .At(5)
            .When(Submit("t1"))
            .ThenNothing()
            .ThenToldPending();

    [Fact]
    public void Outcome_of_a_persist_unknown_and_it_was_kept_the_recovered_state_answers_from_the_journal()
    {
        var given = Given.Events(Accepted("t1"), Committed("t1"));

        given.WhenRecovered().ThenWaitsUntil(null);
        given.WhenResult("t1", 1, Success()).ThenNothing();
        given.When(Submit("t1")).ThenNothing().ThenToldSettled(new Outcome.Committed(Answer));
    }

    [Fact]
    public void Outcome_of_a_persist_unknown_and_it_was_not_kept_the_resent_result_is_committed() =>
        Given.Events(Accepted("t1"))
            .At(5)
            .WhenResult("t1", 1, Success())
            .Then(Committed("t1", at: 5));

    [Fact]
    public void Worker_dies_in_mid_call_the_next_attempt_runs_elsewhere()
    {
        var run = new HeadRun(Turn("t1"), 1, Time(20), Queued: false);

        Given.Events(Accepted("t1")).At(30).WhenSupervised(run).ThenPersists(
            Failed("t1", 1, FailureKind.WorkerLost, at: 30, retryAt: 30.05, reason: "The worker was lost or fell silent."));
        Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.WorkerLost, at: 30, retryAt: 30.05)).At(31)
            .WhenSupervised()
            .ThenStarts("t1", 2);
    }

    [Fact]
    public void Worker_dies_after_the_model_answered_called_again_committed_once_and_the_extra_attempt_shows()
    {
        ConversationEvent[] journal = [Accepted("t1"), Failed("t1", 1, FailureKind.WorkerLost)];

        Given.Events(journal).WhenResult("t1", 2, Success()).Then(Committed("t1", 2));
        Given.Events([.. journal, Committed("t1", 2)]).WhenResult("t1", 1, Success()).ThenNothing();
        Given.Events([.. journal, Committed("t1", 2)])
            .When(Submit("t1"))
            .ThenTold<TurnSettled>(settled => Assert.Equal(2, settled.Attempts));
    }

    [Fact]
    public void Conversation_moves_in_mid_call_the_result_is_accepted_at_its_new_home() =>
        Given.Events(Accepted("t1"))
            .At(60)
            .WhenResult("t1", 1, Success())
            .Then(Committed("t1", 1, at: 60));

    [Fact]
    public void Conversation_moves_in_mid_call_any_attempt_is_accepted()
    {
        ConversationEvent[] journal = [Accepted("t1"), Failed("t1", 1, FailureKind.WorkerLost), Failed("t1", 2, FailureKind.WorkerLost)];

        foreach (var attempt in (int[])[1, 2, 3])
            Given.Events(journal).WhenResult("t1", attempt, Success()).Then(Committed("t1", attempt));
    }

    [Fact]
    public void Result_or_acknowledgement_lost_the_resent_result_is_not_committed_again() =>
        Given.Events(Accepted("t1"), Committed("t1"))
            .WhenResult("t1", 1, Success())
            .ThenNothing();

    [Fact]
    public void Result_or_acknowledgement_lost_a_resent_failure_is_not_counted_again() =>
        Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.Content))
            .WhenResult("t1", 1, Failure(FailureKind.Content))
            .ThenNothing();

    [Fact]
    public void After_ReplyCommitted_before_anyone_was_told_a_reader_gets_the_committed_reply()
    {
        var given = Given.Events(Accepted("t1"), Committed("t1"));

        given.When(Follow("t1")).ThenNothing().ThenToldSettled(new Outcome.Committed(Answer));
        given.When(Submit("t1")).ThenNothing().ThenToldSettled(new Outcome.Committed(Answer));
    }

    [Fact]
    public void Database_down_a_held_result_is_committed_when_it_is_back() =>
        Given.Events(Accepted("t1"), Accepted("t2"))
            .At(600)
            .WhenResult("t1", 1, Success())
            .Then(Committed("t1", at: 600));

    // The unique index rejects the stale writer's row; what it may still decide in memory is judged by the truth in the journal.
    [Fact]
    public void Partition_what_a_stale_writer_decided_is_not_in_the_truth_and_its_worker_is_told_so()
    {
        var truth = Given.Events(Accepted("t1"), Committed("t1", text: "From the new home"), Accepted("t2"));

        truth.WhenResult("t1", 1, Success("From the stale one")).ThenNothing();
        truth.When(Submit("t1")).ThenToldSettled(new Outcome.Committed(ReplyOf("From the new home")));
        truth.WhenSupervised().ThenStarts("t2", 1);
    }

    [Fact]
    public void All_nodes_killed_the_unfinished_turn_goes_on_by_itself_after_a_restart()
    {
        var given = Given.Events(Accepted("t1"), Accepted("t2")).At(3600);
        var run = given.Recovered();

        given.WhenSupervised(run).ThenWaitsUntil(3601.5);
        given.At(3601.5).WhenSupervised(run).ThenPersists(
            Failed("t1", 1, FailureKind.WorkerLost, at: 3601.5, retryAt: 3601.55, reason: "The worker was lost or fell silent."));
    }

    [Fact]
    public void Message_larger_than_the_frame_is_refused_at_submit() =>
        Given.Events()
            .When(Submit("t1", Text(Limits.MaxFrameBytes)))
            .ThenRefused(RejectionCode.TooLarge, "at most 1048576");
}
