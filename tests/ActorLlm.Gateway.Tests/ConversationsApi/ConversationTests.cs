using System.Net;
using System.Text.Json;

namespace ActorLlm.Gateway.Tests.ConversationsApi;

/// <summary>Conversations by name, and their items.</summary>
public class ConversationTests
{
    private const string Ada = """{"items":[{"role":"user","content":"My name is Ada"}]}""";

    private readonly DecidedConversations _conversations = new();

    [Fact]
    public async Task A_conversation_is_made_described_read_and_ended()
    {
        await using var server = await StartAsync();

        var made = await server.AskAsync(HttpMethod.Post, "/v1/conversations", """{"metadata":{"topic":"a"}}""");
        var path = $"/v1/conversations/{made.Text("id")}";
        var described = await server.AskAsync(HttpMethod.Post, path, """{"metadata":{"topic":"b"}}""");
        var read = await server.AskAsync(HttpMethod.Get, path);
        var deleted = await server.AskAsync(HttpMethod.Delete, path);

        Assert.StartsWith("conv_", made.Text("id"), StringComparison.Ordinal);
        Assert.Equal(("conversation", "a"), (made.Text("object"), made.GetProperty("metadata").Text("topic")));
        Assert.Equal(described.GetRawText(), read.GetRawText());
        Assert.Equal("b", read.GetProperty("metadata").Text("topic"));
        Assert.Equal(("conversation.deleted", true), (deleted.Text("object"), deleted.GetProperty("deleted").GetBoolean()));
        foreach (var (method, at, body) in new (HttpMethod, string, string?)[]
        {
            (HttpMethod.Get, path, null), (HttpMethod.Post, path, """{"metadata":{}}"""), (HttpMethod.Get, path + "/items", null), (HttpMethod.Post, path + "/items", Ada),
        }) Assert.Equal("conversation_not_found", (await server.RefusedAsync(HttpStatusCode.NotFound, method, at, body)).Code);
    }

    [Fact]
    public async Task An_empty_request_makes_a_conversation_too()
    {
        await using var server = await StartAsync();

        Assert.Equal("{}", (await server.AskAsync(HttpMethod.Post, "/v1/conversations")).GetProperty("metadata").GetRawText());
    }

    [Fact]
    public async Task The_same_key_makes_the_same_conversation()
    {
        await using var server = await StartAsync();

        var once = await server.AskAsync(HttpMethod.Post, "/v1/conversations", Ada, ("Idempotency-Key", "k1"));
        var again = await server.AskAsync(HttpMethod.Post, "/v1/conversations", Ada, ("Idempotency-Key", "k1"));
        var items = await server.AskAsync(HttpMethod.Get, $"/v1/conversations/{once.Text("id")}/items");

        Assert.Equal(once.GetRawText(), again.GetRawText());
        Assert.Single(items.GetProperty("data").EnumerateArray());
        // A late repeat of the creation does not undo what was said since.
        await server.AskAsync(HttpMethod.Post, $"/v1/conversations/{once.Text("id")}", """{"metadata":{"topic":"b"}}""");
        var late = await server.AskAsync(HttpMethod.Post, "/v1/conversations", Ada, ("Idempotency-Key", "k1"));
        Assert.Equal("b", late.GetProperty("metadata").Text("topic"));
        // And the key is used: it is no key of a turn.
        using var turn = await server.PostAsync("""{"messages":[{"role":"user","content":"My name is Ada"}]}""", ("Idempotency-Key", "k1"), ("X-Conversation-Id", once.Text("id")));
        Assert.Equal("idempotency_key_reused", (await turn.ErrorAsync(HttpStatusCode.UnprocessableEntity)).Code);
    }

    [Fact]
    public async Task Responses_of_a_conversation_see_its_items_and_become_items()
    {
        await using var server = await StartAsync();
        var made = await server.AskAsync(HttpMethod.Post, "/v1/conversations", Ada);
        var seen = 0;
        var reply = _conversations.Script;
        _conversations.Script = (history, content) =>
        {
            seen = history.Length;
            return reply(history, content);
        };

        var response = await server.AskAsync(HttpMethod.Post, "/v1/responses", $$$"""{"input":"Who am I?","conversation":{"id":"{{{made.Text("id")}}}"}}""");
        var items = await server.AskAsync(HttpMethod.Get, $"/v1/conversations/{made.Text("id")}/items?order=asc");

        Assert.Equal(1, seen);
        Assert.Equal(made.Text("id"), response.GetProperty("conversation").Text("id"));
        Assert.Equal(["My name is Ada", "Who am I?", "re: Who am I?"], TextsOf(items));
        Assert.Equal(response.GetProperty("output")[0].Text("id"), items.GetProperty("data")[2].Text("id"));
        Assert.Equal(items.GetProperty("first_id").GetString(), items.GetProperty("data")[0].Text("id"));
    }

