using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

public class AcceptanceTests
{
    [Fact]
    public void A_new_turn_is_accepted_and_pending() =>
        Given.Events()
            .When(Submit("t1"))
            .Then(Accepted("t1"))
            .ThenToldPending();

    [Fact]
    public void A_repeat_of_a_pending_turn_attaches_to_it() =>
        Given.Events(Accepted("t1"))
            .When(Submit("t1"))
            .ThenNothing()
            .ThenToldPending();

    [Fact]
    public void A_repeat_of_a_committed_turn_gets_the_earlier_reply() =>
        Given.Events(Accepted("t1"), Committed("t1", text: "First answer"))
            .When(Submit("t1"))
            .ThenNothing()
            .ThenToldSettled(new Outcome.Committed(ReplyOf("First answer")));

    [Fact]
    public void A_repeat_of_a_failed_turn_gets_the_failure() =>
        Given.Events(Accepted("t1"), GaveUp("t1", 3, FailureKind.Content, reason: "Bad request"))
            .When(Submit("t1"))
            .ThenNothing()
            .ThenToldSettled(new Outcome.Failed(FailureKind.Content, "Bad request"));

    [Fact]
    public void A_repeat_of_a_cancelled_turn_gets_the_cancellation() =>
        Given.Events(Accepted("t1"), Cancelled("t1"))
            .When(Submit("t1"))
            .ThenNothing()
            .ThenToldSettled(new Outcome.Cancelled(CancelledBy.Client));

    [Fact]
    public void An_answer_says_which_content_it_is_about()
    {
        var check = Content("Hello").Check();
        Given.Events(Accepted("t1"))
            .When(Follow("t1"))
            .ThenTold<TurnPending>(pending => Assert.Equal(check, pending.ContentCheck));
        Given.Events(Accepted("t1"), Committed("t1"))
            .When(Follow("t1"))
            .ThenTold<TurnSettled>(settled => Assert.Equal(check, settled.ContentCheck));
    }

    [Fact]
    public void A_pending_turn_id_with_other_content_is_refused() =>
        Given.Events(Accepted("t1"))
            .When(Submit("t1", "Something else"))
            .ThenRefused(RejectionCode.TurnIdReused, "t1", "Use a new id");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_settled_turn_id_with_other_content_is_refused(bool committed) =>
        Given.Events(Accepted("t1"), committed ? Committed("t1") : Cancelled("t1"))
            .When(Submit("t1", "Something else"))
            .ThenRefused(RejectionCode.TurnIdReused, "t1");

    [Fact]
    public void The_same_text_for_another_model_is_other_content() =>
        Given.Events(Accepted("t1"))
            .When(Submit("t1", Content("Hello") with { Model = "another" }))
            .ThenRefused(RejectionCode.TurnIdReused);

    [Fact]
    public void The_same_text_with_other_settings_is_other_content() =>
        Given.Events(Accepted("t1"))
            .When(Submit("t1", Content("Hello") with { Settings = GenerationSettings.Default with { Temperature = 0 } }))
            .ThenRefused(RejectionCode.TurnIdReused);

    [Fact]
    public void A_repeat_attaches_whatever_its_overlap_policy_and_cancels_nothing() =>
        Given.Events(Accepted("t1"), Accepted("t2"))
            .When(Submit("t2", overlap: OverlapPolicy.Interrupt))
            .ThenNothing()
            .ThenToldPending(ahead: 1);

    [Fact]
    public void A_repeat_is_not_refused_because_the_conversation_is_busy() =>
        Given.Events(Accepted("t1"))
            .When(Submit("t1", overlap: OverlapPolicy.Reject))
            .ThenNothing()
            .ThenToldPending();

    [Fact]
    public void A_repeat_keeps_the_first_deadline() =>
        Given.Events(Accepted("t1", deadline: 30))
            .At(5)
            .When(Submit("t1", deadline: TimeSpan.FromSeconds(30)))
            .ThenNothing()
            .ThenToldPending();

    [Fact]
    public void Turns_wait_in_the_order_of_their_acceptance() =>
        Given.Events(Accepted("t1"), Accepted("t2"))
            .At(1)
            .When(Submit("t3"))
            .Then(Accepted("t3", at: 1))
            .ThenToldPending(ahead: 2);

    [Fact]
    public void A_follower_of_a_known_turn_is_told_its_standing() =>
        Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.Provider))
            .When(Follow("t1"))
            .ThenNothing()
            .ThenTold<TurnPending>(pending => Assert.Equal((1, "It failed."), (pending.FailedAttempts, pending.LastError)));

    [Fact]
    public void Who_reads_a_known_turn_is_told_its_standing() =>
        Given.Events(Accepted("t1"), Accepted("t2")).When(Get("t2")).ThenNothing().ThenToldPending(ahead: 1);

    [Fact]
    public void Following_reading_cancelling_or_acknowledging_an_unknown_turn_is_refused()
    {
        Given.Events(Accepted("t1")).When(Follow("t2")).ThenRefused(RejectionCode.NotFound, "t2");
        Given.Events(Accepted("t1")).When(Get("t2")).ThenRefused(RejectionCode.NotFound, "t2");
        Given.Events(Accepted("t1")).When(Cancel("t2")).ThenRefused(RejectionCode.NotFound, "t2");
        Given.Events(Accepted("t1")).When(Acknowledge("t2")).ThenRefused(RejectionCode.NotFound, "t2");
    }
}
