using ActorLlm.Cli.Tests.Fakes;
using ActorLlm.Domain.Conversations;
using ActorLlm.Inspection;
using ActorLlm.Inspection.Text;

namespace ActorLlm.Cli.Tests.Text;

public sealed class TurnLifeTextTests
{
    [Fact]
    public void A_turn_whose_worker_was_lost_shows_both_attempts_and_what_the_first_may_have_cost() => Assert.Equal(
        """
        turn-1 of default/demo: committed (stop)

        accepted      2026-11-28 12:00:00.000 UTC
        settled       2026-11-28 12:00:12.520 UTC, 12.5 s in all
        model         simulator
        home          10.0.0.1:4053
        trace         4bf92f3577b34da6a3ce929d0e0e4736

        ATTEMPT  NODE           BACKEND             TAKEN  QUEUED  FIRST TEXT  DURATION  TOKENS IN  OUT  RESULT
              1  10.0.0.2:4053  main               +12 ms    2 ms      306 ms    10.4 s          ?    ?  worker lost: no sign of life for 10 s; next at +10.4 s
              2  10.0.0.1:4053  main (simulator)  +10.4 s    1 ms      289 ms    2.09 s          9   32  committed

        repeated      attempt 2, since attempt 1 on 10.0.0.2:4053 lost its worker
        spent twice   not known: nobody counted the tokens of 1 attempt that may have been paid for
        acknowledged  +12.6 s by a client

        """,
        TurnLifeText.Of(Samples.Repeated, Samples.View).ToString());

    [Fact]
    public void A_turn_that_runs_says_since_when_and_until_when()
    {
        var life = Samples.Repeated with
        {
            State = TurnState.Running,
            SettledAt = null,
            Outcome = "",
            AcknowledgedAt = null,
            TraceId = null,
            Model = "",
            Home = null,
            Attempts = [Samples.Repeated.Attempts[0] with { End = AttemptState.Running, Reason = "", EndedAt = null, RetryAt = null }],
        };

        Assert.Equal(
            """
            turn-1 of default/demo: running

            accepted      2026-11-28 12:00:00.000 UTC
            settled       not yet, 1 min so far
            fails         +1 h if it has no outcome by then
            model         the default
            home          did not answer

            ATTEMPT  NODE           BACKEND   TAKEN  QUEUED  FIRST TEXT  DURATION  TOKENS IN  OUT  RESULT
                  1  10.0.0.2:4053  main     +12 ms    2 ms      306 ms         ?          ?    ?  running

            repeated      nothing
            spent twice   nothing

            """,
            TurnLifeText.Of(life, Samples.View).ToString());
    }

    [Fact]
    public void That_nobody_acknowledged_an_outcome_is_told_as_no_fault()
    {
        var lines = TurnLifeText.Of(Samples.Repeated with { AcknowledgedAt = null }, Samples.View).ToString();

        Assert.Contains("acknowledged  no: optional, and done through IConversations only, not over HTTP", lines, StringComparison.Ordinal);
    }

