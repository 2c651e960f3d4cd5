using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

/// <summary>What is done to a conversation and its items without a call of a model.</summary>
public class ItemTests
{
    private static readonly Message Called = new(Role.Assistant, "Let me look")
    {
        ToolCalls = [new ToolCall("call-1", "look", "{}"), new ToolCall("call-2", "look", "{}")],
    };

    [Fact]
    public void A_turn_that_must_follow_another_one_is_accepted_behind_it() =>
        Given.Events(Accepted("t1"), Committed("t1"))
            .When(Submit("t2") with { After = Turn("t1") })
            .Then(Accepted("t2"));

    [Fact]
    public void A_turn_that_must_follow_another_one_waits_for_it_where_it_has_no_outcome_yet() =>
        Given.Events(Accepted("t1"))
            .When(Submit("t2") with { After = Turn("t1") })
            .ThenToldPending(ahead: 1);

    [Theory]
    [InlineData("t1")]
    [InlineData("t9")]
    public void A_turn_that_must_follow_one_that_is_not_the_last_is_refused(string after) =>
        Given.Events(Accepted("t1"), Committed("t1"), Accepted("t2"))
            .When(Submit("t3") with { After = Turn(after) })
            .ThenRefused(RejectionCode.NotTheLast, after);

    [Fact]
    public void A_turn_does_not_follow_one_that_left_nothing_to_go_on_from()
    {
        Given.Events(Accepted("t1"), GaveUp("t1", 1, FailureKind.Content)).When(Submit("t2") with { After = Turn("t1") }).ThenRefused(RejectionCode.NotTheLast);
        Given.Events(Accepted("t1"), Cancelled("t1")).When(Submit("t2") with { After = Turn("t1") }).ThenRefused(RejectionCode.NotTheLast);
    }

    [Fact]
    public void Only_one_of_two_turns_follows_the_same_one()
    {
        var first = Given.Events(Accepted("t1"), Committed("t1")).When(Submit("t2") with { After = Turn("t1") });

        Given.Events([Accepted("t1"), Committed("t1"), .. first.Events]).When(Submit("t3") with { After = Turn("t1") }).ThenRefused(RejectionCode.NotTheLast);
    }

    [Fact]
    public void A_repeat_of_a_turn_is_the_same_turn_though_others_have_followed() =>
        Given.Events(Accepted("t1"), Committed("t1"), Accepted("t2"), Accepted("t3"))
            .When(Submit("t2") with { After = Turn("t1") })
            .ThenToldPending();

    [Fact]
    public void A_turn_of_a_conversation_that_must_exist_is_refused_where_there_is_none() =>
        Given.Events().When(Submit("t1") with { MustExist = true }).ThenRefused(RejectionCode.NotFound, "no such conversation");

    [Fact]
    public void A_conversation_is_made_once_under_a_key_whatever_was_said_of_it_since()
    {
        var make = new DescribeConversation(Conversation, Turn("m1"), "{}", MustExist: false) { Request = 7 };
        var made = Given.Events().When(make);
        ConversationEvent[] since = [.. made.Events, new ConversationDescribed(Turn("m2"), """{"topic":"b"}""", Start)];

        Given.Events(since).When(make).ThenNothing();
        Given.Events(since).When(make with { Request = 8 }).ThenRefused(RejectionCode.TurnIdReused, "other metadata or items");
        // One that an earlier version made does not say by what.
        Given.Events(new ConversationDescribed(Turn("m1"), "{}", Start)).When(make).ThenNothing();
    }

    [Fact]
    public void Messages_are_added_without_a_reply()
    {
        var added = Given.Events(Accepted("t1"), Committed("t1")).When(new AddItems(Conversation, Turn("a1"), [new Message(Role.User, "Ada")]));

        Assert.IsType<ItemsAdded>(Assert.Single(added.Events));
        added.ThenToldSettled(Outcome.Recorded.Instance);
        Assert.Null(added.State.Head);
        Assert.Equal(["Hello", "Ada"], added.State.History.Select(exchange => exchange.Messages[0].Text));
        Assert.Null(added.State.History.Last().Reply);
    }

    [Fact]
    public void Messages_that_are_added_again_are_there_once_and_others_under_the_same_id_are_refused()
    {
        ConversationEvent[] before = [Accepted("t1"), Committed("t1"), new ItemsAdded(Turn("a1"), [new Message(Role.User, "Ada")], Start)];

        Given.Events(before).When(new AddItems(Conversation, Turn("a1"), [new Message(Role.User, "Ada")])).ThenNothing();
        Given.Events(before).When(new AddItems(Conversation, Turn("a1"), [new Message(Role.User, "Eve")])).ThenRefused(RejectionCode.TurnIdReused);
        Given.Events(before).When(Submit("a1", "Eve")).ThenRefused(RejectionCode.TurnIdReused);
    }

    [Fact]
    public void Nothing_is_added_to_a_conversation_that_is_not_there() =>
        Given.Events().When(new AddItems(Conversation, Turn("a1"), [new Message(Role.User, "Ada")])).ThenRefused(RejectionCode.NotFound);

