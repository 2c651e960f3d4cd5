using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

public class CancellationTests
{
    private static readonly Outcome ByClient = new Outcome.Cancelled(CancelledBy.Client);

    [Fact]
    public void A_running_turn_can_be_cancelled() =>
        Given.Events(Accepted("t1"))
            .At(1)
            .When(Cancel("t1"))
            .Then(Cancelled("t1", at: 1))
            .ThenToldSettled(ByClient);

    [Fact]
    public void A_waiting_turn_can_be_cancelled_and_the_others_keep_their_order()
    {
        var after = Given.Events(Accepted("t1"), Accepted("t2"), Accepted("t3")).When(Cancel("t2")).Then(Cancelled("t2"));

        Assert.Equal(["t1", "t3"], after.State.Pending.Select(turn => turn.Id.Value));
    }

    [Fact]
    public void Cancelling_twice_records_it_once() =>
        Given.Events(Accepted("t1"), Cancelled("t1"))
            .When(Cancel("t1"))
            .ThenNothing()
            .ThenToldSettled(ByClient);

    [Fact]
    public void A_committed_turn_keeps_its_reply() =>
        Given.Events(Accepted("t1"), Committed("t1"))
            .When(Cancel("t1"))
            .ThenNothing()
            .ThenToldSettled(new Outcome.Committed(Answer));

    [Fact]
    public void The_reply_of_a_cancelled_turn_is_dropped() =>
        Given.Events(Accepted("t1"), Cancelled("t1"))
            .WhenResult("t1", 1, Success())
            .ThenNothing();

    [Fact]
    public void The_attempt_of_a_cancelled_turn_is_stopped()
    {
        var run = new HeadRun(Turn("t1"), 1, Start, Queued: false);

        Given.Events(Accepted("t1"), Cancelled("t1")).WhenSupervised(run).ThenStops(run);
    }

    [Fact]
    public void A_cancelled_turn_tells_the_attempts_that_were_made_before() =>
        Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.Provider), Failed("t1", 2, FailureKind.Provider), Cancelled("t1"))
            .When(Submit("t1"))
            .ThenTold<TurnSettled>(settled => Assert.Equal(2, settled.Attempts));
}
