using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Gateway.Tests.ResponsesApi;

/// <summary>Responses that go on from earlier ones, or repeat them.</summary>
public class ResponseChainTests
{
    private readonly DecidedConversations _conversations = new();
    private readonly List<(ImmutableArray<Exchange> History, TurnContent Content)> _asked = [];

    public ResponseChainTests()
    {
        var reply = _conversations.Script;
        _conversations.Script = (history, content) =>
        {
            _asked.Add((history, content));
            return reply(history, content);
        };
    }

    [Fact]
    public async Task A_response_goes_on_from_an_earlier_one_without_its_instructions()
    {
        await using var server = await StartAsync();
        var first = await Make(server, """{"input":"My name is Ada","instructions":"Be brief"}""");

        var second = await Make(server, $$"""{"input":"Who am I?","previous_response_id":"{{first.Text("id")}}"}""");

        Assert.Equal(first.Text("id"), second.Text("previous_response_id"));
        Assert.Equal("My name is Ada", Assert.Single(_asked[1].History).Messages[0].Text);
        Assert.Equal("", _asked[1].Content.Instructions);
    }

    [Fact]
    public async Task Two_responses_may_go_on_from_the_same_one_and_neither_sees_the_other()
    {
        await using var server = await StartAsync();
        var first = await Make(server, """{"input":"one"}""");
        var left = await Make(server, $$"""{"input":"left","previous_response_id":"{{first.Text("id")}}"}""");

        var right = await Make(server, $$"""{"input":"right","previous_response_id":"{{first.Text("id")}}"}""");
        var onward = await Make(server, $$"""{"input":"onward","previous_response_id":"{{right.Text("id")}}"}""");
        var items = await server.AskAsync(HttpMethod.Get, $"/v1/responses/{right.Text("id")}/input_items");

        Assert.NotEqual(left.Text("id"), right.Text("id"));
        Assert.Empty(_asked[2].History);
        Assert.Equal(["one", "re: one", "right"], _asked[2].Content.Messages.Select(message => message.Text));
        Assert.Equal(["one", "re: one", "right"], Assert.Single(_asked[3].History).Messages.Select(message => message.Text));
        Assert.Equal("completed", onward.Text("status"));
        Assert.Equal("right", Assert.Single(items.GetProperty("data").EnumerateArray()).GetProperty("content")[0].Text("text"));
    }

    [Fact]
    public async Task The_same_key_gives_the_same_response_though_what_it_copied_was_deleted_since()
    {
        await using var server = await StartAsync();
        var first = await Make(server, """{"input":"one"}""");
        await Make(server, $$"""{"input":"left","previous_response_id":"{{first.Text("id")}}"}""");
        var body = $$"""{"input":"right","previous_response_id":"{{first.Text("id")}}"}""";
        var once = await server.AskAsync(HttpMethod.Post, "/v1/responses", body, ("Idempotency-Key", "k1"));
        await server.AskAsync(HttpMethod.Delete, $"/v1/responses/{first.Text("id")}");

        var again = await server.AskAsync(HttpMethod.Post, "/v1/responses", body, ("Idempotency-Key", "k1"));

        Assert.Equal(once.Text("id"), again.Text("id"));
        Assert.Equal(3, _asked.Count);
        using var other = await server.SendAsync(HttpMethod.Post, "/v1/responses", body.Replace("right", "other", StringComparison.Ordinal), ("Idempotency-Key", "k1"));
        Assert.Equal("idempotency_key_reused", (await other.ErrorAsync(HttpStatusCode.UnprocessableEntity)).Code);
    }

    [Fact]
    public async Task A_copy_has_the_latest_of_what_was_said_that_has_room()
    {
        await using var server = await StartAsync();
        var first = await Make(server, $$"""{"input":"{{new string('a', 600_000)}}"}""");
        var second = await Make(server, $$"""{"input":"{{new string('b', 400_000)}}","previous_response_id":"{{first.Text("id")}}"}""");
        await Make(server, $$"""{"input":"on","previous_response_id":"{{second.Text("id")}}"}""");

        var fork = await Make(server, $$"""{"input":"fork","previous_response_id":"{{second.Text("id")}}"}""");

        Assert.Equal("completed", fork.Text("status"));
        Assert.Equal(["b", "r", "f"], _asked[^1].Content.Messages.Select(message => message.Text[..1]));
    }

    [Fact]
    public async Task What_is_not_to_be_stored_is_stored_in_a_conversation_that_was_named_for_it()
    {
        await using var server = await StartAsync();

        await server.AskAsync(HttpMethod.Post, "/v1/responses", """{"input":"one","store":false}""", ("X-Conversation-Id", "talk"));

        Assert.Empty(server.Direct.Calls);
        Assert.Single(_asked);
    }

    [Fact]
    public async Task Nothing_goes_on_from_a_response_that_failed()
    {
        await using var server = await StartAsync();
        var reply = _conversations.Script;
        _conversations.Script = (_, _) => new AttemptEnd.Failed(FailureKind.Deadline, "Too late.", null);
        var failed = await Make(server, """{"input":"one","background":true}""");
        _conversations.Script = reply;

        var refused = await server.RefusedAsync(
            HttpStatusCode.BadRequest, HttpMethod.Post, "/v1/responses", $$"""{"input":"two","previous_response_id":"{{failed.Text("id")}}"}""");

        Assert.Equal("previous_response_not_found", refused.Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("left")]
    public async Task The_same_key_gives_the_same_response_and_calls_no_model_again(string before)
    {
        await using var server = await StartAsync();
        var first = await Make(server, """{"input":"one"}""");
        if (before.Length > 0) await Make(server, $$"""{"input":"{{before}}","previous_response_id":"{{first.Text("id")}}"}""");
        var body = $$"""{"input":"two","previous_response_id":"{{first.Text("id")}}"}""";

        var once = await server.AskAsync(HttpMethod.Post, "/v1/responses", body, ("Idempotency-Key", "k1"));
        var calls = _asked.Count;
        var again = await server.AskAsync(HttpMethod.Post, "/v1/responses", body, ("Idempotency-Key", "k1"));

        Assert.Equal(once.Text("id"), again.Text("id"));
        Assert.Equal(calls, _asked.Count);
        using var other = await server.SendAsync(HttpMethod.Post, "/v1/responses", body.Replace("two", "three", StringComparison.Ordinal), ("Idempotency-Key", "k1"));
        Assert.Equal("idempotency_key_reused", (await other.ErrorAsync(HttpStatusCode.UnprocessableEntity)).Code);
    }

    [Fact]
    public async Task What_is_not_stored_goes_on_from_what_is()
    {
        await using var server = await StartAsync();
        var made = await Make(server, """{"input":"one"}""");

        server.Direct.Answer("two");
        var loose = await Make(server, $$"""{"input":"two","store":false,"previous_response_id":"{{made.Text("id")}}"}""");

        Assert.Equal(["one", "re: one", "two"], server.Direct.Calls.Single().Messages.Select(message => message.Text));
        Assert.Single(_asked);
        Assert.Equal("response_not_found", (await server.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"/v1/responses/{loose.Text("id")}")).Code);
    }

    private Task<GatewayServer> StartAsync() => GatewayServer.StartAsync(real: _conversations);

    private static Task<JsonElement> Make(GatewayServer server, string body) => server.AskAsync(HttpMethod.Post, "/v1/responses", body);
}
