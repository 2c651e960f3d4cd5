using ActorLlm.Domain.Conversations;
using ActorLlm.Simulation.Checking;

namespace ActorLlm.Simulation.Tests.Checking;

public sealed class CallerRulesTests
{
    [Theory]
    [InlineData("t0", 104)]
    [InlineData("t9", 500)]
    public void An_acceptance_told_before_it_is_durable_is_found(string turn, long at)
    {
        var record = Record.OfTwoTurns();
        record.Told(at, turn, Record.Pending(turn));

        record.Breaks(Rules.ToldIsDurable);
    }

    [Fact]
    public void An_outcome_told_before_it_is_durable_is_found()
    {
        var record = Record.OfTwoTurns();
        record.Told(204, "t0", Record.Settled("t0", "reply to t0"));

        record.Breaks(Rules.ToldIsDurable);
    }

    [Fact]
    public void Another_outcome_than_the_journal_s_is_found()
    {
        var record = Record.OfTwoTurns();
        record.Told(400, "t0", Record.Settled("t0", "another reply"));
        record.Told(400, "t0", Record.Settled("t0", "") with { Outcome = new Outcome.Cancelled(CancelledBy.Client) });

        record.Breaks(Rules.OutcomeIsFinal);
    }

    [Fact]
    public void An_answer_to_other_content_under_the_same_id_is_found()
    {
        var record = Record.OfTwoTurns();
        record.Told(400, "t0", Record.Pending("t0"), content: "other t0");

        record.Breaks(Rules.IdNotReused);
    }

    [Fact]
    public void A_refusal_of_the_content_that_was_accepted_is_found()
    {
        var record = Record.OfTwoTurns();
        record.Told(400, "t0", Record.Rejected("t0", RejectionCode.TurnIdReused), content: "own t0");

        record.Breaks(Rules.IdNotReused);
    }

    [Fact]
    public void A_refusal_of_other_content_is_allowed()
    {
        var record = Record.OfTwoTurns();
        record.Told(400, "t0", Record.Rejected("t0", RejectionCode.TurnIdReused), content: "other t0");

        record.Breaks();
    }

    [Fact]
    public void Too_large_a_turn_that_nobody_refused_is_found()
    {
        var record = Record.OfTwoTurns();
        record.History.Asked.Add(new Asked(400, 0, 0, "t5", "oversize", Oversize: true));

        record.Breaks(Rules.OversizeRefused);
    }

    [Fact]
    public void Too_large_a_turn_that_was_refused_is_allowed()
    {
        var record = Record.OfTwoTurns();
        record.History.Asked.Add(new Asked(400, 0, 0, "t5", "oversize", Oversize: true));
        record.Told(401, "t5", Record.Rejected("t5", RejectionCode.TooLarge), content: "oversize");

        record.Breaks();
    }

    [Theory]
    [InlineData(207, true)]
    [InlineData(205, false)]
    public void A_turn_that_is_unknown_to_a_caller_that_was_told_of_it_before_it_asked_is_found(long askedAt, bool found)
    {
        var record = Record.OfTwoTurns();
        record.Told(400, "t0", Record.Rejected("t0", RejectionCode.NotFound), askedAt: askedAt);

        if (found) record.Breaks(Rules.NotForgotten);
        else record.Breaks();
    }

    [Fact]
    public void A_caller_that_waits_until_the_end_is_found()
    {
        var record = Record.OfTwoTurns();
        record.History.Unanswered.Add("caller 0");

        record.Breaks(Rules.CallersAnswered);
    }

    [Theory]
    [InlineData("reply to", false, true)]
    [InlineData("reply to t0", false, false)]
    [InlineData("something else", true, false)]
    public void A_stream_that_is_not_the_reply_is_found(string shown, bool diverged, bool found)
    {
        var record = Record.OfTwoTurns();
        record.Told(400, "t0", Record.Settled("t0", "reply to t0"), shown: shown, diverged: diverged);

        if (found) record.Breaks(Rules.StreamMatches);
        else record.Breaks();
    }

    [Fact]
    public void Views_of_any_moment_are_prefixes()
    {
        var record = Record.OfTwoTurns();
        record.Told(50, "", Record.View(0, []));
        record.Told(110, "", Record.View(0, ["t0"]));
        record.Told(160, "", Record.View(0, ["t0", "t1"]));
        record.Told(210, "", Record.View(1, ["t1"], ("t0", "reply to t0")));
        record.Told(400, "", Record.View(2, [], ("t0", "reply to t0"), ("t1", "reply to t1")));
        // Of a node that does not know the latest.
        record.Told(400, "", Record.View(0, ["t0"]));

        record.Breaks();
    }

    [Fact]
    public void Views_of_what_never_was_are_found()
    {
        (long At, ConversationView View)[] wrong =
        [
            (400, Record.View(2, [], ("t1", "reply to t1"), ("t0", "reply to t0"))),
            (400, Record.View(1, ["t1"], ("t0", "another reply"))),
            (400, Record.View(0, ["t1", "t0"])),
            (400, Record.View(0, ["t7"])),
            (400, Record.View(3, [])),
            (120, Record.View(1, [], ("t0", "reply to t0"))),
        ];
        Assert.All(wrong, view =>
        {
            var record = Record.OfTwoTurns();
            record.Told(view.At, "", view.View);
            record.Breaks(Rules.ViewIsPrefix);
        });
    }
}
