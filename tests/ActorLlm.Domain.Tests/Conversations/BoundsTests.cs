using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

public class BoundsTests
{
    [Fact]
    public void The_last_free_place_is_given_and_one_turn_more_is_refused()
    {
        var policy = new ConversationPolicy { MaxPendingTurns = 3 };

        Given.Events(Accepted("t1"), Accepted("t2")).Policy(policy).When(Submit("t3")).Then(Accepted("t3"));
        Given.Events(Accepted("t1"), Accepted("t2"), Accepted("t3")).Policy(policy)
            .When(Submit("t4"))
            .ThenRefused(RejectionCode.TooManyPending, "3 unfinished turns", "Try again later");
    }

    [Fact]
    public void A_repeat_of_a_pending_turn_attaches_although_no_place_is_free() =>
        Given.Events(Accepted("t1")).Policy(new ConversationPolicy { MaxPendingTurns = 1 })
            .When(Submit("t1"))
            .ThenNothing()
            .ThenToldPending();

    [Fact]
    public void Interrupt_makes_room_for_itself() =>
        Given.Events(Accepted("t1")).Policy(new ConversationPolicy { MaxPendingTurns = 1 })
            .When(Submit("t2", overlap: OverlapPolicy.Interrupt))
            .Then(Cancelled("t1", CancelledBy.LaterTurn), Accepted("t2"));

    [Fact]
    public void A_settled_turn_frees_its_place() =>
        Given.Events(Accepted("t1"), Committed("t1")).Policy(new ConversationPolicy { MaxPendingTurns = 1 })
            .When(Submit("t2"))
            .Then(Accepted("t2"));

    [Fact]
    public void Content_of_one_MiB_is_accepted_and_one_byte_more_is_refused()
    {
        Given.Events().When(Submit("t1", Text(Limits.MaxContentBytes))).Then(Accepted("t1", Text(Limits.MaxContentBytes)));
        Given.Events().When(Submit("t1", Text(Limits.MaxContentBytes + 1))).ThenRefused(RejectionCode.TooLarge, "1048577 bytes", "1 MiB");
    }

    [Fact]
    public void The_size_of_content_is_all_its_text_in_UTF8()
    {
        var half = new string('ж', Limits.MaxContentBytes / 4);
        var exact = new TurnContent("", [new Message(Role.System, half), new Message(Role.User, half)], GenerationSettings.Default);

        Assert.Equal(Limits.MaxContentBytes, exact.ByteCount());
        Assert.Single(Given.Events().When(Submit("t1", exact)).Events);
        Given.Events().When(Submit("t1", exact with { Model = "m" })).ThenRefused(RejectionCode.TooLarge);
        Given.Events()
            .When(Submit("t1", exact with { Settings = GenerationSettings.Default with { Stop = ["."] } }))
            .ThenRefused(RejectionCode.TooLarge);
    }

    [Fact]
    public void The_number_of_messages_is_bounded()
    {
        var most = Content("x") with { Messages = [.. Enumerable.Repeat(new Message(Role.User, "x"), Limits.MaxContentMessages)] };

        Assert.Single(Given.Events().When(Submit("t1", most)).Events);
        Given.Events().When(Submit("t1", most with { Messages = most.Messages.Add(new Message(Role.User, "x")) }))
            .ThenRefused(RejectionCode.Invalid, "4097 messages", "at most 4096");
    }

    [Fact]
    public void The_length_of_a_model_name_is_bounded()
    {
        Assert.Single(Given.Events().When(Submit("t1", Content("x") with { Model = Text(Limits.MaxModelLength) })).Events);
        Given.Events().When(Submit("t1", Content("x") with { Model = Text(Limits.MaxModelLength + 1) }))
            .ThenRefused(RejectionCode.Invalid, "257 characters", "at most 256");
    }

    [Fact]
    public void A_turn_without_messages_is_refused() =>
        Given.Events().When(Submit("t1", Content("x") with { Messages = [] })).ThenRefused(RejectionCode.Invalid, "no messages");

    [Fact]
    public void A_known_turn_id_with_messages_that_were_never_set_is_refused() =>
        Given.Events(Accepted("t1")).When(Submit("t1", Content("x") with { Messages = default })).ThenRefused(RejectionCode.TurnIdReused);

    [Theory]
    [InlineData("")]
    [InlineData(" \t\r\n")]
    public void A_turn_whose_messages_are_all_blank_is_refused(string text) =>
        Given.Events().When(Submit("t1", text)).ThenRefused(RejectionCode.Invalid, "empty");

    [Fact]
    public void An_empty_message_beside_one_with_text_is_accepted() =>
        Assert.Single(Given.Events()
            .When(Submit("t1", Content("x") with { Messages = [new Message(Role.System, ""), new Message(Role.User, "x")] }))
            .Events);

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public void An_unknown_role_is_refused(int role) =>
        Given.Events()
            .When(Submit("t1", Content("x") with { Messages = [new Message((Role)role, "x")] }))
            .ThenRefused(RejectionCode.Invalid, "role");

