using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

/// <summary>What another module or a human does, and how a turn waits for it.</summary>
public class AwaitedStepTests
{
    private static readonly ConversationEvent[] Waiting = [Accepted("t1"), ChildBegun("t1"), Suspended("t1")];

    [Fact]
    public void A_child_is_recorded_with_the_modules_before_it_and_owed_from_then_on()
    {
        Given.Events(Accepted("t1")).At(1).WhenStep(Begin("t1", 1, Child())).Then(ChildBegun("t1", at: 1)).ThenStands(begunBy: 1);

        var child = Assert.Single(Given.Events(Accepted("t1", deadline: 60), ChildBegun("t1")).Children);
        var request = child.Request(Conversation, Time(20));
        Assert.True(child.IsWanted);
        Assert.Equal((ConversationId.Of("c1~t1~c1"), Turn("c1"), TimeSpan.FromSeconds(40)), (request.Conversation, request.Turn, request.Deadline));
        Assert.Equal(("images", new ParentStep(Conversation, Turn("t1"), "c1")), (request.Content.Model, request.Content.Parent));
        Assert.Equal([""], request.Content.Lineage.ToArray());
    }

    [Fact]
    public void The_same_child_is_asked_for_again_by_a_later_attempt_without_being_recorded_again() =>
        Given.Events(Accepted("t1"), ChildBegun("t1"), Failed("t1", 1, FailureKind.WorkerLost)).WhenStep(Begin("t1", 2, Child())).ThenNothing().ThenStands(begunBy: 1);

    [Fact]
    public void An_attempt_that_waits_ends_and_none_starts_while_what_it_waits_for_is_open()
    {
        Given.Events(Waiting[..2]).At(1).WhenResult("t1", 1, new AttemptEnd.Suspended()).Then(Suspended("t1", at: 1));
        Given.Events(Waiting).At(9999).WhenSupervised().ThenWaitsUntil(null);
        Given.Events(Waiting).At(9999).WhenRecovered().ThenWaitsUntil(null);
        Given.Events(Waiting).WhenSupervised(new HeadRun(Turn("t1"), 1, Start, Queued: false)).ThenStops(new HeadRun(Turn("t1"), 1, Start, Queued: false));
    }

    [Fact]
    public void The_next_attempt_starts_when_all_that_is_waited_for_has_ended_and_is_given_it()
    {
        ConversationEvent[] two = [Accepted("t1"), ChildBegun("t1"), ApprovalBegun("t1"), Suspended("t1"), ChildEnded("t1", at: 2)];

        Given.Events(two).At(3).WhenSupervised().ThenWaitsUntil(null);
        Given.Events([.. two, StepEnded("t1", "a1", StepOutcome.Granted)]).At(3).WhenSupervised().ThenStarts("t1", 2);
        Given.Events([.. two, StepEnded("t1", "a1", StepOutcome.Granted)]).At(3)
            .WhenStep(Begin("t1", 2, Child()))
            .ThenNothing()
            .ThenStands(1, new StepEnd(StepOutcome.Done, "Hello to you", "", Time(2)));
    }

    [Fact]
    public void What_ends_before_the_attempt_says_that_it_waits_lets_the_next_start_at_once() =>
        Given.Events(Accepted("t1"), ChildBegun("t1"), ChildEnded("t1"), Suspended("t1")).WhenSupervised().ThenStarts("t1", 2);

    [Fact]
    public void An_attempt_that_is_lost_while_its_child_runs_is_followed_by_another() =>
        Given.Events(Accepted("t1"), ChildBegun("t1"), Failed("t1", 1, FailureKind.WorkerLost)).WhenSupervised().ThenStarts("t1", 2);

    [Fact]
    public void Suspended_attempts_are_no_failures_and_count_against_no_bound()
    {
        ConversationEvent[] events =
        [
            Accepted("t1"), Failed("t1", 1, FailureKind.Provider, at: 1),
            ChildBegun("t1", attempt: 2), Suspended("t1", 2, at: 2), ChildEnded("t1", at: 999_999),
        ];

        Given.Events(events).When(Get("t1")).ThenToldPending(failedAttempts: 1);
        // The provider failed long ago, and has answered since.
        Given.Events(events).At(1_000_000).WhenResult("t1", 3, Failure(FailureKind.Provider))
            .Then(Failed("t1", 3, FailureKind.Provider, at: 1_000_000, retryAt: 1_000_000.25));
        Given.Events([.. events, Committed("t1", 3)]).When(Get("t1")).ThenTold<TurnSettled>(settled => Assert.Equal(3, settled.Attempts));
    }

    [Fact]
    public void A_repeat_of_the_word_that_an_attempt_waits_changes_nothing() =>
        Given.Events(Waiting).WhenResult("t1", 1, new AttemptEnd.Suspended()).ThenNothing();

    [Fact]
    public void An_attempt_that_waits_for_nothing_has_failed() =>
        Given.Events(Accepted("t1")).At(1).WhenResult("t1", 1, new AttemptEnd.Suspended()).Then(Failed(
            "t1", 1, FailureKind.Content, at: 1, retryAt: 1.25, reason: "The module's attempt ended to wait, and there is nothing that it waits for."));

    [Fact]
    public void A_turn_that_waits_keeps_its_deadline()
    {
        var given = Given.Events(Accepted("t1", deadline: 60), ChildBegun("t1"), Suspended("t1"));

        given.At(5).WhenSupervised().ThenWaitsUntil(60);
        given.At(60).WhenSupervised().ThenPersists(GaveUp("t1", 1, FailureKind.Deadline, at: 60, reason: "The turn's deadline passed."));
    }

