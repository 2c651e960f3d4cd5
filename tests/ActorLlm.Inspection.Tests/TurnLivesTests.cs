using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Inspection.Tests;

/// <summary>What an operator is told of a turn, from its events and from what its conversation knows.</summary>
public sealed class TurnLivesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TurnId Turn = TurnId.Parse("t1");
    private static readonly TurnAccepted Accepted = new(Turn, TurnContent.Of("Hello") with { Model = "gpt-x" }, Time(60), Time(0));
    private static readonly Reply Reply = new("Hi", "gpt-x-2026", "openai", "stop", new Usage(3, 5));
    private static readonly TurnInsight Settled = new(ConversationId.Of("acme", "c1"), Turn, "a:1", 1, 9, 0, false, false, null);
    private static readonly TurnInsight Pending = Settled with { SettledNr = 0 };

    [Fact]
    public void A_turn_that_waits_behind_others_has_no_attempt()
    {
        var life = Life(Pending with { Ahead = 2 }, Accepted);

        Assert.Equal((TurnState.Waiting, 2, "acme/c1", "t1", "a:1", "gpt-x"), (life.State, life.Ahead, life.Conversation, life.Turn, life.Home, life.Model));
        Assert.Equal((Time(0), Time(60), null, ""), (life.AcceptedAt, life.Deadline, life.SettledAt, life.Outcome));
        Assert.Empty(life.Attempts);
    }

    [Theory]
    [InlineData(true, "", AttemptState.Queued, null)]
    [InlineData(false, "", AttemptState.Running, null)]
    [InlineData(false, "b:2", AttemptState.Running, "b:2")]
    public void The_attempt_under_way_is_the_conversations_word(bool queued, string node, AttemptState state, string? shown)
    {
        var life = Life(Pending with { Run = new RunInsight(1, queued, node) }, Accepted);

        Assert.Equal(TurnState.Running, life.State);
        var attempt = Assert.Single(life.Attempts);
        Assert.Equal((1, state, shown, null), (attempt.Number, attempt.End, attempt.Node, attempt.EndedAt));
    }

    [Fact]
    public void The_trace_of_its_request_is_shown_as_tracing_tools_write_it()
    {
        var traced = Accepted with { Trace = new TraceContext(new UInt128(0x0AF7651916CD43DD, 0x8448EB211C80319C), 7) };

        Assert.Equal("0af7651916cd43dd8448eb211c80319c", Life(Pending, traced).TraceId);
        Assert.Null(Life(Pending, Accepted).TraceId);
    }

    [Fact]
    public void A_turn_that_waits_for_the_time_of_its_retry_shows_what_failed_and_until_when()
    {
        var life = Life(Pending, Accepted, Failed(1, FailureKind.Provider, "503", at: 2, retryAt: 10));

        Assert.Equal(TurnState.Running, life.State);
        var attempt = Assert.Single(life.Attempts);
        Assert.Equal((AttemptState.ProviderFailed, "503", Time(2), Time(10)), (attempt.End, attempt.Reason, attempt.EndedAt, attempt.RetryAt));
    }

    [Fact]
    public void Each_kind_of_failure_has_its_word()
    {
        var life = Life(
            Settled,
            Accepted,
            Failed(1, FailureKind.Content), Failed(2, FailureKind.WorkerLost), Failed(3, FailureKind.Interrupted),
            new TurnFailed(Turn, 4, FailureKind.Provider, "down for good", Time(9)));

        Assert.Equal(
            [AttemptState.ContentFailed, AttemptState.WorkerLost, AttemptState.Interrupted, AttemptState.ProviderFailed],
            life.Attempts.Select(attempt => attempt.End));
        Assert.Equal((TurnState.Failed, "down for good", Time(9)), (life.State, life.Outcome, life.SettledAt));
    }

    [Fact]
    public void A_committed_turn_says_who_answered_what_it_used_and_when_it_was_acknowledged()
    {
        var life = Life(
            Settled with { Acknowledged = true, Requeued = true },
            Accepted, Failed(1, FailureKind.Provider), new ReplyCommitted(Turn, 2, Reply, Time(4)), new ReplyAcknowledged(Turn, Time(5)));

        Assert.Equal((TurnState.Committed, "stop", Time(4), Time(5)), (life.State, life.Outcome, life.SettledAt, life.AcknowledgedAt));
        Assert.Equal("t1.requeued-1", life.RequeuedAs);
        var attempt = life.Attempts[1];
        Assert.Equal((2, AttemptState.Committed, "openai", "gpt-x-2026", 3L, 5L), (attempt.Number, attempt.End, attempt.Backend, attempt.Model, attempt.InputTokens, attempt.OutputTokens));
    }

    [Fact]
    public void A_reply_of_an_attempt_that_was_given_up_leaves_the_one_after_it_abandoned()
    {
        var life = Life(Settled, Accepted, Failed(1, FailureKind.WorkerLost, at: 10, retryAt: 11), new ReplyCommitted(Turn, 1, Reply, Time(12)));

        Assert.Equal([AttemptState.Committed, AttemptState.Abandoned], life.Attempts.Select(attempt => attempt.End));
        Assert.Equal(TurnState.Committed, life.State);
    }

    [Fact]
    public void A_deadline_abandons_the_attempt_that_ran_and_leaves_earlier_failures_as_they_were()
    {
        var ran = Life(Settled, Accepted, Failed(1, FailureKind.Content), new TurnFailed(Turn, 2, FailureKind.Deadline, "Too late.", Time(60)));
        var waited = Life(Settled, Accepted, Failed(1, FailureKind.Content, retryAt: 99), new TurnFailed(Turn, 1, FailureKind.Deadline, "Too late.", Time(60)));
        var behind = Life(Settled, Accepted, new TurnFailed(Turn, 0, FailureKind.Deadline, "Too late.", Time(60)));

        Assert.Equal([AttemptState.ContentFailed, AttemptState.Abandoned], ran.Attempts.Select(attempt => attempt.End));
        Assert.Equal([AttemptState.ContentFailed], waited.Attempts.Select(attempt => attempt.End));
        Assert.Empty(behind.Attempts);
    }

    [Theory]
    [InlineData(CancelledBy.Client, "Cancelled by a client or an operator.")]
    [InlineData(CancelledBy.LaterTurn, "Cancelled by a later turn.")]
    public void A_cancelled_turn_says_by_whom_and_abandons_what_was_tried_again(CancelledBy by, string outcome)
    {
        var life = Life(Settled, Accepted, Failed(1, FailureKind.Provider, at: 2, retryAt: 3), new TurnCancelled(Turn, by, Time(5)));

        Assert.Equal((TurnState.Cancelled, outcome), (life.State, life.Outcome));
        Assert.Equal([AttemptState.ProviderFailed, AttemptState.Abandoned], life.Attempts.Select(attempt => attempt.End));
    }

    [Fact]
    public void The_first_attempt_that_a_cancellation_ended_is_told_with_its_node()
    {
        var cancelled = Life(Settled, Accepted, new TurnCancelled(Turn, CancelledBy.Client, Time(5)) { Attempt = 1, Trace = new AttemptTrace("b:2") });
        var waited = Life(Settled, Accepted, new TurnCancelled(Turn, CancelledBy.Client, Time(5)));

        var attempt = Assert.Single(cancelled.Attempts);
        Assert.Equal((1, AttemptState.Abandoned, "b:2", Time(5)), (attempt.Number, attempt.End, attempt.Node, attempt.EndedAt));
        Assert.Empty(waited.Attempts);
    }

    [Fact]
    public void Events_newer_than_the_conversations_word_are_believed()
    {
        var life = Life(Pending with { Run = new RunInsight(1, false, "b:2") }, Accepted, new ReplyCommitted(Turn, 1, Reply, Time(4)));

        Assert.Equal(TurnState.Committed, life.State);
        Assert.Equal(AttemptState.Committed, Assert.Single(life.Attempts).End);
    }

    [Fact]
    public void Messages_without_a_reply_are_recorded_at_once()
    {
        var life = Life(Settled, new ItemsAdded(Turn, Accepted.Content.Messages, Time(1)));

        Assert.Equal((TurnState.Recorded, Time(1), Time(1)), (life.State, life.AcceptedAt, life.SettledAt));
    }

    [Fact]
    public void A_turn_whose_acceptance_is_not_there_has_no_life_to_tell() =>
        Assert.Null(TurnLives.Of(Settled, [new ReplyCommitted(Turn, 1, Reply, Time(4))]));

    [Fact]
    public void Each_phase_of_a_turn_has_its_state() =>
        Assert.Equal(
            Enum.GetNames<TurnPhase>(),
            Enum.GetValues<TurnPhase>().Select(phase => TurnLives.StateOf(phase).ToString()));

    private static TurnLife Life(TurnInsight insight, params ConversationEvent[] events) => Assert.IsType<TurnLife>(TurnLives.Of(insight, events));

    private static AttemptFailed Failed(int attempt, FailureKind kind, string reason = "It failed.", double at = 1, double retryAt = 1) =>
        new(Turn, attempt, kind, reason, Time(retryAt), Time(at));

    private static DateTimeOffset Time(double seconds) => Start.AddSeconds(seconds);

    [Fact]
    public void Where_an_attempt_ran_and_when_is_told_where_it_was_stored()
    {
        var trace = new AttemptTrace("b:2")
        {
            TakenAt = Time(1),
            CalledAt = Time(2),
            FirstTextAt = Time(3),
            EndedAt = Time(4),
            Backend = "openai",
            Model = "gpt-x",
            InputTokens = 7,
            OutputTokens = 0,
        };

        var life = Life(
            Settled,
            Accepted,
            Failed(1, FailureKind.Provider, at: 5) with { Trace = trace },
            Failed(2, FailureKind.WorkerLost, at: 6) with { Trace = new AttemptTrace("c:3") },
            new ReplyCommitted(Turn, 3, Reply, Time(9)) { Trace = new AttemptTrace("d:4") { TakenAt = Time(7), CalledAt = Time(7), EndedAt = Time(8) } });

        Assert.Equal(
            new AttemptLife(1, AttemptState.ProviderFailed, "It failed.", "b:2", "openai", "gpt-x", Time(1), Time(2), Time(3), Time(4), Time(1), 7, 0),
            life.Attempts[0]);
        Assert.Equal(("c:3", null, Time(6)), (life.Attempts[1].Node, life.Attempts[1].TakenAt, life.Attempts[1].EndedAt));
        Assert.Equal(("d:4", "openai", "gpt-x-2026", Time(8), 5L), (life.Attempts[2].Node, life.Attempts[2].Backend, life.Attempts[2].Model, life.Attempts[2].EndedAt, life.Attempts[2].OutputTokens));
    }

    [Fact]
    public void Steps_are_told_in_their_order_with_how_they_ended()
    {
        var life = Life(
            Settled,
            Accepted,
            new ToolBegun(Turn, 1, "pay", "pay", "5", Time(1)),
            new StepEnded(Turn, "pay", StepOutcome.Done, "secret", "", Time(2)),
            new ToolBegun(Turn, 1, "mail", "mail", "", Time(2)),
            Failed(1, FailureKind.WorkerLost, at: 3, retryAt: 3),
            new ToolBegun(Turn, 2, "mail", "mail", "", Time(4)),
            new StepEnded(Turn, "mail", StepOutcome.Failed, "503", "", Time(5)),
            new ChildBegun(Turn, 2, "ask", TurnContent.Of("x") with { Model = "clerk" }, Time(6)),
            new ApprovalBegun(Turn, 2, "over-100", "Refund?", Time(6)),
            new AttemptSuspended(Turn, 2, Time(7)) { Trace = new AttemptTrace("b:2") },
            new ChildEnded(Turn, "ask", StepOutcome.Done, "reply", Time(8)),
            new StepEnded(Turn, "over-100", StepOutcome.Granted, "", "ann", Time(9)),
            new ReplyCommitted(Turn, 3, Reply, Time(10)));

        Assert.Equal(
            [
                new StepLife("pay", StepKind.Tool, "pay", StepState.Done, 1, Time(1), Time(2), ""),
                new StepLife("mail", StepKind.Tool, "mail", StepState.Failed, 2, Time(2), Time(5), ""),
                new StepLife("ask", StepKind.Child, "clerk", StepState.Done, 2, Time(6), Time(8), "") { Conversation = "acme/c1~t1~ask" },
                new StepLife("over-100", StepKind.Approval, "", StepState.Granted, 2, Time(6), Time(9), "ann"),
            ],
            life.Steps);
        Assert.Equal([AttemptState.WorkerLost, AttemptState.Suspended, AttemptState.Committed], life.Attempts.Select(attempt => attempt.End));
        Assert.Equal("b:2", life.Attempts[1].Node);
        Assert.Null(life.Parent);
    }

    [Fact]
    public void A_tool_whose_attempt_is_over_is_unknown_and_one_of_the_running_attempt_is_open()
    {
        var begun = new ToolBegun(Turn, 1, "pay", "pay", "5", Time(1));

        Assert.Equal(StepState.Open, Assert.Single(Life(Pending, Accepted, begun).Steps).State);
        Assert.Equal(StepState.Unknown, Assert.Single(Life(Pending, Accepted, begun, Failed(1, FailureKind.WorkerLost)).Steps).State);
        Assert.Equal(StepState.Unknown, Assert.Single(Life(Settled, Accepted, begun, new TurnCancelled(Turn, CancelledBy.Client, Time(3))).Steps).State);
    }

    [Fact]
    public void What_a_cancelled_turn_waited_for_is_waited_for_no_more_and_a_child_names_who_asked()
    {
        var life = Life(Settled, Accepted, new ApprovalBegun(Turn, 1, "over-100", "Refund?", Time(1)), new TurnCancelled(Turn, CancelledBy.Parent, Time(3)));
        var child = Accepted with { Content = Accepted.Content with { Parent = new ParentStep(ConversationId.Of("acme", "p"), TurnId.Parse("t0"), "ask") } };

        Assert.Equal((StepState.Cancelled, "Cancelled with the turn that asked for it."), (Assert.Single(life.Steps).State, life.Outcome));
        Assert.Equal(new ParentLife("acme/p", "t0", "ask"), Life(Pending, child).Parent);
    }
}
