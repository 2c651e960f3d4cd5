using ActorLlm.Chaos.Checking;
using ActorLlm.Chaos.Journal;

namespace ActorLlm.Chaos.Tests.Checking;

public sealed class CheckerTests
{
    private readonly History _history = History.OfTwoTurns();

    [Fact]
    public void A_history_in_which_all_is_well_has_no_violation() => Assert.Empty(_history.Check());

    [Fact]
    public void Failed_attempts_and_acknowledgements_are_no_violation()
    {
        _history.Store(EventKind.Acknowledged, "t2", 6, "");
        _history.Store(EventKind.Accepted, "t3", 7, History.Prompt("t3"));
        _history.Store(EventKind.AttemptFailed, "t3", 8, "worker lost");
        _history.Store(EventKind.Committed, "t3", 9, History.Reply(2, History.Prompt("t3")));
        _history.Sent("t3", 6.5).NoteReply(History.At(9.5), History.Reply(2, History.Prompt("t3")));

        Assert.Empty(_history.Check());
    }

    [Fact]
    public void A_turn_that_a_client_saw_and_the_journal_does_not_know_is_lost()
    {
        _history.Unwrite(e => e.Turn == "t2");

        AssertOnly(ViolationKind.Lost, "the journal does not know it");
    }

    [Fact]
    public void A_turn_that_was_only_accepted_in_the_clients_eyes_is_lost_when_the_journal_does_not_know_it()
    {
        _history.Sent("t3", 6).NoteAccepted(History.At(7));

        var violations = _history.Check();

        Assert.Equal(["its client has no outcome", "its client saw it accepted, and the journal does not know it"], violations.Select(v => v.Text));
        Assert.All(violations, violation => Assert.Equal(ViolationKind.Lost, violation.Kind));
    }

    [Fact]
    public void An_accepted_turn_without_a_terminal_event_is_lost()
    {
        _history.Unwrite(e => e is { Turn: "t2", Kind: EventKind.Committed });

        AssertOnly(ViolationKind.Lost, "no terminal event");
    }

    [Fact]
    public void A_client_without_an_outcome_is_a_loss()
    {
        _history.Sent("t3", 6);

        AssertOnly(ViolationKind.Lost, "its client has no outcome");
    }

    [Fact]
    public void A_turn_accepted_anew_after_its_client_knew_it_accepted_is_a_forgotten_acceptance()
    {
        _history.Rewrite(3, e => e with { At = History.At(4.6) });

        AssertOnly(ViolationKind.Lost, "the first was forgotten");
    }

    [Fact]
    public void A_gap_in_the_sequence_numbers_is_a_loss()
    {
        _history.Store(EventKind.Acknowledged, "t1", 6, "");
        _history.Store(EventKind.Acknowledged, "t2", 6, "");
        _history.RemoveRow(5);

        AssertOnly(ViolationKind.Lost, "sequence number 4 is followed by 6");
    }

    [Fact]
    public void A_sequence_number_that_is_there_twice_is_a_duplicate()
    {
        _history.Store(EventKind.Acknowledged, "t2", 6, "");
        _history.CopyRow(5);

        AssertOnly(ViolationKind.Duplicated, "sequence number 5 is there twice");
    }

    [Fact]
    public void Two_outcomes_of_a_turn_are_a_duplicate()
    {
        _history.Store(EventKind.Committed, "t2", 6, History.Reply(1, History.Prompt("t2")));

        AssertOnly(ViolationKind.Duplicated, "two outcomes");
    }

    [Fact]
    public void A_time_that_a_jumped_clock_may_have_written_is_not_held_against_a_clients()
    {
        _history.Rewrite(3, e => e with { At = History.At(3604) });

        Assert.Equal([ViolationKind.Lost], _history.Check().Select(violation => violation.Kind));
        Assert.Empty(_history.Check(at => at != History.At(3604)));
    }

    [Fact]
    public void Of_a_model_whose_answers_are_not_known_only_what_clients_and_journal_say_is_compared()
    {
        _history.Rewrite(4, e => e with { Text = "whatever" });
        _history.Turn("t1").NoteBeginning("another beginning");

        Assert.Equal(["its client saw another reply than the one committed"], _history.CheckWithAnotherModel().Select(v => v.Text.Split(" (")[0]));
    }

    [Fact]
    public void Two_acceptances_of_a_turn_are_a_duplicate()
    {
        _history.Store(EventKind.Accepted, "t2", 6, History.Prompt("t2"));

        AssertOnly(ViolationKind.Duplicated, "accepted twice");
    }

    [Fact]
    public void A_client_that_has_the_reply_and_is_later_told_another_one_read_something_stale()
    {
        _history.Turn("t1").NoteReply(History.At(6), "something else");

        AssertOnly(ViolationKind.Stale, "had the outcome and was told another reply, 'something else'");
    }

    [Fact]
    public void A_client_that_has_the_reply_and_is_later_told_of_none_read_something_stale()
    {
        _history.Turn("t2").NoteRefusal(History.At(6), "status 404: no such turn");

        AssertOnly(ViolationKind.Stale, "was told no reply, status 404: no such turn");
    }

    [Fact]
    public void The_same_outcome_told_again_is_no_violation()
    {
        _history.Turn("t1").NoteReply(History.At(6), _history.Turn("t1").Replies[0]);

        Assert.Empty(_history.Check());
    }

