using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

public class OverlapTests
{
    [Fact]
    public void Enqueue_waits_for_its_turn() =>
        Given.Events(Accepted("t1"))
            .When(Submit("t2"))
            .Then(Accepted("t2"))
            .ThenToldPending(ahead: 1);

    [Fact]
    public void Reject_is_refused_while_another_turn_is_unfinished() =>
        Given.Events(Accepted("t1"))
            .When(Submit("t2", overlap: OverlapPolicy.Reject))
            .ThenRefused(RejectionCode.Busy);

    [Fact]
    public void Reject_is_accepted_when_nothing_is_unfinished() =>
        Given.Events(Accepted("t1"), Committed("t1"))
            .When(Submit("t2", overlap: OverlapPolicy.Reject))
            .Then(Accepted("t2"));

    [Fact]
    public void Interrupt_cancels_every_unfinished_turn_and_runs()
    {
        var after = Given.Events(Accepted("t1"), Accepted("t2"))
            .At(1)
            .When(Submit("t3", overlap: OverlapPolicy.Interrupt))
            .Then(Cancelled("t1", CancelledBy.LaterTurn, at: 1), Cancelled("t2", CancelledBy.LaterTurn, at: 1), Accepted("t3", at: 1))
            .ThenToldPending();

        Assert.Equal("t3", after.State.Head!.Id.Value);
    }

    [Fact]
    public void Interrupt_in_a_quiet_conversation_only_accepts() =>
        Given.Events()
            .When(Submit("t1", overlap: OverlapPolicy.Interrupt))
            .Then(Accepted("t1"));

    [Fact]
    public void An_interrupted_attempt_is_stopped_before_the_new_turn_starts()
    {
        var run = new HeadRun(Turn("t1"), 1, Start, Queued: false);
        var given = Given.Events(Accepted("t1"), Cancelled("t1", CancelledBy.LaterTurn), Accepted("t2"));

        given.WhenSupervised(run).ThenStops(run);
        given.WhenSupervised().ThenStarts("t2", 1);
    }

    [Fact]
    public void A_refused_turn_that_wanted_to_interrupt_cancels_nothing() =>
        Given.Events(Accepted("t1"))
            .When(Submit("t2", "", OverlapPolicy.Interrupt))
            .ThenRefused(RejectionCode.Invalid);
}
