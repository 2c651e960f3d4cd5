using ActorLlm.Domain.Conversations;
using ActorLlm.Simulation.Checking;

namespace ActorLlm.Simulation.Tests.Checking;

public sealed class CallRulesTests
{
    [Theory]
    [InlineData("t0", 4)]
    [InlineData("t1", 1)]
    [InlineData("t9", 1)]
    public void A_start_of_a_turn_that_is_not_the_first_unfinished_one_known_is_found(string turn, long known)
    {
        var record = Record.OfTwoTurns();
        record.Start(turn, 1, known, at: 400);

        record.Breaks(Rules.NoStartAfterEnd);
    }

    [Fact]
    public void A_start_by_an_incarnation_that_does_not_know_the_outcome_is_allowed()
    {
        var record = Record.OfTwoTurns();
        record.Start("t0", 1, known: 2, at: 400);

        record.Breaks();
    }

    [Theory]
    [InlineData("reply to", true)]
    [InlineData("reply to t2", false)]
    public void A_committed_reply_that_no_call_answered_in_full_is_found(string committed, bool answered)
    {
        var record = Record.OfTwoTurns();
        record.Row(5, Record.Accepted("t2", 400), 400);
        record.Call("t2", 1, 410, 420, "reply to t2", answered);
        record.Row(6, Record.Committed("t2", committed, 430), 430);

        record.Breaks(Rules.ReplyIsWhole);
    }

    [Fact]
    public void The_answer_to_another_turn_is_found()
    {
        var record = Record.OfTwoTurns();
        record.Row(5, Record.Accepted("t2", 400), 400);
        record.Row(6, Record.Committed("t2", "reply to t1", 430), 430);

        record.Breaks(Rules.ReplyIsWhole);
    }

    [Theory]
    [InlineData(2409, true)]
    [InlineData(2410, false)]
    public void A_call_before_the_provider_s_wait_is_over_is_found(long calledAt, bool found)
    {
        var record = Record.OfTwoTurns();
        record.Row(5, Record.Accepted("t2", 400), 400);
        record.Call("t2", 1, 400, 405, "", answered: false);
        record.Row(6, Record.Failed("t2", 1, FailureKind.Provider, 410, "Asked to wait ms 2000"), 415);
        record.Call("t2", 2, calledAt, 2500, "reply to t2");
        record.Row(7, Record.Committed("t2", "reply to t2", 2510), 2510);

        if (found) record.Breaks(Rules.RetryAfterRespected);
        else record.Breaks();
    }

    [Fact]
    public void A_worker_given_up_in_a_calm_run_is_found()
    {
        var record = Record.OfTwoTurns(calm: true);
        record.Row(5, Record.Accepted("t2", 400), 400);
        record.Row(6, Record.Failed("t2", 1, FailureKind.WorkerLost, 410), 415);
        record.Row(7, Record.GaveUp("t2", FailureKind.WorkerLost, 440), 440);

        record.Breaks(Rules.NotExecutedTwice);
    }

    [Fact]
    public void A_second_call_in_a_calm_run_is_found()
    {
        var record = Record.OfTwoTurns(calm: true);
        record.Call("t1", 1, 220, 300, "reply to t1");

        record.Breaks(Rules.NotExecutedTwice);
    }

    [Theory]
    [InlineData(409L, true)]
    [InlineData(415L, false)]
    [InlineData(null, false)]
    public void A_result_that_was_made_and_is_given_up_in_a_mild_run_is_found(long? madeAt, bool found)
    {
        var record = Record.OfTwoTurns(mild: true);
        record.Row(5, Record.Accepted("t2", 400), 400);
        record.Call("t2", 1, 401, madeAt, "reply to t2");
        record.Row(6, Record.Failed("t2", 1, FailureKind.WorkerLost, 410), 415);
        record.Row(7, Record.GaveUp("t2", FailureKind.WorkerLost, 440), 440);

        if (found) record.Breaks(Rules.NotExecutedTwice);
        else record.Breaks();
    }
}
