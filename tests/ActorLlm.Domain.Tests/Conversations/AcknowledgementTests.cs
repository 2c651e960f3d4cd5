using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

public class AcknowledgementTests
{
    public static TheoryData<string> Outcomes => ["committed", "failed", "cancelled"];

    [Theory]
    [MemberData(nameof(Outcomes))]
    public void Any_outcome_can_be_acknowledged(string outcome) =>
        Given.Events(Accepted("t1"), Ending(outcome))
            .At(3)
            .When(Acknowledge("t1"))
            .Then(Acknowledged("t1", at: 3))
            .ThenTold<TurnSettled>(settled => Assert.True(settled.Acknowledged));

    [Theory]
    [MemberData(nameof(Outcomes))]
    public void Acknowledging_again_records_nothing(string outcome) =>
        Given.Events(Accepted("t1"), Ending(outcome), Acknowledged("t1"))
            .When(Acknowledge("t1"))
            .ThenNothing()
            .ThenTold<TurnSettled>(settled => Assert.True(settled.Acknowledged));

    [Fact]
    public void An_unfinished_turn_cannot_be_acknowledged_before_its_outcome() =>
        Given.Events(Accepted("t1"))
            .When(Acknowledge("t1"))
            .ThenNothing()
            .ThenToldPending();

    [Fact]
    public void An_acknowledged_turn_is_still_deduplicated() =>
        Given.Events(Accepted("t1"), Committed("t1"), Acknowledged("t1"))
            .When(Submit("t1"))
            .ThenNothing()
            .ThenToldSettled(new Outcome.Committed(Answer));

    [Fact]
    public void An_acknowledgement_touches_only_its_own_turn()
    {
        var state = Fold(Accepted("t1"), Accepted("t2"), Committed("t1"), Committed("t2"), Acknowledged("t1"));

        Assert.True(state.Settled[Turn("t1")].Acknowledged);
        Assert.False(state.Settled[Turn("t2")].Acknowledged);
    }

    private static ConversationEvent Ending(string outcome) => outcome switch
    {
        "committed" => Committed("t1"),
        "failed" => GaveUp("t1", 3, FailureKind.Content),
        _ => Cancelled("t1"),
    };
}
