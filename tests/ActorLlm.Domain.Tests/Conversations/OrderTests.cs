using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

public class OrderTests
{
    [Fact]
    public void Only_the_first_unfinished_turn_runs() =>
        Given.Events(Accepted("t1"), Accepted("t2"))
            .WhenSupervised()
            .ThenStarts("t1", 1);

    [Fact]
    public void The_next_turn_runs_when_the_one_before_it_is_committed() =>
        Given.Events(Accepted("t1"), Accepted("t2"), Committed("t1"))
            .WhenSupervised()
            .ThenStarts("t2", 1);

    [Fact]
    public void The_next_turn_runs_when_the_one_before_it_failed_for_good() =>
        Given.Events(Accepted("t1"), Accepted("t2"), GaveUp("t1", 3, FailureKind.Content))
            .WhenSupervised()
            .ThenStarts("t2", 1);

    [Fact]
    public void The_next_turn_does_not_overtake_one_that_waits_for_its_next_attempt() =>
        Given.Events(Accepted("t1"), Accepted("t2"), Failed("t1", 1, FailureKind.Provider, retryAt: 9))
            .At(1)
            .WhenSupervised()
            .ThenWaitsUntil(9);

    [Fact]
    public void A_result_for_a_turn_that_is_not_first_changes_nothing() =>
        Given.Events(Accepted("t1"), Accepted("t2"))
            .WhenResult("t2", 1, Success())
            .ThenNothing();

    [Fact]
    public void A_result_for_an_unknown_turn_changes_nothing() =>
        Given.Events(Accepted("t1"))
            .WhenResult("t9", 1, Success())
            .ThenNothing();

    [Fact]
    public void Nothing_is_owed_when_nothing_is_unfinished() =>
        Given.Events(Accepted("t1"), Committed("t1"))
            .WhenSupervised()
            .ThenWaitsUntil(null);

    [Fact]
    public void Each_turn_sees_the_replies_before_it_in_order()
    {
        var state = Fold(Accepted("t1", "one"), Accepted("t2", "two"), Committed("t1", text: "1"), Committed("t2", text: "2"));

        Assert.Equal(["t1", "t2"], state.History.Select(exchange => exchange.Turn.Value));
        Assert.Equal(["one", "two"], state.History.Select(exchange => exchange.Messages[0].Text));
        Assert.Equal(["1", "2"], state.History.Select(exchange => exchange.Reply!.Text));
    }

    [Fact]
    public void Failed_and_cancelled_turns_stay_out_of_the_history()
    {
        var state = Fold(Accepted("t1"), Accepted("t2"), GaveUp("t1", 3, FailureKind.Content), Cancelled("t2"));

        Assert.Empty(state.History);
        Assert.Equal(2, state.SettledCount);
    }
}
