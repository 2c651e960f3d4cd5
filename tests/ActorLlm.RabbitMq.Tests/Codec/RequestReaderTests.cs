using System.Text;
using System.Text.Json;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.RabbitMq.Codec;

namespace ActorLlm.RabbitMq.Tests.Codec;

public sealed class RequestReaderTests
{
    [Fact]
    public void A_request_as_the_article_has_it_is_a_turn_of_a_conversation_of_its_own()
    {
        var turn = Turn("""{"type":"text","content":"Hello","id":"1"}""", new RabbitMqOptions { Types = new Dictionary<string, string> { ["text"] = "big" } });

        Assert.Equal((ConversationId.Of("amqp-1"), TurnId.Parse("1")), (turn.Request.Conversation, turn.Request.Turn));
        Assert.Equal(TurnContent.Of("Hello") with { Model = "big" }, turn.Request.Content);
        Assert.Equal(new ReplyAddress("llm_reply_queue", "1", "\"1\""), turn.Reply);
    }

    [Theory]
    [InlineData("""{"content":"x","id":7}""", "7", "7")]
    [InlineData("""{"content":"x","id":1.50}""", "1.50", "1.50")]
    [InlineData("""{"content":"x","id":"a/b"}""", "a/b", "\"a/b\"")]
    [InlineData("""{"content":"x"}""", "made", "\"made\"")]
    [InlineData("""{"content":"x","id":null}""", "made", "\"made\"")]
    [InlineData("""{"content":"x","id":""}""", "made", "\"made\"")]
    public void The_id_is_the_turns_and_comes_back_as_it_was(string body, string turn, string id)
    {
        var read = Turn(body);

        Assert.Equal((turn, id), (read.Request.Turn.Value, read.Reply.Id));
    }

    [Fact]
    public void An_id_that_no_turn_may_have_stands_for_its_hash_and_comes_back_as_it_was()
    {
        var read = Turn("""{"content":"x","id":"\u7528\u6237 1"}""");

        Assert.Equal(read.Request.Turn, Turn("""{"content":"x","id":"用户 1"}""").Request.Turn);
        Assert.NotEqual(read.Request.Turn, Turn("""{"content":"x","id":"用户 2"}""").Request.Turn);
        Assert.Equal("用户 1", JsonDocument.Parse(read.Reply.Id).RootElement.GetString());
    }

