using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

/// <summary>Calls of tools that are not silently repeated.</summary>
public class ToolStepTests
{
    private static readonly StepEnd Done = new(StepOutcome.Done, "ok", "", Time(2));

    [Fact]
    public void The_intent_to_call_is_recorded_before_the_worker_is_told_to_call() =>
        Given.Events(Accepted("t1")).At(1)
            .WhenStep(Begin("t1", 1, Tool()))
            .Then(ToolBegun("t1", at: 1))
            .ThenStands(begunBy: 1);

    [Fact]
    public void An_intent_that_is_sent_again_by_its_attempt_is_recorded_once() =>
        Given.Events(Accepted("t1"), ToolBegun("t1")).WhenStep(Begin("t1", 1, Tool())).ThenNothing().ThenStands(begunBy: 1);

    [Fact]
    public void What_came_of_it_is_recorded_and_said_again_when_it_is_sent_again()
    {
        Given.Events(Accepted("t1"), ToolBegun("t1")).At(2).WhenStep(End("t1", 1)).Then(StepEnded("t1", at: 2)).ThenStands(1, Done);
        Given.Events(Accepted("t1"), ToolBegun("t1"), StepEnded("t1", at: 2)).At(3).WhenStep(End("t1", 1)).ThenNothing().ThenStands(1, Done);
    }

    [Fact]
    public void A_later_attempt_is_given_what_is_recorded() =>
        Given.Events(Accepted("t1"), ToolBegun("t1"), StepEnded("t1", at: 2), Failed("t1", 1, FailureKind.WorkerLost))
            .WhenStep(Begin("t1", 2, Tool()))
            .ThenNothing()
            .ThenStands(begunBy: 1, Done);

    [Fact]
    public void An_intent_without_an_outcome_is_told_to_a_later_attempt_as_begun_by_another() =>
        Given.Events(Accepted("t1"), ToolBegun("t1"), Failed("t1", 1, FailureKind.WorkerLost))
            .WhenStep(Begin("t1", 2, Tool()))
            .ThenNothing()
            .ThenStands(begunBy: 1);

    [Fact]
    public void A_later_attempt_calls_once_more_only_when_its_module_asks_to() =>
        Given.Events(Accepted("t1"), ToolBegun("t1"), Failed("t1", 1, FailureKind.WorkerLost)).At(5)
            .WhenStep(Begin("t1", 2, Tool(), again: true))
            .Then(ToolBegun("t1", attempt: 2, at: 5))
            .ThenStands(begunBy: 2);

    [Fact]
    public void What_is_known_is_never_called_once_more() =>
        Given.Events(Accepted("t1"), ToolBegun("t1"), StepEnded("t1", at: 2), Failed("t1", 1, FailureKind.WorkerLost))
            .WhenStep(Begin("t1", 2, Tool(), again: true))
            .ThenNothing()
            .ThenStands(begunBy: 1, Done);

    [Fact]
    public void An_attempt_that_was_given_up_begins_nothing_but_may_say_what_came_of_its_call()
    {
        var given = Given.Events(Accepted("t1"), ToolBegun("t1"), Failed("t1", 1, FailureKind.WorkerLost)).At(2);

        given.WhenStep(Begin("t1", 1, Tool("k2"))).ThenStale();
        given.WhenStep(End("t1", 1)).Then(StepEnded("t1", at: 2)).ThenStands(1, Done);
    }

    [Fact]
    public void The_first_word_on_what_came_of_it_stays() =>
        Given.Events(Accepted("t1"), ToolBegun("t1"), Failed("t1", 1, FailureKind.WorkerLost), ToolBegun("t1", attempt: 2), StepEnded("t1", at: 2))
            .WhenStep(End("t1", 2, result: "another"))
            .ThenNothing()
            .ThenStands(2, Done);