    [Fact]
    public async Task A_response_that_goes_on_from_one_of_a_conversation_is_no_turn_of_it()
    {
        await using var server = await StartAsync();
        var made = await server.AskAsync(HttpMethod.Post, "/v1/conversations", Ada);
        var first = await server.AskAsync(HttpMethod.Post, "/v1/responses", $$"""{"input":"Who am I?","conversation":"{{made.Text("id")}}"}""");

        var aside = await server.AskAsync(HttpMethod.Post, "/v1/responses", $$"""{"input":"By the way","previous_response_id":"{{first.Text("id")}}"}""");
        var items = await server.AskAsync(HttpMethod.Get, $"/v1/conversations/{made.Text("id")}/items?order=asc");

        Assert.Equal(JsonValueKind.Null, aside.GetProperty("conversation").ValueKind);
        Assert.Equal(["My name is Ada", "Who am I?", "re: Who am I?"], TextsOf(items));
    }

    [Fact]
    public async Task A_conversation_of_chat_is_a_conversation_here_too()
    {
        await using var server = await StartAsync();
        using var chat = await server.PostAsync(Responses.Hi, ("X-Conversation-Id", "support/42"));

        var items = await server.AskAsync(HttpMethod.Get, "/v1/conversations/support%2F42/items?order=asc");

        Assert.Equal(["Hi", "re: Hi"], TextsOf(items));
    }