    [Fact]
    public void Properties_and_headers_say_the_rest()
    {
        var read = Assert.IsType<Reading.Turn>(Read(new Inbound(Encoding.UTF8.GetBytes("""{"content":"x"}"""))
        {
            MessageId = "m",
            CorrelationId = "c",
            ReplyTo = "r",
            Headers = new Dictionary<string, string> { ["x-actorllm-conversation"] = "talk", ["x-actorllm-tenant"] = "acme" },
        }));

        Assert.Equal((ConversationId.Of("acme", "talk"), TurnId.Parse("m")), (read.Request.Conversation, read.Request.Turn));
        Assert.Equal(new ReplyAddress("r", "c", "\"m\""), read.Reply);
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("[]", "no object")]
    [InlineData("""{"type":"chat"}""", "no content")]
    [InlineData("""{"content":["x"]}""", "content is Array")]
    [InlineData("""{"content":"x","type":1}""", "type is Number")]
    [InlineData("""{"content":"x","id":{}}""", "id is Object")]
    [InlineData("""{"content":"\ud800"}""", "not valid Unicode")]
    public void What_is_no_request_is_unreadable_with_the_reason(string body, string reason) =>
        Assert.Contains(reason, Assert.IsType<Reading.Unreadable>(Read(Of(body))).Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData("x-actorllm-tenant", "a/b", "slash")]
    [InlineData("x-actorllm-tenant", "other", "does not serve")]
    [InlineData("x-actorllm-conversation", "two words", "U+0020")]
    public void A_header_that_names_no_conversation_of_this_bridge_makes_a_message_unreadable(string header, string value, string reason)
    {
        var options = new RabbitMqOptions { Tenants = reason == "slash" ? [] : ["acme"] };

        var read = Read(Of("""{"content":"x"}""") with { Headers = new Dictionary<string, string> { [header] = value } }, options);

        Assert.Contains(reason, Assert.IsType<Reading.Unreadable>(read).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_is_looked_for_in_the_map_then_among_the_models_and_an_unknown_one_is_refused_with_those_known()
    {
        Assert.Equal("", Turn("""{"content":"x","type":"CHAT"}""").Request.Content.Model);
        Assert.Equal("gpt", Turn("""{"content":"x","type":"gpt"}""").Request.Content.Model);

        var refusal = Assert.IsType<Reading.Refusal>(Read(Of("""{"content":"x","type":"video","id":3}""")));

        Assert.Equal("The type 'video' is not known; known are chat, gpt.", refusal.Reason);
        Assert.Equal("3", refusal.Reply.Id);
    }

    [Fact]
    public void A_reply_may_be_sent_to_a_url_that_is_allowed()
    {
        var message = Of("""{"content":"x","id":1}""");

        var taken = Read(message with { Headers = new Dictionary<string, string> { ["x-actorllm-webhook"] = "https://hooks/1" } });
        var refused = Read(message with { Headers = new Dictionary<string, string> { ["x-actorllm-webhook"] = "https://evil/" } });

        Assert.Equal("https://hooks/1", Assert.IsType<Reading.Turn>(taken).Webhook);
        Assert.Equal("no such host", Assert.IsType<Reading.Refusal>(refused).Reason);
    }

    [Fact]
    public void An_address_is_read_back_as_it_was_written()
    {
        var address = new ReplyAddress("q \"1\"", "é\u0001", "\"用户\"");

        Assert.Equal(address, ReplyAddress.Read(address.Write()));
        // Stored: what an earlier version wrote has to be read.
        Assert.Equal(new ReplyAddress("q", "c", "7"), ReplyAddress.Read("""{"queue":"q","correlation":"c","id":7,"new":true}"""));
    }

    [Fact]
    public void Replies_are_the_articles_json()
    {
        Assert.Equal("""{"status":"success","result":"Bonjour à \"tous\"","id":7}""", Json(new Outcome.Committed(
            new Reply("Bonjour à \"tous\"", "m", "b", "stop", new Usage(1, 1))), "7"));
        Assert.Equal("""{"status":"error","result":"too hot","id":"x"}""", Json(new Outcome.Failed(FailureKind.Content, "too hot"), "\"x\""));
        Assert.Equal("""{"status":"error","result":"The turn was cancelled.","id":"x"}""", Json(new Outcome.Cancelled(CancelledBy.Client), "\"x\""));
    }

    [Theory]
    [InlineData(RejectionCode.TooManyPending, true)]
    [InlineData(RejectionCode.Busy, true)]
    [InlineData(RejectionCode.TurnIdReused, false)]
    [InlineData(RejectionCode.Invalid, false)]
    [InlineData(RejectionCode.TooLarge, false)]
    [InlineData(RejectionCode.ConversationFull, false)]
    public void Only_what_passes_by_itself_is_held_back(RejectionCode code, bool held) => Assert.Equal(held, RefusalRule.PassesByItself(code));

    private static string Json(Outcome outcome, string id) => Encoding.UTF8.GetString(ReplyWriter.Write(outcome, id));

    private static Inbound Of(string body) => new(Encoding.UTF8.GetBytes(body));

    private static Reading.Turn Turn(string body, RabbitMqOptions? options = null) => Assert.IsType<Reading.Turn>(Read(Of(body), options));

    private static Reading Read(Inbound message, RabbitMqOptions? options = null) =>
        new RequestReader(options ?? new RabbitMqOptions(), ["gpt"], () => "made", url => url == "https://hooks/1" ? null : "no such host").Read(message);
}