    [Fact]
    public void A_settled_turn_takes_no_steps()
    {
        var given = Given.Events(Accepted("t1"), ToolBegun("t1"), Cancelled("t1"));

        given.WhenStep(Begin("t1", 1, Tool("k2"))).ThenStale();
        given.WhenStep(End("t1", 1)).ThenStale();
        given.WhenStep(Begin("never", 1, Tool())).ThenStale();
    }

    [Fact]
    public void A_turn_that_waits_behind_another_takes_none() =>
        Given.Events(Accepted("t1"), Accepted("t2")).WhenStep(Begin("t2", 1, Tool())).ThenStale();

    [Theory]
    [InlineData("k1", "refund", "{\"amount\":6}")]
    [InlineData("k1", "charge", "{\"amount\":5}")]
    public void A_key_that_was_used_for_another_step_is_an_error_of_the_module(string key, string name, string arguments) =>
        Given.Events(Accepted("t1"), ToolBegun("t1")).WhenStep(Begin("t1", 1, Tool(key, name, arguments))).ThenRefused("'k1'", "as another one");

    [Fact]
    public void A_tools_key_is_no_approvals() =>
        Given.Events(Accepted("t1"), ToolBegun("t1")).WhenStep(Begin("t1", 1, Approval("k1"))).ThenRefused("as another one");

    [Fact]
    public void An_outcome_without_an_intent_is_refused()
    {
        Given.Events(Accepted("t1")).WhenStep(End("t1", 1)).ThenRefused("no tool's step 'k1'");
        Given.Events(Accepted("t1"), ApprovalBegun("t1", key: "k1")).WhenStep(End("t1", 1)).ThenRefused("no tool's step 'k1'");
    }

    [Theory]
    [InlineData("", "refund", "empty")]
    [InlineData("a b", "refund", "U+0020")]
    [InlineData("k1", "", "of 0 characters")]
    public void A_step_must_be_named(string key, string name, string said) =>
        Given.Events(Accepted("t1")).WhenStep(Begin("t1", 1, Tool(key, name))).ThenRefused(said);

    [Fact]
    public void A_turn_has_a_bounded_number_of_steps_of_a_bounded_size()
    {
        ConversationEvent[] many = [Accepted("t1"), .. Enumerable.Range(1, Limits.MaxStepsPerTurn).Select(n => ToolBegun("t1", key: $"k{n}"))];
        ConversationEvent[] large = [Accepted("t1"), .. Enumerable.Range(2, 4).SelectMany(n => (ConversationEvent[])
            [ToolBegun("t1", key: $"k{n}"), StepEnded("t1", $"k{n}", result: Text(Limits.MaxStepBytes - 100))])];

        Given.Events(many).WhenStep(Begin("t1", 1, Tool("one-more"))).ThenRefused("64 steps");
        Given.Events(Accepted("t1")).WhenStep(Begin("t1", 1, Tool(arguments: Text(Limits.MaxStepBytes)))).ThenRefused("at most 1048576");
        Given.Events(large).WhenStep(Begin("t1", 1, Tool(arguments: Text(1000)))).ThenRefused("at most 4194304");
    }

    [Fact]
    public void A_result_that_is_too_large_to_be_kept_ends_the_step_as_failed() =>
        Given.Events(Accepted("t1"), ToolBegun("t1")).At(2)
            .WhenStep(End("t1", 1, result: Text(Limits.MaxStepBytes + 1)))
            .Then(StepEnded("t1", outcome: StepOutcome.Failed, result: "The result has 1048577 bytes; at most 1048576 are kept.", at: 2));

    [Fact]
    public void A_turn_with_tools_runs_and_ends_as_any_other()
    {
        var given = Given.Events(Accepted("t1"), ToolBegun("t1"), StepEnded("t1"));

        given.WhenSupervised().ThenStarts("t1", 1);
        given.WhenResult("t1", 1, Success()).Then(Committed("t1"));
        Assert.Empty(given.Children);
    }
}