    [Fact]
    public void A_turn_that_waits_says_for_how_many()
    {
        var life = Samples.Repeated with { State = TurnState.Waiting, Ahead = 2, SettledAt = null, Outcome = "", Attempts = [] };

        var text = TurnLifeText.Of(life, Samples.View).ToString();

        Assert.StartsWith("turn-1 of default/demo: waiting for 2 unfinished turns before it\n", text, StringComparison.Ordinal);
        Assert.Contains("No attempt yet: the turns before it come first.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_that_were_counted_in_vain_are_added_up_and_a_turn_that_runs_again_names_its_next()
    {
        var attempt = Samples.Repeated.Attempts[0] with { End = AttemptState.ProviderFailed, Reason = "status 503", InputTokens = 10, OutputTokens = 3 };
        var life = Samples.Repeated with
        {
            State = TurnState.Failed,
            Outcome = "the provider failed",
            RequeuedAs = "requeue-1",
            Attempts = [attempt, attempt with { Number = 2, RetryAt = null }],
        };

        var text = TurnLifeText.Of(life, Samples.View).ToString();

        Assert.Contains("spent twice   20 tokens read and 6 written in 2 attempts\n", text, StringComparison.Ordinal);
        Assert.Contains("repeated      attempt 2, since attempt 1 on 10.0.0.2:4053 was failed by its provider\n", text, StringComparison.Ordinal);
        Assert.Contains("requeued as   requeue-1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_are_shown_as_a_tree_with_how_each_ended()
    {
        var begin = Samples.Repeated.AcceptedAt;
        var attempt = Samples.Repeated.Attempts[1];
        var child = Samples.Repeated with
        {
            Conversation = "default/demo~turn-1~ask",
            Turn = "ask",
            Steps = [new StepLife("lookup", StepKind.Tool, "search", StepState.Unknown, 1, begin.AddSeconds(2), null, "")],
        };
        var life = Samples.Repeated with
        {
            State = TurnState.Running,
            SettledAt = null,
            Outcome = "",
            Parent = new ParentLife("default/top", "turn-0", "down"),
            Attempts = [attempt with { Number = 1, End = AttemptState.Suspended }],
            Steps =
            [
                new StepLife("ask", StepKind.Child, "clerk", StepState.Done, 1, begin.AddSeconds(1), begin.AddSeconds(4), "") { Conversation = child.Conversation, Child = child },
                new StepLife("over-100", StepKind.Approval, "", StepState.Open, 2, begin.AddSeconds(5), null, ""),
            ],
        };

        var text = TurnLifeText.Of(life, Samples.View).ToString();

        Assert.StartsWith("turn-1 of default/demo: running, waits for approval 'over-100'\n", text, StringComparison.Ordinal);
        Assert.Contains("asked by      step down of the turn turn-0 of default/top\n", text, StringComparison.Ordinal);
        Assert.Contains(
            """
            STEP      KIND      NAME    ATTEMPT    BEGUN    TOOK  RESULT
            ask       module    clerk         1  +1.00 s  3.00 s  done
              lookup  tool      search        1  +2.00 s       ?  unknown: lost with its worker
            over-100  approval                2  +5.00 s       ?  waited for
            """,
            text,
            StringComparison.Ordinal);
        Assert.Contains("ended to wait\n", text, StringComparison.Ordinal);
        Assert.Contains("repeated      nothing\nspent twice   nothing\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Approvals_are_listed_with_their_questions_and_none_says_so()
    {
        var asked = new ApprovalPicture("acme/order-1", "turn-1", "over-100", "service", "Refund 500?", Samples.Repeated.AcceptedAt);

        Assert.Equal("No approval is waited for.\n", ApprovalsText.Of(new ApprovalsPicture([], []), Samples.View).ToString());
        Assert.Equal(
            """
            CONVERSATION  TURN    STEP      MODULE   ASKED (UTC)          QUESTION
            acme/order-1  turn-1  over-100  service  2026-11-28 12:00:00  Refund 500?
            acme/order-2 did not answer: it may wait for one.

            """,
            ApprovalsText.Of(new ApprovalsPicture([asked], ["acme/order-2"]), Samples.View).ToString());
    }

    [Theory]
    [InlineData(AttemptState.Queued)]
    [InlineData(AttemptState.Running)]
    [InlineData(AttemptState.Committed)]
    [InlineData(AttemptState.ContentFailed)]
    [InlineData(AttemptState.ProviderFailed)]
    [InlineData(AttemptState.WorkerLost)]
    [InlineData(AttemptState.Interrupted)]
    [InlineData(AttemptState.Abandoned)]
    public void Every_end_of_an_attempt_has_words(AttemptState end)
    {
        var life = Samples.Repeated with { Attempts = [Samples.Repeated.Attempts[0] with { End = end }, Samples.Repeated.Attempts[1]] };

        Assert.Contains("repeated      attempt 2, since attempt 1", TurnLifeText.Of(life, Samples.View).ToString(), StringComparison.Ordinal);
    }
}
