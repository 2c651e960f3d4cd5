using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Serialization.Tests;

/// <summary>What the domain lets through fits into a frame: a frame that is too large is dropped in silence.</summary>
public class FrameTests
{
    // What Akka.Remote writes around a message: addresses, the sender, the manifest.
    private const int Envelope = 64 * 1024;

    private static readonly string LongId = new('i', Limits.MaxIdLength);
    private static readonly string LongModel = new('m', Limits.MaxModelLength);
    private static readonly ConversationId LongConversation = ConversationId.Of(new string('t', Limits.MaxTenantLength), LongId);

    private static readonly TurnContent LargeText = Content(Text(Limits.MaxContentBytes));

    private static readonly TurnContent ManyMessages = new(
        LongModel,
        [new Message(Role.User, Text(Limits.MaxContentBytes - LongModel.Length)), .. Enumerable.Repeat(new Message(Role.Assistant, ""), Limits.MaxContentMessages - 1)],
        GenerationSettings.Default with { Stop = [.. Enumerable.Repeat("", Limits.MaxStopSequences)] });

    private static readonly Reply LargeReply = new(Text(Limits.MaxReplyBytes), LongModel, LongModel, LongModel, new Usage(long.MaxValue, long.MaxValue));

    public static TheoryData<string> Contents => ["large text", "many messages"];

    [Theory]
    [MemberData(nameof(Contents))]
    public void The_largest_turn_fits(string kind)
    {
        var content = Largest(kind);
        Assert.Null(ContentRules.Error(content));

        Fits(new SubmitTurn(LongConversation, Turn(LongId), content, OverlapPolicy.Interrupt, Limits.MaxDeadline, true, true));
        Fits(new TurnAccepted(Turn(LongId), content, Start, Start));
    }

    [Theory]
    [MemberData(nameof(Contents))]
    public void The_largest_attempt_fits_with_the_largest_last_turn_in_its_history(string kind)
    {
        var content = Largest(kind);
        var state = Settled([(content, LargeReply)]);

        Fits(new RunAttempt(new AttemptKey(LongConversation, Turn(LongId), 1), content, state.History));
    }

    [Theory]
    [MemberData(nameof(Contents))]
    public void The_largest_attempt_fits_with_a_full_history_of_ordinary_turns(string kind)
    {
        var state = Settled(Enumerable.Repeat((Content(Text(500)), ReplyOf(Text(500))), Limits.MaxHistoryTurns));

        Fits(new RunAttempt(new AttemptKey(LongConversation, Turn(LongId), 1), Largest(kind), state.History));
        Fits(View(state));
    }

    [Fact]
    public void The_largest_attempt_fits_with_a_history_of_nothing_but_empty_messages()
    {
        var empty = new TurnContent("", [new Message(Role.User, "x"), .. Enumerable.Repeat(new Message(Role.User, ""), Limits.MaxContentMessages - 1)], GenerationSettings.Default);
        var state = Settled(Enumerable.Repeat((empty, ReplyOf("")), 300));

        Fits(new RunAttempt(new AttemptKey(LongConversation, Turn(LongId), 1), ManyMessages, state.History));
        Fits(View(state));
    }

    [Fact]
    public void The_largest_reply_fits()
    {
        var key = new AttemptKey(LongConversation, Turn(LongId), int.MaxValue);

        Fits(new AttemptResult(key, new AttemptEnd.Succeeded(LargeReply)));
        Fits(new ReplyCommitted(key.Turn, key.Attempt, LargeReply, Start));
        Fits(new TurnSettled(LongConversation, key.Turn, new Outcome.Committed(LargeReply), int.MaxValue, true, Start));
        Fits(new StreamChunk(key, 0, LargeReply.Text));
    }

    // The bound of an exchange is what it may take at most, so that the domain can keep it without knowing the wire.
    [Theory]
    [InlineData(1, "")]
    [InlineData(1, "Hello")]
    [InlineData(100, "")]
    [InlineData(4096, "x")]
    public void The_domain_never_thinks_an_exchange_smaller_than_it_is(int messages, string text)
    {
        var exchange = new Exchange(Turn(LongId), [.. Enumerable.Repeat(new Message(Role.User, text), messages)], LargeReply);
        var written = Wire.Write(new ConversationView(Conversation, 0, [], [exchange])).Length;
        var around = Wire.Write(new ConversationView(Conversation, 0, [], [])).Length;

        Assert.InRange(written - around, 1, ConversationState.BytesOf(exchange));
    }

    private static TurnContent Largest(string kind) => kind == "large text" ? LargeText : ManyMessages;

    private static ConversationState Settled(IEnumerable<(TurnContent Content, Reply Reply)> turns) =>
        Fold(turns.Index().SelectMany(turn => (ConversationEvent[])
        [
            new TurnAccepted(LongTurn(turn.Index), turn.Item.Content, null, Start),
            new ReplyCommitted(LongTurn(turn.Index), 1, turn.Item.Reply, Start),
        ]));

    private static TurnId LongTurn(int n) => Turn($"{n:D6}{LongId}"[..Limits.MaxIdLength]);

    private static ConversationView View(ConversationState state) =>
        new(LongConversation, long.MaxValue, [.. Enumerable.Repeat(Turn(LongId), 1000)], [.. state.History]);

    private static void Fits(object message) => Assert.InRange(Wire.Write(message).Length, 1, Limits.MaxFrameBytes - Envelope);
}