    [Fact]
    public async Task What_was_deleted_with_its_conversation_is_not_found()
    {
        await using var server = await StartAsync();
        var made = await server.AskAsync(HttpMethod.Post, "/v1/conversations", "{}");
        var (path, of) = ($"/v1/conversations/{made.Text("id")}", $$"""{"input":"Hi","conversation":"{{made.Text("id")}}"}""");
        var response = await server.AskAsync(HttpMethod.Post, "/v1/responses", of);
        await server.AskAsync(HttpMethod.Delete, path);

        Assert.Equal("conversation_not_found", (await server.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Delete, path)).Code);
        Assert.Equal("conversation_not_found", (await server.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, "/v1/responses", of)).Code);
        foreach (var (method, what) in ((HttpMethod, string)[])[(HttpMethod.Get, ""), (HttpMethod.Get, "/input_items"), (HttpMethod.Post, "/cancel"), (HttpMethod.Delete, "")])
            Assert.Equal("response_not_found", (await server.RefusedAsync(HttpStatusCode.NotFound, method, $"/v1/responses/{response.Text("id")}{what}")).Code);
        using var chat = await server.PostAsync(Responses.Hi, ("X-Conversation-Id", made.Text("id")));
        Assert.Equal("conversation_not_found", (await chat.ErrorAsync(HttpStatusCode.NotFound)).Code);
    }

    [Theory]
    [InlineData("d/1")]
    [InlineData("d%2F1")]
    [InlineData("d%252f1")]
    [InlineData("%2F")]
    [InlineData("a?b#c&d%20")]
    public async Task A_name_in_a_path_is_decoded_once(string name)
    {
        await using var server = await StartAsync();
        string[] others = ["d/1", "d%2F1", "d%2f1", "d%252f1", "/"];
        foreach (var one in others.Append(name)) (await server.PostAsync(Responses.Hi, ("X-Conversation-Id", one))).Dispose();
        var path = "/v1/conversations/" + Uri.EscapeDataString(name);

        Assert.Equal(name, (await server.AskAsync(HttpMethod.Get, path)).Text("id"));
        Assert.NotEmpty(TextsOf(await server.AskAsync(HttpMethod.Get, path + "/items")));
        Assert.Equal(name, (await server.AskAsync(HttpMethod.Delete, path)).Text("id"));
        await server.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, path);
        foreach (var other in others.Where(other => other != name)) await server.AskAsync(HttpMethod.Get, "/v1/conversations/" + Uri.EscapeDataString(other));
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    public async Task A_name_that_no_path_can_have_is_refused(string name)
    {
        await using var server = await StartAsync();
        using var chat = await server.PostAsync(Responses.Hi, ("X-Conversation-Id", name));
        Assert.Equal(("invalid_conversation_id", "X-Conversation-Id"), (await chat.ErrorAsync(HttpStatusCode.BadRequest)) is var error ? (error.Code, error.Param) : default);
        var response = await server.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/v1/responses", $$"""{"input":"Hi","conversation":"{{name}}"}""");
        Assert.Equal("conversation", response.Param);
    }

    [Fact]
    public async Task Items_are_added_read_and_deleted_one_by_one()
    {
        await using var server = await StartAsync();
        var made = await server.AskAsync(HttpMethod.Post, "/v1/conversations", "{}");
        var path = $"/v1/conversations/{made.Text("id")}/items";

        var added = await server.AskAsync(
            HttpMethod.Post, path, """{"items":[{"role":"user","content":"a"},{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},{"role":"user","content":"b"}]}""");
        var ids = added.GetProperty("data").EnumerateArray().Select(item => item.Text("id")).ToArray();
        var one = await server.AskAsync(HttpMethod.Get, $"{path}/{ids[1]}");
        var left = await server.AskAsync(HttpMethod.Delete, $"{path}/{ids[1]}");

        Assert.Equal(["message", "function_call", "message"], added.GetProperty("data").EnumerateArray().Select(item => item.Text("type")));
        Assert.Equal(("function_call", "c1"), (one.Text("type"), one.Text("call_id")));
        Assert.Equal("conversation", left.Text("object"));
        Assert.Equal([ids[0], ids[2]], (await server.AskAsync(HttpMethod.Get, path + "?order=asc")).GetProperty("data").EnumerateArray().Select(item => item.Text("id")));
        Assert.Equal("item_not_found", (await server.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"{path}/{ids[1]}")).Code);
        Assert.Equal("item_not_found", (await server.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Delete, $"{path}/msg_1")).Code);
        Assert.Equal("item_not_found", (await server.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Delete, $"{path}/{ids[1]}")).Code);
    }

    [Fact]
    public async Task A_list_is_read_page_by_page_in_both_orders()
    {
        await using var server = await StartAsync();
        var made = await server.AskAsync(HttpMethod.Post, "/v1/conversations", "{}");
        var path = $"/v1/conversations/{made.Text("id")}/items";
        await server.AskAsync(
            HttpMethod.Post, path, $$"""{"items":[{{string.Join(",", Enumerable.Range(1, 5).Select(n => $$"""{"role":"user","content":"{{n}}"}"""))}}]}""");

        foreach (var (order, expected) in new[] { ("asc", "12345"), ("desc", "54321") })
        {
            var (read, after, more) = ("", "", true);
            while (more)
            {
                var page = await server.AskAsync(HttpMethod.Get, $"{path}?order={order}&limit=2{after}");
                read += string.Concat(TextsOf(page));
                (after, more) = ($"&after={page.GetProperty("last_id").GetString()}", page.GetProperty("has_more").GetBoolean());
            }

            Assert.Equal(expected, read);
        }
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("order=up", "order")]
    [InlineData("after=msg_1", "after")]
    public async Task A_page_that_is_none_is_refused(string query, string param)
    {
        await using var server = await StartAsync();
        var made = await server.AskAsync(HttpMethod.Post, "/v1/conversations", Ada);

        Assert.Equal(param, (await server.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Get, $"/v1/conversations/{made.Text("id")}/items?{query}")).Param);
    }

    [Theory]
    [InlineData("""{"items":[{"role":"user","content":"My name is Eve"}],"metadata":{"topic":"a"}}""")]
    [InlineData("""{"items":[{"role":"user","content":"My name is Ada"}],"metadata":{"topic":"b"}}""")]
    [InlineData("""{"items":[{"role":"user","content":"My name is Ada"}]}""")]
    [InlineData("""{"metadata":{"topic":"a"}}""")]
    [InlineData("{}")]
    public async Task The_same_key_with_another_body_makes_no_conversation(string other)
    {
        await using var server = await StartAsync();
        var body = """{"items":[{"role":"user","content":"My name is Ada"}],"metadata":{"topic":"a"}}""";
        var once = await server.AskAsync(HttpMethod.Post, "/v1/conversations", body, ("Idempotency-Key", "k1"));

        using var refused = await server.SendAsync(HttpMethod.Post, "/v1/conversations", other, ("Idempotency-Key", "k1"));
        var again = await server.AskAsync(HttpMethod.Post, "/v1/conversations", body, ("Idempotency-Key", "k1"));

        Assert.Equal("idempotency_key_reused", (await refused.ErrorAsync(HttpStatusCode.UnprocessableEntity)).Code);
        Assert.Equal(once.GetRawText(), again.GetRawText());
        Assert.Equal(["My name is Ada"], TextsOf(await server.AskAsync(HttpMethod.Get, $"/v1/conversations/{once.Text("id")}/items")));
    }

    [Fact]
    public async Task A_conversation_whose_items_are_refused_is_not_made()
    {
        await using var server = await StartAsync();
        using var refused = await server.SendAsync(HttpMethod.Post, "/v1/conversations", """{"items":[{"role":"user","content":""}]}""", ("Idempotency-Key", "k1"));

        Assert.Equal("items", (await refused.ErrorAsync(HttpStatusCode.BadRequest)).Param);
        Assert.Equal("{}", (await server.AskAsync(HttpMethod.Post, "/v1/conversations", "{}", ("Idempotency-Key", "k1"))).GetProperty("metadata").GetRawText());
    }

    [Fact]
    public async Task More_items_than_may_be_added_at_once_are_refused()
    {
        await using var server = await StartAsync();
        var items = string.Join(",", Enumerable.Repeat("""{"role":"user","content":"x"}""", 21));

        Assert.Equal("items", (await server.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/v1/conversations", $$"""{"items":[{{items}}]}""")).Param);
    }

    private Task<GatewayServer> StartAsync() => GatewayServer.StartAsync(real: _conversations);

    private static IEnumerable<string> TextsOf(JsonElement list) =>
        list.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("content")[0].Text("text"));
}