    [Fact]
    public void An_item_that_was_deleted_is_not_shown_to_the_model_and_the_others_keep_their_places()
    {
        var exchange = new Exchange(Turn("t1"), [new Message(Role.User, "Look"), Called], ReplyOf("Done"));

        Assert.Equal(5, exchange.Positions);
        Assert.Equal(["Let me look"], (exchange with { Deleted = [0] }).Shown().Messages.Select(message => message.Text));
        var half = (exchange with { Deleted = [1, 2] }).Shown().Messages[1];
        Assert.Equal("", half.Text);
        Assert.Equal(["call-2"], half.ToolCalls.Select(call => call.Id));
        Assert.Single((exchange with { Deleted = [1, 2, 3] }).Shown().Messages);
        Assert.Null((exchange with { Deleted = [4] }).Shown().Reply);
        Assert.Equal("Done", (exchange with { Deleted = [3] }).Shown().Reply!.Text);
    }

    [Theory]
    [InlineData("t1", 2)]
    [InlineData("t1", -1)]
    [InlineData("t9", 0)]
    public void An_item_that_is_not_there_is_not_deleted(string turn, int position) =>
        Given.Events(Accepted("t1"), Committed("t1")).When(new DeleteItem(Conversation, Turn(turn), position)).ThenRefused(RejectionCode.NotFound);

    [Fact]
    public void An_item_is_deleted_once_however_often_it_is_asked_for()
    {
        var once = Given.Events(Accepted("t1"), Committed("t1")).When(new DeleteItem(Conversation, Turn("t1"), 1)).Then(new ItemDeleted(Turn("t1"), 1, Start));

        Given.Events([Accepted("t1"), Committed("t1"), .. once.Events]).When(new DeleteItem(Conversation, Turn("t1"), 1)).ThenNothing();
    }

    [Fact]
    public void A_deleted_turn_is_out_of_the_history_and_unknown_and_its_id_stays_used()
    {
        ConversationEvent[] gone = [Accepted("t1"), Committed("t1"), new TurnDeleted(Turn("t1"), Start)];

        Given.Events(Accepted("t1"), Committed("t1")).When(new DeleteTurn(Conversation, Turn("t1"))).Then(new TurnDeleted(Turn("t1"), Start));
        Assert.Empty(Fold(gone).History);
        Given.Events(gone).When(Get("t1")).ThenRefused(RejectionCode.NotFound);
        Given.Events(gone).When(Submit("t1")).ThenRefused(RejectionCode.NotFound);
        Given.Events(gone).When(Submit("t1", "other")).ThenRefused(RejectionCode.TurnIdReused);
        Given.Events(gone).When(Submit("t2") with { After = Turn("t1") }).ThenRefused(RejectionCode.NotTheLast);
        Given.Events(gone).When(new DeleteTurn(Conversation, Turn("t1"))).ThenNothing();
    }

    [Fact]
    public void A_turn_that_is_deleted_while_it_runs_is_cancelled() =>
        Given.Events(Accepted("t1")).When(new DeleteTurn(Conversation, Turn("t1"))).Then(Cancelled("t1"), new TurnDeleted(Turn("t1"), Start));

    [Fact]
    public void A_conversation_comes_into_being_by_its_description()
    {
        var made = Given.Events().When(new DescribeConversation(Conversation, Turn("d"), "{}", MustExist: false));

        made.Then(new ConversationDescribed(Turn("d"), "{}", Start));
        Assert.True(made.State.Exists);
        Given.Events().When(new DescribeConversation(Conversation, Turn("d"), "{}", MustExist: true)).ThenRefused(RejectionCode.NotFound);
        Given.Events(made.Events).When(new DescribeConversation(Conversation, Turn("again"), "{\"late\":1}", MustExist: false)).ThenNothing();
    }

    [Fact]
    public void Metadata_beyond_their_bound_are_refused() =>
        Given.Events()
            .When(new DescribeConversation(Conversation, Turn("d"), Text(Limits.MaxMetadataBytes + 1), MustExist: false))
            .ThenRefused(RejectionCode.TooLarge, "65536");

    [Fact]
    public void A_deleted_conversation_is_empty_and_takes_nothing_more()
    {
        var deleted = Given.Events(Accepted("t1"), Committed("t1"), Accepted("t2")).When(new DeleteConversation(Conversation, Turn("d")));
        deleted.Then(Cancelled("t2"), new ConversationDeleted(Turn("d"), Start));
        var after = Given.Events([Accepted("t1"), Committed("t1"), Accepted("t2"), .. deleted.Events]);

        Assert.Empty(deleted.State.History);
        Assert.False(deleted.State.Exists);
        after.When(Submit("t3")).ThenRefused(RejectionCode.NotFound, "deleted");
        after.When(new AddItems(Conversation, Turn("a1"), [new Message(Role.User, "Ada")])).ThenRefused(RejectionCode.NotFound);
        after.When(new DescribeConversation(Conversation, Turn("d2"), "{}", MustExist: false)).ThenRefused(RejectionCode.NotFound);
        after.When(new DeleteConversation(Conversation, Turn("d3"))).ThenNothing();
        after.When(new ReadTurn(Conversation, Turn("t1"))).ThenRefused(RejectionCode.NotFound, "deleted");
    }

    [Fact]
    public void Instructions_and_notes_are_part_of_what_was_asked()
    {
        var content = Content("Hello");

        Assert.NotEqual(content.Fingerprint(), (content with { Instructions = "Be brief" }).Fingerprint());
        Assert.NotEqual((content with { Instructions = "x" }).Fingerprint(), (content with { Note = "x" }).Fingerprint());
    }
}
