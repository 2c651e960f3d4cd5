using ActorLlm.Chaos.Checking;
using ActorLlm.Chaos.Ledger;
using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Tests.Checking;

public sealed class DrainRuleTests
{
    [Fact]
    public void A_turn_that_was_called_once_and_refused_twice_before_that_is_as_it_must_be()
    {
        var turn = Turn(refused: 2);

        Assert.Empty(DrainRule.Check([turn], Calls(new TurnCalls(Started: 2, Completed: 1, Refused: 1))));
        Assert.Empty(DrainRule.Check([turn], calls: null));
    }

    [Fact]
    public void A_turn_that_the_model_was_called_for_twice_is_a_violation()
    {
        var violation = Assert.Single(DrainRule.Check([Turn()], Calls(new TurnCalls(Started: 2, Completed: 1, Refused: 0))));

        Assert.Equal((ViolationKind.Unexpected, "c", "t1"), (violation.Kind, violation.Conversation, violation.Turn));
        Assert.Contains("called 2 times", violation.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_that_was_refused_more_often_than_a_client_tries_is_a_violation() =>
        Assert.Contains("refused 3 times", Assert.Single(DrainRule.Check([Turn(refused: 3)], calls: null)).Text, StringComparison.Ordinal);

    [Fact]
    public void An_answer_that_broke_off_is_a_violation()
    {
        var turn = Turn();
        turn.NoteFailure(default, broken: true);

        Assert.Contains("broke off", Assert.Single(DrainRule.Check([turn], calls: null)).Text, StringComparison.Ordinal);
    }

    private static TurnRecord Turn(int refused = 0)
    {
        var turn = new TurnRecord("c", "t1", "t1 hello");
        for (var n = 0; n < refused; n++)
            turn.NoteFailure(default, broken: false);
        return turn;
    }

    private static ModelCalls Calls(TurnCalls calls) => new(0, 0, new Dictionary<string, TurnCalls> { ["t1"] = calls });
}
