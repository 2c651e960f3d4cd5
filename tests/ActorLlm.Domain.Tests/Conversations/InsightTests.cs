using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

/// <summary>What an operator is told by a conversation.</summary>
public class InsightTests
{
    private static readonly ConversationState State = Fold(
        Accepted("done", at: 1), Accepted("failed", at: 2), Accepted("head", at: 3), Accepted("next", at: 4),
        Committed("done", at: 5), GaveUp("failed", 2, FailureKind.Content, at: 6, reason: "400"), Acknowledged("done", at: 7),
        Failed("head", 1, FailureKind.Provider, at: 8, retryAt: 9, reason: "503"));

    private static readonly HeadRun Run = new(Turn("head"), 2, Time(9), Queued: false) { Node = "b:2" };

    [Fact]
    public void A_settled_turn_is_told_by_where_it_is_in_the_journal() =>
        Assert.Equal(
            new TurnInsight(Conversation, Turn("done"), "a:1", AcceptedNr: 1, SettledNr: 5, Ahead: 0, Acknowledged: true, Requeued: false, Run: null),
            Insights.OfTurn(Conversation, State, Turn("done"), Run, "a:1"));

    [Fact]
    public void The_head_is_told_with_its_run_and_a_waiting_turn_with_what_is_ahead_of_it()
    {
        Assert.Equal(
            new TurnInsight(Conversation, Turn("head"), "a:1", 3, 0, 0, false, false, new RunInsight(2, Queued: false, "b:2")),
            Insights.OfTurn(Conversation, State, Turn("head"), Run, "a:1"));
        Assert.Equal(
            new TurnInsight(Conversation, Turn("next"), "a:1", 4, 0, 1, false, false, null),
            Insights.OfTurn(Conversation, State, Turn("next"), Run, "a:1"));
    }

    [Fact]
    public void A_turn_that_runs_again_under_a_new_id_says_so()
    {
        var state = ConversationEvolve.Apply(State, Accepted(RequeuedTurn.Of(Turn("failed")).Value));

        Assert.True(Insights.OfTurn(Conversation, state, Turn("failed"), Run, "a:1").Requeued);
        Assert.False(Insights.OfTurn(Conversation, State, Turn("failed"), Run, "a:1").Requeued);
    }

    [Fact]
    public void The_turns_are_listed_in_their_order_with_how_they_stand()
    {
        var insight = Insights.Of(Conversation, State, Run);

        Assert.Equal((true, Time(1), 2L), (insight.Exists, insight.CreatedAt, insight.TurnsSettled));
        Assert.Equal(
            [
                new TurnGlance(Turn("done"), TurnPhase.Committed, 1, null, Time(5), 1, ""),
                new TurnGlance(Turn("failed"), TurnPhase.Failed, 2, null, Time(6), 2, "400"),
                new TurnGlance(Turn("head"), TurnPhase.Running, 3, Time(3), null, 2, "503"),
                new TurnGlance(Turn("next"), TurnPhase.Waiting, 4, Time(4), null, 0, ""),
            ],
            insight.Turns.ToArray());
    }

    [Fact]
    public void Only_the_latest_turns_are_listed_and_none_that_was_deleted()
    {
        var many = Enumerable.Range(1, Limits.MaxGlances + 20).SelectMany(i => new ConversationEvent[] { Accepted($"t{i}"), Committed($"t{i}") });
        var state = Fold([.. many, new TurnDeleted(Turn("t119"), Time(1)), Accepted("open")]);

        var turns = Insights.Of(Conversation, state, null).Turns;

        Assert.Equal(Limits.MaxGlances, turns.Length);
        Assert.Equal(["t118", "t120", "open"], turns.TakeLast(3).Select(turn => turn.Turn.Value));
    }

    [Fact]
    public void A_requeued_turn_has_one_id_for_each_turn_and_it_is_never_too_long()
    {
        Assert.Equal("t1.requeued-1", RequeuedTurn.Of(Turn("t1")).Value);
        Assert.Equal("t1.requeued-1.requeued-1", RequeuedTurn.Of(RequeuedTurn.Of(Turn("t1"))).Value);
        var (a, b) = (Turn(Text(Limits.MaxIdLength)), Turn(Text(Limits.MaxIdLength - 1)));
        Assert.Equal(RequeuedTurn.Of(a), RequeuedTurn.Of(a));
        Assert.NotEqual(RequeuedTurn.Of(a), RequeuedTurn.Of(b));
    }
}
