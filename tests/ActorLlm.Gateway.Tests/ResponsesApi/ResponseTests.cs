using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;

namespace ActorLlm.Gateway.Tests.ResponsesApi;

/// <summary>Responses, made and read.</summary>
public class ResponseTests
{
    private readonly DecidedConversations _conversations = new();
    private readonly List<(ImmutableArray<Exchange> History, TurnContent Content)> _asked = [];

    public ResponseTests()
    {
        var reply = _conversations.Script;
        _conversations.Script = (history, content) =>
        {
            _asked.Add((history, content));
            return reply(history, content);
        };
    }

    [Fact]
    public async Task A_response_has_all_that_was_asked_and_replied_and_is_read_again_the_same()
    {
        await using var server = await StartAsync();

        var made = await Make(server, """
            {"model":"sim-1","input":"Hi","instructions":"Be brief","temperature":0.5,"max_output_tokens":9,"metadata":{"a":"b"},"user":"u1","unknown":[1],
             "reasoning":{"effort":"low"},"text":{"verbosity":"low","format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true}},
             "tools":[{"type":"function","name":"f","parameters":{"type":"object"},"strict":false}],"tool_choice":{"type":"function","name":"f"}}
            """);
        var read = await server.AskAsync(HttpMethod.Get, $"/v1/responses/{made.Text("id")}");

        Assert.Equal("response", made.Text("object"));
        Assert.Equal("completed", made.Text("status"));
        Assert.Equal("re: Hi", OutputText(made));
        Assert.Equal("Be brief", made.Text("instructions"));
        Assert.Equal("""{"a":"b"}""", made.GetProperty("metadata").GetRawText());
        Assert.Equal("u1", made.Text("user"));
        Assert.Equal("""{"effort":"low"}""", made.GetProperty("reasoning").GetRawText());
        Assert.Equal("""{"type":"function","name":"f"}""", made.GetProperty("tool_choice").GetRawText());
        Assert.Equal("""{"type":"object"}""", made.GetProperty("text").GetProperty("format").GetProperty("schema").GetRawText());
        Assert.Equal((11, 18), (made.GetProperty("usage").GetProperty("input_tokens").GetInt32(), made.GetProperty("usage").GetProperty("total_tokens").GetInt32()));
        Assert.Equal(Without(made, "created_at"), Without(read, "created_at"));
        var content = Assert.Single(_asked).Content;
        Assert.Equal(("Be brief", 0.5, 9), (content.Instructions, content.Settings.Temperature, content.Settings.MaxOutputTokens));
        Assert.Equal("""{"reasoning_effort":"low","user":"u1","verbosity":"low"}""", content.Settings.PassOn);
    }

    [Fact]
    public async Task Items_become_messages_and_calls_of_one_reply_stand_in_one_message()
    {
        await using var server = await StartAsync();

        await Make(server, """
            {"input":[{"role":"user","content":[{"type":"input_text","text":"See "},{"type":"input_image","image_url":"https://a.example/x.png","detail":"low"}]},
             {"type":"message","role":"assistant","content":[{"type":"output_text","text":"Wait"}]},
             {"type":"reasoning","id":"rs_1","summary":[]},
             {"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},{"type":"function_call","call_id":"c2","name":"f","arguments":"{ \"x\" : 1 }"},
             {"type":"function_call_output","call_id":"c1","output":"one"},{"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"two"}]}]}
            """);

        var messages = Assert.Single(_asked).Content.Messages;
        Assert.Equal([Role.User, Role.Assistant, Role.Tool, Role.Tool], messages.Select(message => message.Role));
        Assert.Equal(new ImagePart(4, "https://a.example/x.png", "low"), Assert.Single(messages[0].Images));
        Assert.Equal(["{}", "{ \"x\" : 1 }"], messages[1].ToolCalls.Select(call => call.Arguments));
        Assert.Equal([("c1", "one"), ("c2", "two")], messages.Skip(2).Select(message => (message.ToolCallId, message.Text)));
    }

