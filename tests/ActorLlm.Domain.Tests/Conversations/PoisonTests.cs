using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

public class PoisonTests
{
    [Fact]
    public void The_third_failure_of_content_ends_the_turn()
    {
        Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.Content))
            .WhenResult("t1", 2, Failure(FailureKind.Content))
            .Then(Failed("t1", 2, FailureKind.Content, retryAt: 0.5));

        Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.Content), Failed("t1", 2, FailureKind.Content))
            .WhenResult("t1", 3, Failure(FailureKind.Content, "400 bad request"))
            .Then(GaveUp("t1", 3, FailureKind.Content, reason: "400 bad request"));
    }

    [Fact]
    public void The_third_answer_that_is_of_no_use_ends_the_turn_be_it_the_contents_fault_or_not()
    {
        Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.AnswerUnusable))
            .WhenResult("t1", 2, Failure(FailureKind.AnswerUnusable))
            .Then(Failed("t1", 2, FailureKind.AnswerUnusable, retryAt: 0.5));

        Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.Content), Failed("t1", 2, FailureKind.AnswerUnusable))
            .WhenResult("t1", 3, Failure(FailureKind.AnswerUnusable))
            .Then(GaveUp("t1", 3, FailureKind.AnswerUnusable));
    }

    [Fact]
    public void The_third_failure_of_a_module_ends_the_turn_and_counts_as_one_of_content()
    {
        Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.Module))
            .WhenResult("t1", 2, Failure(FailureKind.Module))
            .Then(Failed("t1", 2, FailureKind.Module, retryAt: 0.5));

        Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.Content), Failed("t1", 2, FailureKind.Module))
            .WhenResult("t1", 3, Failure(FailureKind.Module))
            .Then(GaveUp("t1", 3, FailureKind.Module));
    }

    [Fact]
    public void A_failure_that_is_final_ends_the_turn_whatever_its_kind_allows() =>
        Given.Events(Accepted("t1"))
            .WhenResult("t1", 1, new AttemptEnd.Failed(FailureKind.Content, "unreadable", null) { Final = true })
            .Then(GaveUp("t1", 1, FailureKind.Content, reason: "unreadable"));

    [Fact]
    public void A_turn_whose_provider_has_no_credit_is_tried_three_times_and_not_for_an_hour()
    {
        Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.NoCredit))
            .WhenResult("t1", 2, Failure(FailureKind.NoCredit))
            .Then(Failed("t1", 2, FailureKind.NoCredit, retryAt: 0.5));

        Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.NoCredit), Failed("t1", 2, FailureKind.NoCredit))
            .WhenResult("t1", 3, Failure(FailureKind.NoCredit, "402"))
            .Then(GaveUp("t1", 3, FailureKind.NoCredit, reason: "402"));
    }

    [Fact]
    public void The_tenth_loss_of_a_worker_ends_the_turn()
    {
        Given.Events([Accepted("t1"), .. Repeat(8, n => Failed("t1", n, FailureKind.WorkerLost))])
            .WhenResult("t1", 9, Failure(FailureKind.WorkerLost))
            .Then(Failed("t1", 9, FailureKind.WorkerLost, retryAt: 0.05));

        Given.Events([Accepted("t1"), .. Repeat(9, n => Failed("t1", n, FailureKind.WorkerLost))])
            .WhenResult("t1", 10, Failure(FailureKind.WorkerLost))
            .Then(GaveUp("t1", 10, FailureKind.WorkerLost));
    }

    [Fact]
    public void Each_kind_of_failure_is_counted_alone()
    {
        var state = Fold(
            Accepted("t1"),
            Failed("t1", 1, FailureKind.Content),
            Failed("t1", 2, FailureKind.WorkerLost),
            Failed("t1", 3, FailureKind.Provider),
            Failed("t1", 4, FailureKind.WorkerLost),
            Failed("t1", 5, FailureKind.Interrupted));

        var head = state.Head!;
        Assert.Equal((1, 2, 1, 5), (head.ContentFailures, head.WorkerLosses, head.ProviderFailures, head.FailedAttempts));
    }

    [Fact]
    public void Provider_failures_do_not_count_against_the_turn() =>
        Given.Events([Accepted("t1"), .. Repeat(200, n => Failed("t1", n, FailureKind.Provider))])
            .WhenResult("t1", 201, Failure(FailureKind.Content))
            .Then(Failed("t1", 201, FailureKind.Content, retryAt: 0.25));

    [Fact]
    public void The_limits_are_the_operators()
    {
        var strict = new ConversationPolicy { MaxContentFailures = 1, MaxWorkerLosses = 1 };

        Given.Events(Accepted("t1")).Policy(strict)
            .WhenResult("t1", 1, Failure(FailureKind.Content)).Then(GaveUp("t1", 1, FailureKind.Content));
        Given.Events(Accepted("t1")).Policy(strict)
            .WhenResult("t1", 1, Failure(FailureKind.WorkerLost)).Then(GaveUp("t1", 1, FailureKind.WorkerLost));
    }

    // Whatever it means, trying it again for ever is not the answer.
    [Theory]
    [InlineData(FailureKind.Deadline)]
    [InlineData((FailureKind)99)]
    public void A_failure_that_no_rule_tries_again_ends_the_turn(FailureKind kind) =>
        Given.Events(Accepted("t1"))
            .WhenResult("t1", 1, Failure(kind))
            .Then(GaveUp("t1", 1, kind));

    [Fact]
    public void A_turn_behind_a_poisonous_one_starts_with_clean_counts()
    {
        var state = Fold(
            [Accepted("t1"), Accepted("t2"), .. Repeat(9, n => Failed("t1", n, FailureKind.WorkerLost)), GaveUp("t1", 10, FailureKind.WorkerLost)]);

        Assert.Equal(("t2", 1, 0), (state.Head!.Id.Value, state.Head.NextAttempt, state.Head.WorkerLosses));
    }
}
