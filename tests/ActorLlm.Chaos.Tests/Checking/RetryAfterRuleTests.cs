using ActorLlm.Chaos.Checking;
using ActorLlm.Chaos.Journal;
using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Tests.Checking;

public sealed class RetryAfterRuleTests
{
    private const int Provider = 2;
    private const int WorkerLost = 3;

    [Fact]
    public void A_call_that_comes_sooner_than_the_model_asked_is_a_violation()
    {
        var violation = Assert.Single(Check(new TurnCalls(Started: 3, Completed: 1, Refused: 2, Early: 1), Provider, Provider));

        Assert.Equal((ViolationKind.Unexpected, "c", "t1"), (violation.Kind, violation.Conversation, violation.Turn));
        Assert.Contains("1 of 3 times", violation.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_that_waited_are_none() => Assert.Empty(Check(new TurnCalls(3, 1, 2), Provider, Provider));

    [Fact]
    public void A_worker_that_was_lost_took_the_wish_to_wait_with_it() => Assert.Empty(Check(new TurnCalls(3, 1, 2, Early: 1), Provider, WorkerLost));

    [Fact]
    public void A_call_that_the_journal_does_not_know_says_nothing_of_the_turn() => Assert.Empty(Check(new TurnCalls(3, 1, 2, Early: 1), Provider));

    private static IEnumerable<Violation> Check(TurnCalls calls, params int[] failures) => RetryAfterRule.Check(
        [
            new("c", 1, EventKind.Accepted, "t1", default, "t1 hello"),
            .. failures.Select((kind, n) => new JournalEvent("c", n + 2, EventKind.AttemptFailed, "t1", default, "", n + 1, kind)),
            new("c", failures.Length + 2, EventKind.Committed, "t1", default, "hi"),
        ],
        new ModelCalls(0, 0, new Dictionary<string, TurnCalls> { ["t1"] = calls }));
}