    public static TheoryData<Message, string> BadParts => new()
    {
        { new Message(Role.Tool, "x"), "which call it answers" },
        { new Message(Role.User, "x") { ToolCallId = "c" }, "not a tool's" },
        { new Message(Role.User, "x") { ToolCalls = [new ToolCall("c", "t", "{}")] }, "not the assistant's" },
        { new Message(Role.Assistant, "x") { Images = [new ImagePart(0, "https://example.org/a.png", "")] }, "not the user's" },
        { new Message(Role.User, "x") { Images = [new ImagePart(2, "https://example.org/a.png", "")] }, "outside of its message's text" },
        { new Message(Role.User, "x") { Images = [new ImagePart(1, "https://example.org/a.png", ""), new ImagePart(0, "https://example.org/a.png", "")] }, "before the image" },
        { new Message(Role.User, "x") { Images = [new ImagePart(0, "ftp://example.org/a.png", "")] }, "neither an https:" },
        { new Message(Role.User, "x") { Images = [new ImagePart(0, "data:image/png;base64,?", "")] }, "neither an https:" },
        { new Message(Role.User, "x") { Images = [new ImagePart(0, "data:text/html;base64,AAAA", "")] }, "neither an https:" },
        { new Message(Role.User, "x") { Images = [new ImagePart(0, "data:image/png;base64,AAAA", "")] }, "does not hold an image" },
        { new Message(Role.User, "x") { Images = [new ImagePart(0, "http://169.254.169.254/latest/meta-data", "")] }, "not an address of the public internet" },
        { new Message(Role.User, "x") { Images = [.. Enumerable.Repeat(new ImagePart(0, "https://example.org/a.png", ""), Limits.MaxImages + 1)] }, "65 images" },
        { new Message(Role.Assistant, "x") { ToolCalls = [.. Enumerable.Repeat(new ToolCall("c", "t", "{}"), Limits.MaxTools + 1)] }, "129 tool calls" },
        { new Message(Role.User, "x") { Name = "\ud800" }, "surrogate" },
        { new Message(Role.Assistant, "x") { ToolCalls = [new ToolCall("c", "t", "\ud800")] }, "surrogate" },
    };

    [Theory]
    [MemberData(nameof(BadParts))]
    public void A_part_that_does_not_fit_its_message_is_refused(Message message, string why) =>
        Given.Events().When(Submit("t1", Content("x") with { Messages = [message] })).ThenRefused(RejectionCode.Invalid, why);

    [Fact]
    public void Images_and_tool_calls_count_among_the_bytes()
    {
        var image = new ImagePart(0, "data:image/png;base64,iVBORw0KGgoA" + new string('A', Limits.MaxContentBytes), "");
        Given.Events().When(Submit("t1", Content("x") with { Messages = [new Message(Role.User, "x") { Images = [image] }] }))
            .ThenRefused(RejectionCode.TooLarge, "1 MiB");
    }

    [Fact]
    public void A_turn_with_nothing_but_an_image_or_a_result_is_accepted()
    {
        Assert.Single(Given.Events().When(Submit("t1", Content("x") with { Messages = [new Message(Role.User, "") { Images = [new ImagePart(0, "data:image/png;base64,iVBORw0KGgoA", "low")] }] })).Events);
        Assert.Single(Given.Events().When(Submit("t1", Content("x") with { Messages = [new Message(Role.Tool, "") { ToolCallId = "c" }] })).Events);
    }

    // Empty ones weigh nothing in bytes of text; without a bound of their own they could fill a frame.
    [Fact]
    public void The_number_of_stop_sequences_is_bounded()
    {
        Assert.Single(Given.Events().When(Submit("t1", WithStops(Limits.MaxStopSequences))).Events);
        Given.Events().When(Submit("t1", WithStops(Limits.MaxStopSequences + 1)))
            .ThenRefused(RejectionCode.Invalid, "65 stop sequences", "at most 64");
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_setting_that_is_not_a_number_is_refused(double value)
    {
        var settings = GenerationSettings.Default;

        Refused(settings with { Temperature = value }, "temperature");
        Refused(settings with { TopP = value }, "top_p");
        Refused(settings with { FrequencyPenalty = value }, "frequency_penalty");
        Refused(settings with { PresencePenalty = value }, "presence_penalty");

        static void Refused(GenerationSettings settings, string name) =>
            Given.Events().When(Submit("t1", Content("x") with { Settings = settings })).ThenRefused(RejectionCode.Invalid, name);
    }

    // Attributes are stored as UTF-8, which has no such text: the cases cannot be inline data.
    [Fact]
    public void Text_with_half_a_surrogate_pair_is_refused()
    {
        var content = Content("x");
        foreach (var text in (string[])["\uD83D", "\uDE00", "a\uD83Db", "\uDE00\uD83D", "\uD83D\uDE00\uD83D"])
        {
            Given.Events().When(Submit("t1", text)).ThenRefused(RejectionCode.Invalid, "A message", "Unicode");
            Given.Events().When(Submit("t1", content with { Model = text })).ThenRefused(RejectionCode.Invalid, "The model name");
            Given.Events().When(Submit("t1", content with { Settings = GenerationSettings.Default with { Stop = [text] } }))
                .ThenRefused(RejectionCode.Invalid, "A stop sequence");
        }
    }

    [Theory]
    [InlineData("\uD83D\uDE00")]
    [InlineData("Grüße, 世界, \uD83D\uDE00\uD83D\uDC4D\uD83C\uDFFD!")]
    [InlineData("\0\uFFFE\uFFFD")]
    public void Any_whole_characters_are_accepted(string text) => Given.Events().When(Submit("t1", text)).Then(Accepted("t1", text));

    private static TurnContent WithStops(int count) =>
        Content("x") with { Settings = GenerationSettings.Default with { Stop = [.. Enumerable.Repeat("", count)] } };
}