    [Theory]
    [InlineData("\"user\":5", "user")]
    [InlineData("\"service_tier\":{}", "service_tier")]
    [InlineData("\"safety_identifier\":[]", "safety_identifier")]
    [InlineData("\"prompt_cache_key\":true", "prompt_cache_key")]
    [InlineData("\"prompt_cache_retention\":1", "prompt_cache_retention")]
    [InlineData("\"truncation\":\"none\"", "truncation")]
    [InlineData("\"truncation\":5", "truncation")]
    [InlineData("\"max_tool_calls\":-1", "max_tool_calls")]
    [InlineData("\"max_tool_calls\":\"2\"", "max_tool_calls")]
    [InlineData("\"reasoning\":5", "reasoning")]
    [InlineData("\"reasoning\":{\"effort\":5}", "reasoning.effort")]
    [InlineData("\"text\":{\"verbosity\":5}", "text.verbosity")]
    public async Task What_is_said_back_must_be_of_its_type(string field, string param)
    {
        await using var server = await StartAsync();
        var error = await server.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/v1/responses", $$"""{"input":"Hi",{{field}}}""");
        Assert.Equal(("invalid_type", param), (error.Code, error.Param));
        await Make(server, """{"input":"Hi","user":null,"truncation":"auto","max_tool_calls":2,"reasoning":{"effort":null,"summary":"auto"}}""");
    }

    [Fact]
    public async Task A_response_of_a_conversation_that_a_header_names_says_so()
    {
        await using var server = await StartAsync();
        var made = await server.AskAsync(HttpMethod.Post, "/v1/responses", """{"input":"Hi"}""", ("X-Conversation-Id", "c1"));
        Assert.Equal("c1", made.GetProperty("conversation").Text("id"));
        Assert.Equal("c1", (await server.AskAsync(HttpMethod.Get, $"/v1/responses/{made.Text("id")}")).GetProperty("conversation").Text("id"));
        using var two = await server.SendAsync(HttpMethod.Post, "/v1/responses", """{"input":"Hi","conversation":"c1"}""", ("X-Conversation-Id", "c2"));
        Assert.Contains("X-Conversation-Id and conversation name two conversations", (await two.ErrorAsync(HttpStatusCode.BadRequest)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_backend_refuses_of_a_direct_call_has_the_name_that_it_has_here()
    {
        foreach (var (said, shown) in ((string?, string)[])[(null, "input"), ("messages[1].content", "input"), ("max_completion_tokens", "max_output_tokens"), ("top_p", "top_p")])
        {
            await using var server = await StartAsync();
            server.Direct.Updates.Writer.Complete(new DirectCallException(FailureKind.Content, "No.", 400) { Param = said });
            var error = await server.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/v1/responses", """{"input":"Hi","store":false}""");
            Assert.Equal(shown, error.Param);
        }
    }

    [Fact]
    public async Task Tool_calls_and_cut_replies_are_told_by_status_and_items()
    {
        await using var server = await StartAsync();
        _conversations.Script = (_, _) => new AttemptEnd.Succeeded(new Reply("", "m", "b", "tool_calls", new Usage(1, 1)) { ToolCalls = [new ToolCall("c1", "f", "{}")] });
        var called = await Make(server, """{"input":"Hi"}""");
        _conversations.Script = (_, _) => new AttemptEnd.Succeeded(new Reply("cut", "m", "b", "length", new Usage(1, 1)));
        var cut = await Make(server, """{"input":"Hi"}""");

        var call = Assert.Single(called.GetProperty("output").EnumerateArray());
        Assert.Equal(("function_call", "c1", "f", "{}"), (call.Text("type"), call.Text("call_id"), call.Text("name"), call.Text("arguments")));
        Assert.Equal(("incomplete", "max_output_tokens"), (cut.Text("status"), cut.GetProperty("incomplete_details").Text("reason")));
    }

    [Fact]
    public async Task A_response_in_the_background_is_answered_at_once_and_can_be_cancelled()
    {
        await using var server = await StartAsync();
        _conversations.Script = (_, _) => null;

        var made = await Make(server, """{"input":"Hi","background":true}""");
        var cancelled = await server.AskAsync(HttpMethod.Post, $"/v1/responses/{made.Text("id")}/cancel");
        var again = await server.AskAsync(HttpMethod.Post, $"/v1/responses/{made.Text("id")}/cancel");

        Assert.Equal(("in_progress", true), (made.Text("status"), made.GetProperty("background").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, made.GetProperty("usage").ValueKind);
        Assert.Equal(["cancelled", "cancelled"], [cancelled.Text("status"), again.Text("status")]);
    }

    [Fact]
    public async Task A_response_that_ended_cannot_be_cancelled_any_more()
    {
        await using var server = await StartAsync();
        var made = await Make(server, """{"input":"Hi"}""");

        var refused = await server.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, $"/v1/responses/{made.Text("id")}/cancel");

        Assert.Equal("response_not_cancellable", refused.Code);
    }

    [Fact]
    public async Task A_deleted_response_is_gone_and_nothing_goes_on_from_it()
    {
        await using var server = await StartAsync();
        var made = await Make(server, """{"input":"Hi"}""");

        var deleted = await server.AskAsync(HttpMethod.Delete, $"/v1/responses/{made.Text("id")}");

        Assert.True(deleted.GetProperty("deleted").GetBoolean());
        Assert.Equal("response_not_found", (await server.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"/v1/responses/{made.Text("id")}")).Code);
        var refused = await server.RefusedAsync(
            HttpStatusCode.BadRequest, HttpMethod.Post, "/v1/responses", $$"""{"input":"x","previous_response_id":"{{made.Text("id")}}"}""");
        Assert.Equal("previous_response_not_found", refused.Code);
    }

    [Fact]
    public async Task A_failed_response_is_an_error_where_it_was_awaited_and_says_so_where_it_is_read()
    {
        await using var server = await StartAsync();
        _conversations.Script = (_, _) => new AttemptEnd.Failed(FailureKind.Deadline, "Too late.", null);

        var refused = await server.RefusedAsync(HttpStatusCode.GatewayTimeout, HttpMethod.Post, "/v1/responses", """{"input":"Hi"}""");
        var background = await Make(server, """{"input":"Hi","background":true}""");

        Assert.Equal("deadline_exceeded", refused.Code);
        Assert.Equal(("failed", "server_error"), (background.Text("status"), background.GetProperty("error").Text("code")));
        Assert.Contains("Too late.", background.GetProperty("error").Text("message"), StringComparison.Ordinal);
    }

    private Task<GatewayServer> StartAsync() => GatewayServer.StartAsync(real: _conversations);

    private static Task<JsonElement> Make(GatewayServer server, string body) => server.AskAsync(HttpMethod.Post, "/v1/responses", body);

    private static string OutputText(JsonElement response) => response.GetProperty("output")[0].GetProperty("content")[0].Text("text");

    private static string Without(JsonElement json, string name) =>
        string.Join("\n", json.EnumerateObject().Where(member => member.Name != name).Select(member => $"{member.Name}: {member.Value.GetRawText()}"));
}