    [Fact]
    public void The_reply_of_an_attempt_that_was_given_up_is_taken_also_while_the_turn_waits() =>
        Given.Events(Accepted("t1"), Failed("t1", 1, FailureKind.WorkerLost), ChildBegun("t1", 2), Suspended("t1", 2))
            .WhenResult("t1", 1, Success())
            .Then(Committed("t1", 1));

    [Fact]
    public void A_child_is_wanted_until_it_ends()
    {
        Given.Events(Waiting).At(4).WhenChildEnds("t1", "c1", StepOutcome.Failed, "503").Then(ChildEnded("t1", "c1", StepOutcome.Failed, "503", at: 4));
        Given.Events([.. Waiting, ChildEnded("t1")]).WhenChildEnds("t1", "c1", StepOutcome.Done, "again").ThenNothing();
        Assert.Empty(Given.Events([.. Waiting, ChildEnded("t1")]).Children);
    }

    public static TheoryData<string> Ends => ["cancelled", "failed", "committed", "deleted", "interrupted"];

    [Theory]
    [MemberData(nameof(Ends))]
    public void A_turn_that_ends_owes_its_open_children_their_end_until_they_have_it(string end)
    {
        ConversationEvent[] ending = end switch
        {
            "cancelled" => [Cancelled("t1")],
            "failed" => [GaveUp("t1", 1, FailureKind.Deadline)],
            "committed" => [Committed("t1")],
            "deleted" => [Cancelled("t1"), new ConversationDeleted(Turn("d"), Start)],
            _ => [Cancelled("t1", CancelledBy.LaterTurn), Accepted("t2")],
        };
        var given = Given.Events([.. Waiting, .. ending]);

        var child = Assert.Single(given.Children);
        Assert.Equal((Turn("t1"), "c1", false), (child.Turn, child.Key, child.IsWanted));
        given.At(4).WhenChildEnds("t1", "c1", StepOutcome.Cancelled, "gone").Then(ChildEnded("t1", "c1", StepOutcome.Cancelled, "", at: 4));
        Assert.Empty(Given.Events([.. Waiting, .. ending, ChildEnded("t1", outcome: StepOutcome.Cancelled, result: "")]).Children);
    }

    [Fact]
    public void A_module_may_not_occur_in_its_own_chain() =>
        Given.Events(AcceptedBy("a", "b")).At(1)
            .WhenStep(Begin("t1", 1, Child(module: "b")))
            .Then(ChildBegun("t1", module: "b", at: 1, lineage: ["b", "a"]), ChildEnded(
                "t1", "c1", StepOutcome.Failed, "The module 'b' would be asked by itself: b -> a -> b. A module may occur once in a chain.", at: 1));

    [Fact]
    public void A_module_may_not_ask_itself() =>
        Assert.Contains("a -> a", StepRules.LineageError(Content("x") with { Model = "a" }, "a"), StringComparison.Ordinal);

    [Fact]
    public void A_chain_of_modules_is_bounded()
    {
        var seven = Enumerable.Range(1, 7).Select(n => $"m{n}").ToArray();

        Assert.Null(StepRules.LineageError(Content("x") with { Model = "m7", Lineage = [.. seven[..6]] }, "m8"));
        Assert.Contains("8 modules, the most allowed", StepRules.LineageError(Content("x") with { Model = "m8", Lineage = [.. seven] }, "m9"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_child_is_checked_as_any_turn_is() =>
        Given.Events(Accepted("t1")).WhenStep(Begin("t1", 1, Child(text: ""))).ThenRefused("Every message of the turn is empty");

    [Fact]
    public void A_childs_conversation_is_its_parents_with_turn_and_key_and_cannot_be_another_ones()
    {
        Assert.Equal("acme/a~t~k", ChildTurn.ConversationOf(ConversationId.Of("acme", "a"), Turn("t"), "k").Value);
        Assert.Equal("acme/a~t~k~u~l", ChildTurn.ConversationOf(ConversationId.Of("acme", "a~t~k"), Turn("u"), "l").Value);

        var longer = ChildTurn.ConversationOf(ConversationId.Of("acme", Text(120)), Turn("turn-1"), "key");
        Assert.StartsWith("acme/~", longer.Value, StringComparison.Ordinal);
        Assert.Equal(65, longer.Name.Length);
        Assert.NotEqual(
            ChildTurn.ConversationOf(ConversationId.Of("a"), Turn("t~k"), "l"), ChildTurn.ConversationOf(ConversationId.Of("a~t"), Turn("k"), "l"));
    }

    [Fact]
    public void A_childs_outcome_is_its_steps()
    {
        Assert.Equal((StepOutcome.Done, "Hello to you"), ChildTurn.EndOf(new Outcome.Committed(Answer)));
        Assert.Equal((StepOutcome.Failed, "503"), ChildTurn.EndOf(new Outcome.Failed(FailureKind.Provider, "503")));
        Assert.Equal(StepOutcome.Cancelled, ChildTurn.EndOf(new Outcome.Cancelled(CancelledBy.Client)).Outcome);
    }

    private static TurnAccepted AcceptedBy(string module, params string[] lineage) =>
        new(Turn("t1"), Content("Hello") with { Model = module, Lineage = [.. lineage] }, null, Start);
}
