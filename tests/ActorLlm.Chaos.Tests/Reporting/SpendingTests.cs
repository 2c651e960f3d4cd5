using ActorLlm.Chaos.Checking;
using ActorLlm.Chaos.Journal;
using ActorLlm.Chaos.Reporting;
using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Tests.Reporting;

public sealed class SpendingTests
{
    private static readonly JournalEvent[] TwoTurns =
    [
        new("c", 1, EventKind.Accepted, "t1", default, "t1 hello"),
        new("c", 2, EventKind.Committed, "t1", default, "hi"),
        new("c", 3, EventKind.Accepted, "t2", default, "t2 again"),
        new("c", 4, EventKind.Committed, "t2", default, "hi again"),
    ];

    private readonly ReplyOracle _model = new();

    [Fact]
    public void Calls_beyond_the_first_cost_their_tokens_again_and_refused_ones_nothing()
    {
        var first = _model.Tokens([], "t1 hello");
        var second = _model.Tokens([("t1 hello", "hi")], "t2 again");

        var spent = Of(("t1", new TurnCalls(Started: 1, Completed: 1, Refused: 0)), ("t2", new TurnCalls(Started: 5, Completed: 1, Refused: 2)));

        Assert.Equal(new Spending(FurtherCalls: 2, FurtherTokens: 2 * second, Tokens: first + second), spent);
        Assert.True(second > first);
    }

    [Fact]
    public void A_turn_called_once_costs_nothing_twice() =>
        Assert.Equal(0, Of(("t1", new TurnCalls(1, 1, 0)), ("t2", new TurnCalls(1, 1, 0))).FurtherTokens);

    private Spending Of(params (string Turn, TurnCalls Calls)[] calls) =>
        Spending.Of(TwoTurns, new ModelCalls(0, 0, calls.ToDictionary(call => call.Turn, call => call.Calls)), _model);
}
