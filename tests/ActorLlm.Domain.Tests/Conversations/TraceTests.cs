using ActorLlm.Domain.Conversations;

namespace ActorLlm.Domain.Tests.Conversations;

/// <summary>What a conversation keeps for those who read traces, and what it shows to those who read logs.</summary>
public class TraceTests
{
    private static readonly TraceContext Trace = new(7, 9);

    [Fact]
    public void The_trace_of_a_request_is_stored_with_its_turn()
    {
        var decision = Decider.Decide(ConversationState.Empty, Some.Submit("1") with { Trace = Trace }, At);

        var accepted = Assert.IsType<TurnAccepted>(Assert.Single(decision.Events));
        Assert.Equal(Trace, accepted.Trace);
        Assert.Equal(Trace, Some.Fold([accepted]).Head!.Trace);
    }

    [Fact]
    public void A_turn_sent_again_stays_in_the_trace_of_its_first_request()
    {
        var state = Some.Fold([new TurnAccepted(Some.Turn("1"), Some.Content("Hello"), null, Some.Start) { Trace = Trace }]);

        var again = Decider.Decide(state, Some.Submit("1") with { Trace = new TraceContext(1, 2) }, At);

        Assert.Empty(again.Events);
        Assert.Equal(Trace, state.Head!.Trace);
    }

    [Fact]
    public void The_next_attempt_knows_the_span_of_the_last_one_that_failed()
    {
        ConversationEvent[] events =
        [
            new TurnAccepted(Some.Turn("1"), Some.Content("Hello"), null, Some.Start) { Trace = Trace },
            new AttemptFailed(Some.Turn("1"), 1, FailureKind.Provider, "503", Some.Start, Some.Start) { SpanId = 11 },
            new AttemptFailed(Some.Turn("1"), 2, FailureKind.Provider, "503", Some.Start, Some.Start) { SpanId = 12 },
        ];

        Assert.Equal(12UL, Some.Fold(events).Head!.FailedSpanId);
        Assert.Null(Some.Fold([.. events, new AttemptFailed(Some.Turn("1"), 3, FailureKind.Provider, "503", Some.Start, Some.Start)]).Head!.FailedSpanId);
    }

    [Fact]
    public void What_is_printed_of_a_message_is_not_its_text()
    {
        const string secret = "nobody's business";
        var reply = Some.ReplyOf(secret) with { Refusal = secret, ToolCalls = [new ToolCall("id", "tool", secret)] };
        var message = new Message(Role.User, secret) { Images = [new ImagePart(0, secret, "low")], ToolCalls = reply.ToolCalls };
        var content = new TurnContent("model", [message], GenerationSettings.Default with { PassOn = secret, Stop = [secret] }) { Instructions = secret, Note = secret };
        var key = Some.Attempt("1", 1);
        object[] printed =
        [
            Some.Submit("1", content),
            new TurnAccepted(Some.Turn("1"), content, null, Some.Start),
            new RunAttempt(key, content, [new Exchange(Some.Turn("0"), [message], reply)]),
            new AttemptResult(key, new AttemptEnd.Succeeded(reply)),
            new ReplyCommitted(Some.Turn("1"), 1, reply, Some.Start),
            new TurnSettled(Some.Conversation, Some.Turn("1"), new Outcome.Committed(reply), 1, false, Some.Start),
            new StreamChunk(key, 0, secret),
            new ItemsAdded(Some.Turn("1"), [message], Some.Start),
            new Exchange(Some.Turn("0"), [message], reply),
            message, message.Images[0], message.ToolCalls[0],
        ];

        Assert.All(printed, value => Assert.DoesNotContain(secret, value.ToString(), StringComparison.Ordinal));
        Assert.Contains("model", content.ToString(), StringComparison.Ordinal);
    }

    private static Circumstances At => new(Some.Start, 0, ConversationPolicy.Default);
}
