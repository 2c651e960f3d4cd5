using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

public class EvolveTests
{
    private sealed record SomethingNew(TurnId Turn, DateTimeOffset At) : ConversationEvent(Turn, At);

    private sealed record SomethingAsked(ConversationId Conversation, TurnId Turn) : ConversationCommand(Conversation, Turn);

    [Fact]
    public void An_unknown_event_is_not_swallowed() =>
        Assert.Contains(
            nameof(SomethingNew),
            Assert.Throws<InvalidOperationException>(() => Fold(new SomethingNew(Turn("t1"), Start))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void An_unknown_command_is_not_swallowed() =>
        Assert.Throws<InvalidOperationException>(() => Given.Events().When(new SomethingAsked(Conversation, Turn("t1"))));

    public static TheoryData<string> EventsOfAnOpenTurn => ["failed", "committed", "gave up", "cancelled"];

    [Theory]
    [MemberData(nameof(EventsOfAnOpenTurn))]
    public void A_journal_with_an_event_for_a_turn_that_is_not_unfinished_is_damaged(string kind)
    {
        ConversationEvent @event = kind switch
        {
            "failed" => Failed("t1", 1, FailureKind.Provider),
            "committed" => Committed("t1"),
            "gave up" => GaveUp("t1", 1, FailureKind.Content),
            _ => Cancelled("t1"),
        };

        Assert.Contains("t1", Assert.Throws<InvalidOperationException>(() => Fold(@event)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => Fold(Accepted("t1"), Committed("t1"), @event));
    }

    [Fact]
    public void A_journal_with_an_acknowledgement_of_an_unknown_turn_is_damaged() =>
        Assert.Contains(
            "t1", Assert.Throws<InvalidOperationException>(() => Fold(Acknowledged("t1"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_journal_that_accepts_a_turn_twice_is_damaged()
    {
        Assert.Throws<InvalidOperationException>(() => Fold(Accepted("t1"), Accepted("t1")));
        Assert.Throws<InvalidOperationException>(() => Fold(Accepted("t1"), Committed("t1"), Accepted("t1")));
    }

    [Fact]
    public void The_version_counts_the_events_and_a_settled_turn_knows_where_its_outcome_is()
    {
        var state = Fold(Accepted("t1"), Accepted("t2"), Failed("t1", 1, FailureKind.Provider), Committed("t1"), Cancelled("t2"), Acknowledged("t1"));

        Assert.Equal((6, 2), (state.Version, state.SettledCount));
        Assert.Equal(4, state.Settled[Turn("t1")].SequenceNr);
        Assert.Equal(5, state.Settled[Turn("t2")].SequenceNr);
    }
}
