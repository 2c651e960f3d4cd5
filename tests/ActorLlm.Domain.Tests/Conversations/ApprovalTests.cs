using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

/// <summary>What a human decides.</summary>
public class ApprovalTests
{
    private static readonly ConversationEvent[] Asked = [Accepted("t1"), ApprovalBegun("t1"), Suspended("t1")];

    [Theory]
    [InlineData(true, StepOutcome.Granted)]
    [InlineData(false, StepOutcome.Refused)]
    public void A_decision_is_recorded_with_who_made_it(bool granted, StepOutcome outcome) =>
        Given.Events(Asked).At(86_400)
            .When(Grant("t1", granted: granted, note: "fine"))
            .Then(StepEnded("t1", "a1", outcome, "fine", "ann", at: 86_400))
            .ThenToldPending();

    [Fact]
    public void The_same_decision_again_changes_nothing_and_a_contrary_one_is_told_what_was_decided()
    {
        var given = Given.Events([.. Asked, StepEnded("t1", "a1", StepOutcome.Granted, by: "ann", at: 5)]);

        given.When(Grant("t1", by: "bob")).ThenNothing().ThenToldPending();
        given.When(Grant("t1", granted: false, by: "bob")).ThenRefused(RejectionCode.AlreadyDecided, "'a1'", "granted by ann at 2026-01-01T00:00:05Z");
    }

    [Fact]
    public void What_is_not_asked_cannot_be_decided()
    {
        Given.Events(Asked).When(Grant("t1", "a2")).ThenRefused(RejectionCode.NotFound, "no approval 'a2'");
        Given.Events(Accepted("t1"), ToolBegun("t1")).When(Grant("t1", "k1")).ThenRefused(RejectionCode.NotFound, "no approval 'k1'");
        Given.Events(Asked).When(Grant("t9")).ThenRefused(RejectionCode.NotFound, "no turn t9");
        Given.Events([.. Asked, Cancelled("t1")]).When(Grant("t1")).ThenRefused(RejectionCode.NotFound, "has its outcome");
    }

    [Fact]
    public void A_question_has_a_bounded_length()
    {
        Given.Events(Accepted("t1")).WhenStep(Begin("t1", 1, Approval(question: ""))).ThenRefused("in 0 characters");
        Given.Events(Accepted("t1")).WhenStep(Begin("t1", 1, Approval(question: Text(4001)))).ThenRefused("1 to 4000");
    }

    [Fact]
    public void An_approval_may_be_waited_for_as_long_as_it_takes() => Given.Events(Asked).At(3_000_000).WhenSupervised().ThenWaitsUntil(null);

    [Fact]
    public void The_approvals_that_are_waited_for_are_listed()
    {
        var state = Fold([.. Asked[..2], ApprovalBegun("t1", key: "a2", at: 4), Suspended("t1"), StepEnded("t1", "a1", StepOutcome.Granted)]);

        Assert.Equal([new PendingApproval(Turn("t1"), "a2", "", "Refund 500?", Time(4))], Insights.Approvals(Conversation, state).Approvals.ToArray());
    }
}
