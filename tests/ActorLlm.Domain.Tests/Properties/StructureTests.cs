using System.Collections.Immutable;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Domain.Tests.Properties;

public class StructureTests
{
    private static readonly ConversationState State = Some.Fold(
        Some.Accepted("t1"), Some.Committed("t1"), Some.Accepted("t2", deadline: 9), Some.Failed("t2", 1, FailureKind.Provider), Some.Accepted("t3"));

    [Fact]
    public void Equal_states_made_apart_are_the_same() =>
        Structure.Equal(State, State with { Settled = ImmutableDictionary.CreateRange(State.Settled), History = [.. State.History], Pending = [.. State.Pending] });

    public static TheoryData<string> Members => [.. Different.Keys];

    private static Dictionary<string, ConversationState> Different => new()
    {
        ["version"] = State with { Version = 9 },
        ["order of the pending"] = State with { Pending = [State.Pending[1], State.Pending[0]] },
        ["not before"] = WithHead(head => head with { NotBefore = Some.Time(1) }),
        ["deadline"] = WithHead(head => head with { Deadline = null }),
        ["failing since"] = WithHead(head => head with { ProviderFailingSince = null }),
        ["text deep inside"] = WithHead(head => head with { Content = Some.Content("other") }),
        ["history"] = State with { History = [] },
        ["acknowledged"] = State with { Settled = State.Settled.SetItem(Some.Turn("t1"), State.Settled[Some.Turn("t1")] with { Acknowledged = true }) },
        ["order of the settled"] = State with { SettledOrder = [] },
    };

    [Theory]
    [MemberData(nameof(Members))]
    public void States_that_differ_anywhere_are_different(string member) =>
        Assert.NotEqual(Structure.Describe(State), Structure.Describe(Different[member]));

    private static ConversationState WithHead(Func<PendingTurn, PendingTurn> change) =>
        State with { Pending = State.Pending.SetItem(0, change(State.Pending[0])) };
}