    [Fact]
    public void A_reply_that_is_not_the_committed_one_is_a_duplicate()
    {
        var turn = _history.Sent("t3", 6);
        turn.NoteReply(History.At(9), "something else");
        _history.Store(EventKind.Accepted, "t3", 7, History.Prompt("t3"));
        _history.Store(EventKind.Committed, "t3", 8, History.Reply(2, History.Prompt("t3")));

        AssertOnly(ViolationKind.Duplicated, "another reply than the one committed");
    }

    [Fact]
    public void A_cut_stream_that_began_otherwise_than_the_reply_is_a_duplicate()
    {
        _history.Turn("t1").NoteBeginning("answer 2");

        AssertOnly(ViolationKind.Duplicated, "began differently");
    }

    [Fact]
    public void A_cut_stream_that_began_as_the_reply_does_is_well()
    {
        _history.Turn("t1").NoteBeginning("answer 1 to");

        Assert.Empty(_history.Check());
    }

    [Fact]
    public void Commits_out_of_the_order_of_acceptance_are_a_reordering()
    {
        // Both were sent at once, so that only the order of the commits is wrong.
        var burst = new History();
        foreach (var (turn, before) in new[] { ("t1", 1), ("t2", 0) })
        {
            burst.Sent(turn, 0).NoteReply(History.At(9), History.Reply(before, History.Prompt(turn)));
            burst.Store(EventKind.Accepted, turn, 1, History.Prompt(turn));
        }
        burst.Store(EventKind.Committed, "t2", 2, History.Reply(0, History.Prompt("t2")));
        burst.Store(EventKind.Committed, "t1", 3, History.Reply(1, History.Prompt("t1")));

        var violation = Assert.Single(burst.Check());
        Assert.Equal(ViolationKind.Reordered, violation.Kind);
        Assert.Equal("t2", violation.Turn);
    }

    [Fact]
    public void An_acceptance_before_one_that_its_client_already_knew_is_a_reordering()
    {
        _history.Reorder(3, 4, 1, 2);
        _history.Rewrite(2, e => e with { Text = History.Reply(0, History.Prompt("t2")) });
        _history.Rewrite(4, e => e with { Text = History.Reply(1, History.Prompt("t1")) });

        Assert.Contains(_history.Check(), violation => violation is { Kind: ViolationKind.Reordered, Turn: "t2" });
    }

    [Fact]
    public void Turns_sent_at_once_may_be_accepted_in_any_order()
    {
        var burst = new History();
        foreach (var turn in new[] { "t1", "t2" })
            burst.Sent(turn, 0);
        foreach (var (turn, before) in new[] { ("t2", 0), ("t1", 1) })
        {
            burst.Turn(turn).NoteReply(History.At(9), History.Reply(before, History.Prompt(turn)));
            burst.Store(EventKind.Accepted, turn, 1, History.Prompt(turn));
            burst.Store(EventKind.Committed, turn, 2, History.Reply(before, History.Prompt(turn)));
        }

        Assert.Empty(burst.Check());
    }

    [Theory]
    [InlineData("Failed", "it failed: no provider")]
    [InlineData("Cancelled", "it was cancelled: no provider")]
    public void A_failed_or_cancelled_turn_is_unexpected(string kind, string text)
    {
        _history.Rewrite(4, e => e with { Kind = Enum.Parse<EventKind>(kind), Text = "no provider" });

        AssertOnly(ViolationKind.Unexpected, text);
    }

    [Fact]
    public void A_refusal_is_unexpected()
    {
        _history.Sent("t3", 6).NoteRefusal(History.At(6.5), "status 400: no");

        AssertOnly(ViolationKind.Unexpected, "status 400: no");
    }

    [Fact]
    public void A_reply_that_is_not_the_models_is_unexpected()
    {
        var turn = _history.Sent("t3", 6);
        turn.NoteReply(History.At(9), History.Reply(1, History.Prompt("t3")));
        _history.Store(EventKind.Accepted, "t3", 7, History.Prompt("t3"));
        // The model was shown one exchange where there were two.
        _history.Store(EventKind.Committed, "t3", 8, History.Reply(1, History.Prompt("t3")));

        AssertOnly(ViolationKind.Unexpected, "not the model's answer");
    }

    [Fact]
    public void A_turn_that_no_client_sent_is_unexpected()
    {
        _history.ForgetClient("t2");

        AssertOnly(ViolationKind.Unexpected, "no client sent it");
    }

    [Fact]
    public void A_turn_stored_with_another_text_is_unexpected()
    {
        _history.Rewrite(3, e => e with { Text = "t2 hullo" });

        AssertOnly(ViolationKind.Unexpected, "another text");
    }

    [Fact]
    public void An_outcome_whose_acceptance_is_gone_is_lost()
    {
        _history.Unwrite(e => e is { Turn: "t2", Kind: EventKind.Accepted });

        Assert.Contains(_history.Check(), violation => violation is { Kind: ViolationKind.Lost, Turn: "t2" } && violation.Text.Contains("its acceptance is gone", StringComparison.Ordinal));
    }

    [Fact]
    public void A_failed_attempt_at_a_turn_that_is_settled_is_unexpected()
    {
        _history.Store(EventKind.AttemptFailed, "t2", 6, "worker lost");

        AssertOnly(ViolationKind.Unexpected, "not unfinished");
    }

    [Fact]
    public void An_event_of_an_unknown_kind_is_unexpected()
    {
        _history.Store(EventKind.Unknown, "", 6, "manifest zz9");

        AssertOnly(ViolationKind.Unexpected, "manifest zz9");
    }

    private void AssertOnly(ViolationKind kind, string text)
    {
        var violation = Assert.Single(_history.Check());
        Assert.Equal(kind, violation.Kind);
        Assert.Contains(text, violation.Text, StringComparison.Ordinal);
    }
}
