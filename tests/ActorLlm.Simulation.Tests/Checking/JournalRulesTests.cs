using ActorLlm.Domain.Conversations;
using ActorLlm.Simulation.Checking;

namespace ActorLlm.Simulation.Tests.Checking;

public sealed class JournalRulesTests
{
    [Fact]
    public void A_record_without_fault_breaks_nothing()
    {
        Record.OfTwoTurns().Breaks();
        Record.OfTwoTurns(calm: true).Breaks();
        Record.OfTwoTurns(mild: true).Breaks();
    }

    [Fact]
    public void Two_rows_with_one_number_are_found()
    {
        var record = Record.OfTwoTurns();
        record.Row(4, new ReplyAcknowledged(ActorLlm.Domain.TurnId.Parse("t1"), Record.At(400)), 400);

        record.Breaks(Rules.SequenceUnique);
    }

    [Fact]
    public void A_missing_number_is_found()
    {
        var record = Record.OfTwoTurns();
        record.Row(6, new ReplyAcknowledged(ActorLlm.Domain.TurnId.Parse("t1"), Record.At(400)), 400);

        record.Breaks(Rules.SequenceUnique);
    }

    [Fact]
    public void A_turn_accepted_twice_is_found()
    {
        var record = Record.OfTwoTurns();
        record.Row(5, Record.Accepted("t0", 400), 400);

        record.Breaks(Rules.AcceptedOnce);
    }

    [Fact]
    public void A_second_outcome_is_found()
    {
        var record = Record.OfTwoTurns();
        record.Row(5, Record.GaveUp("t0", FailureKind.Provider, 400), 400);

        record.Breaks(Rules.OneOutcome);
    }

    [Fact]
    public void An_outcome_of_a_turn_never_accepted_is_found()
    {
        var record = Record.OfTwoTurns();
        record.Row(5, Record.GaveUp("t9", FailureKind.Provider, 400), 400);

        record.Breaks(Rules.OneOutcome);
    }

    [Fact]
    public void An_acknowledgement_before_the_outcome_is_found()
    {
        var record = Record.OfTwoTurns();
        record.Row(5, Record.Accepted("t2", 400), 400);
        record.Row(6, new ReplyAcknowledged(ActorLlm.Domain.TurnId.Parse("t2"), Record.At(410)), 410);
        record.Row(7, Record.GaveUp("t2", FailureKind.Provider, 420), 420);

        record.Breaks(Rules.OneOutcome);
    }

    [Fact]
    public void A_reply_committed_before_an_earlier_turn_has_its_outcome_is_found()
    {
        var record = Record.OfTwoTurns();
        record.Row(5, Record.Accepted("t2", 400), 400);
        record.Row(6, Record.Accepted("t3", 401), 401);
        record.Call("t3", 1, 410, 420, "reply to t3");
        record.Row(7, Record.Committed("t3", "reply to t3", 430), 430);
        record.Row(8, Record.GaveUp("t2", FailureKind.Provider, 440), 440);

        record.Breaks(Rules.CommittedInOrder);
    }

    [Fact]
    public void A_later_turn_may_be_cancelled_first()
    {
        var record = Record.OfTwoTurns();
        record.Row(5, Record.Accepted("t2", 400), 400);
        record.Row(6, Record.Accepted("t3", 401), 401);
        record.Row(7, new TurnCancelled(ActorLlm.Domain.TurnId.Parse("t3"), CancelledBy.Client, Record.At(430)), 430);
        record.Row(8, Record.GaveUp("t2", FailureKind.Provider, 440), 440);

        record.Breaks();
    }

    [Fact]
    public void An_attempt_that_fails_twice_is_found()
    {
        var record = Record.OfTwoTurns();
        record.Row(5, Record.Accepted("t2", 400), 400);
        record.Row(6, Record.Failed("t2", 1, FailureKind.Provider, 410), 410);
        record.Row(7, Record.Failed("t2", 1, FailureKind.Provider, 420), 420);
        record.Row(8, Record.GaveUp("t2", FailureKind.Provider, 440), 440);

        record.Breaks(Rules.AttemptsCount);
    }

    [Fact]
    public void A_turn_that_goes_on_after_three_failures_for_its_content_is_found()
    {
        var record = Record.OfTwoTurns();
        record.Row(5, Record.Accepted("t2", 400), 400);
        for (var attempt = 1; attempt <= 3; attempt++) record.Row(5 + attempt, Record.Failed("t2", attempt, FailureKind.Content, 400 + attempt), 400 + attempt);
        record.Row(9, Record.GaveUp("t2", FailureKind.Content, 440), 440);

        record.Breaks(Rules.ContentBound);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(null)]
    public void A_turn_that_fails_by_a_deadline_it_has_not_reached_is_found(int? deadline)
    {
        var record = Record.OfTwoTurns();
        record.Row(5, Record.Accepted("t2", 400, deadline: deadline), 400);
        record.Row(6, Record.GaveUp("t2", FailureKind.Deadline, 440), 440);

        record.Breaks(Rules.NoEarlyDeadline);
    }

    [Fact]
    public void A_turn_without_an_outcome_at_the_end_is_found()
    {
        var record = Record.OfTwoTurns();
        record.Row(5, Record.Accepted("t2", 400), 400);

        record.Breaks(Rules.AllTerminal);
    }

    [Fact]
    public void What_the_domain_threw_is_told()
    {
        var record = Record.OfTwoTurns();
        record.History.Errors.Add("It was damaged.");

        record.Breaks(Rules.DomainThrew);
    }
}
