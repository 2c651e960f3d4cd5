using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

public class AttemptTests
{
    [Fact]
    public void A_reply_is_committed() =>
        Given.Events(Accepted("t1"))
            .At(2)
            .WhenResult("t1", 1, Success("Hi"))
            .Then(Committed("t1", 1, "Hi", at: 2));

    [Fact]
    public void The_reply_of_an_earlier_attempt_is_as_good_as_that_of_the_running_one() =>
        Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.WorkerLost))
            .WhenResult("t1", 1, Success("From the one thought lost"))
            .Then(Committed("t1", 1, "From the one thought lost"));

    [Fact]
    public void A_second_reply_for_a_committed_turn_changes_nothing() =>
        Given.Events(Accepted("t1"), Committed("t1"))
            .WhenResult("t1", 2, Success("Another"))
            .ThenNothing();

    [Fact]
    public void A_failure_that_comes_after_the_reply_changes_nothing() =>
        Given.Events(Accepted("t1"), Committed("t1"))
            .WhenResult("t1", 1, Failure(FailureKind.Provider))
            .ThenNothing();

    [Fact]
    public void A_failure_that_is_already_counted_changes_nothing() =>
        Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.Provider))
            .WhenResult("t1", 1, Failure(FailureKind.Provider))
            .ThenNothing();

    [Fact]
    public void A_failed_attempt_is_followed_by_another_after_its_delay()
    {
        var after = Given.Events(Accepted("t1"))
            .WhenResult("t1", 1, Failure(FailureKind.Provider, "503 from the provider"))
            .Then(Failed("t1", 1, FailureKind.Provider, retryAt: 0.25, reason: "503 from the provider"))
            .ThenTold<TurnPending>(pending => Assert.Equal("503 from the provider", pending.LastError));

        Assert.Equal(2, after.State.Head!.NextAttempt);
    }

    [Fact]
    public void The_next_attempt_starts_at_its_time_and_not_before()
    {
        var failed = Failed("t1", 1, FailureKind.Provider, retryAt: 5);

        Given.Events(Accepted("t1"), failed).At(4.999).WhenSupervised().ThenWaitsUntil(5);
        Given.Events(Accepted("t1"), failed).At(5).WhenSupervised().ThenStarts("t1", 2);
    }

    [Fact]
    public void A_settled_turn_tells_how_many_attempts_were_made() =>
        Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.Provider), Committed("t1", 2))
            .When(Submit("t1"))
            .ThenTold<TurnSettled>(settled => Assert.Equal(2, settled.Attempts));

    [Fact]
    public void A_late_reply_of_an_early_attempt_does_not_lower_the_number_of_attempts() =>
        Given.Events(
                Accepted("t1"), Failed("t1", 1, FailureKind.WorkerLost), Failed("t1", 2, FailureKind.WorkerLost), Committed("t1", 1))
            .When(Submit("t1"))
            .ThenTold<TurnSettled>(settled => Assert.Equal(2, settled.Attempts));

    [Fact]
    public void An_attempt_handed_back_is_tried_again_at_once_and_never_counts()
    {
        var state = Fold([Accepted("t1"), .. Repeat(50, n => Failed("t1", n, FailureKind.Interrupted))]);
        var events = Decider.Decide(
            state, Attempt("t1", 51), Failure(FailureKind.Interrupted), new Circumstances(Start, 0.5, ConversationPolicy.Default));

        var failed = Assert.IsType<AttemptFailed>(Assert.Single(events));
        Assert.InRange(failed.RetryAt - failed.At, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(100));
        Assert.Equal((0, 0, 0), (state.Head!.ContentFailures, state.Head.WorkerLosses, state.Head.ProviderFailures));
    }

    [Fact]
    public void A_reply_of_one_MiB_is_committed_and_one_byte_more_is_a_failure_of_content()
    {
        Given.Events(Accepted("t1"))
            .WhenResult("t1", 1, Success(Text(Limits.MaxReplyBytes)))
            .Then(Committed("t1", 1, Text(Limits.MaxReplyBytes)));

        var failed = Given.Events(Accepted("t1")).WhenResult("t1", 1, Success(Text(Limits.MaxReplyBytes + 1)));
        Assert.Equal(FailureKind.Content, Assert.IsType<AttemptFailed>(Assert.Single(failed.Events)).Kind);
    }

    [Fact]
    public void The_size_of_a_reply_is_counted_in_UTF8_bytes()
    {
        var failed = Given.Events(Accepted("t1")).WhenResult("t1", 1, Success(new string('ж', Limits.MaxReplyBytes / 2 + 1)));

        Assert.Equal(FailureKind.Content, Assert.IsType<AttemptFailed>(Assert.Single(failed.Events)).Kind);
    }

    [Fact]
    public void A_long_reason_is_shortened_to_the_bound()
    {
        var failed = Given.Events(Accepted("t1")).WhenResult("t1", 1, Failure(FailureKind.Provider, Text(5000)));

        Assert.Equal(Limits.MaxReasonLength, Assert.IsType<AttemptFailed>(Assert.Single(failed.Events)).Reason.Length);
    }

    // Half a pair cannot be stored: it would read back as another reason than the live state holds.
    [Fact]
    public void A_long_reason_is_not_cut_inside_a_character()
    {
        var failed = Given.Events(Accepted("t1"))
            .WhenResult("t1", 1, Failure(FailureKind.Provider, Text(Limits.MaxReasonLength - 1) + "\uD83D\uDE00"));

        Assert.Equal(Text(Limits.MaxReasonLength - 1), Assert.IsType<AttemptFailed>(Assert.Single(failed.Events)).Reason);
    }

    [Fact]
    public void Half_a_surrogate_pair_in_a_reply_or_a_reason_is_replaced_as_storing_it_would()
    {
        Given.Events(Accepted("t1")).WhenResult("t1", 1, Success("Hi \uD83D")).Then(Committed("t1", 1, "Hi \uFFFD"));
        Given.Events(Accepted("t1"))
            .WhenResult("t1", 1, Failure(FailureKind.Provider, "Bad \uDE00"))
            .Then(Failed("t1", 1, FailureKind.Provider, retryAt: 0.25, reason: "Bad \uFFFD"));
    }

    [Fact]
    public void What_the_model_thought_is_committed_with_its_reply_and_counts_towards_its_size()
    {
        AttemptEnd Thinking(string thought) => new AttemptEnd.Succeeded(ReplyOf("Hi") with { Reasoning = thought });

        var committed = Given.Events(Accepted("t1")).WhenResult("t1", 1, Thinking("So \uD83D"));
        Assert.Equal("So \uFFFD", Assert.IsType<ReplyCommitted>(Assert.Single(committed.Events)).Reply.Reasoning);
        var failed = Given.Events(Accepted("t1")).WhenResult("t1", 1, Thinking(Text(Limits.MaxReplyBytes)));
        Assert.IsType<AttemptFailed>(Assert.Single(failed.Events));
    }

    [Fact]
    public void A_reply_of_whole_characters_is_committed_as_it_is() =>
        Given.Events(Accepted("t1")).WhenResult("t1", 1, Success("世界 \uD83D\uDE00")).Then(Committed("t1", 1, "世界 \uD83D\uDE00"));

    [Fact]
    public void Names_that_a_backend_made_up_are_cut_to_the_bound()
    {
        var named = new Reply("Hi", Text(1000), Text(1000), Text(1000), new Usage(null, null));
        var reply = Assert.IsType<ReplyCommitted>(
            Assert.Single(Given.Events(Accepted("t1")).WhenResult("t1", 1, new AttemptEnd.Succeeded(named)).Events)).Reply;

        Assert.All((string[])[reply.Model, reply.Backend, reply.FinishReason], name => Assert.Equal(Limits.MaxModelLength, name.Length));
    }

    [Fact]
    public void Where_an_attempt_ran_and_when_is_kept_with_how_it_ended()
    {
        var trace = new AttemptTrace("b:2") { TakenAt = Time(1), CalledAt = Time(2), FirstTextAt = Time(3), EndedAt = Time(4) };
        var given = Given.Events(Accepted("t1"));

        given.WhenResult("t1", 1, Success() with { Trace = trace }).Then(Committed("t1") with { Trace = trace });
        given.WhenResult("t1", 1, Failure(FailureKind.Provider) with { Trace = trace })
            .Then(Failed("t1", 1, FailureKind.Provider, retryAt: 0.25) with { Trace = trace });
        Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.Content), Failed("t1", 2, FailureKind.Content))
            .WhenResult("t1", 3, Failure(FailureKind.Content) with { Trace = trace })
            .Then(GaveUp("t1", 3, FailureKind.Content) with { Trace = trace });
    }

    [Fact]
    public void Names_in_a_trace_are_cut_to_the_bound()
    {
        var named = new AttemptTrace(Text(1000)) { Backend = Text(1000), Model = Text(1000) };
        var trace = Assert.IsType<ReplyCommitted>(
            Assert.Single(Given.Events(Accepted("t1")).WhenResult("t1", 1, Success() with { Trace = named }).Events)).Trace!;

        Assert.Equal((Limits.MaxNodeLength, Limits.MaxModelLength, Limits.MaxModelLength), (trace.Node.Length, trace.Backend.Length, trace.Model.Length));
    }
}
