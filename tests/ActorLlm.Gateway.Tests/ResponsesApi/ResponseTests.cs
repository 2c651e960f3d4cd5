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

    [Theory]
    [InlineData("""{}""", "missing_required_parameter", "input")]
    [InlineData("""{"input":7}""", "invalid_type", "input")]
    [InlineData("""{"input":[]}""", "invalid_value", "input")]
    [InlineData("""{"input":[{"type":"web_search_call"}]}""", "unsupported_item", "input[0]")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_file"}]}]}""", "unsupported_content_part", "input[0].content[0]")]
    [InlineData("""{"input":[{"type":"function_call","name":"f"}]}""", "invalid_value", "input[0]")]
    [InlineData("""{"input":"x","tools":[{"type":"web_search"}]}""", "unsupported_parameter", "tools[0].type")]
    [InlineData("""{"input":"x","tool_choice":"f"}""", "invalid_value", "tool_choice")]
    [InlineData("""{"input":"x","text":{"format":{"type":"xml"}}}""", "unsupported_parameter", "text.format")]
    [InlineData("""{"input":"x","max_output_tokens":0}""", "invalid_value", "max_output_tokens")]
    [InlineData("""{"input":"x","temperature":3}""", "invalid_value", "temperature")]
    [InlineData("""{"input":"x","metadata":{"a":1}}""", "invalid_value", "metadata")]
    [InlineData("""{"input":"x","prompt":{"id":"p"}}""", "unsupported_parameter", "prompt")]
    [InlineData("""{"input":"x","background":true,"store":false}""", "invalid_value", "background")]
    [InlineData("""{"input":"x","previous_response_id":"resp_1","conversation":"c"}""", "invalid_value", "previous_response_id")]
    [InlineData("""{"input":"x","previous_response_id":"resp_1"}""", "previous_response_not_found", "previous_response_id")]
    [InlineData("""{"input":"x","conversation":7}""", "invalid_type", "conversation")]
    [InlineData("""{"input":"x","background":"yes"}""", "invalid_type", "background")]
    public async Task What_cannot_be_right_is_refused_by_its_name(string body, string code, string param)
    {
        await using var server = await StartAsync();

        var refused = await server.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/v1/responses", body);

        Assert.Equal((code, param), (refused.Code, refused.Param));
        Assert.Empty(_asked);
    }

    [Theory]
    [InlineData("resp_1")]
    [InlineData("resp_")]
    [InlineData("nothing")]
    [InlineData("resp_Y2hhdC0xCnR1cm4tMQ")]
    public async Task What_was_never_made_is_not_found(string id)
    {
        await using var server = await StartAsync();

        Assert.Equal("response_not_found", (await server.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"/v1/responses/{id}")).Code);
        Assert.Equal("response_not_found", (await server.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Delete, $"/v1/responses/{id}")).Code);
    }

    [Fact]
    public async Task A_turn_of_chat_is_no_response()
    {
        await using var server = await StartAsync();
        using var chat = await server.PostAsync(Responses.Hi, ("Idempotency-Key", "k1"), ("X-Conversation-Id", "talk"));
        var id = "resp_" + Convert.ToBase64String("talk\nk1"u8).TrimEnd('=');

        Assert.Equal("response_not_found", (await server.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"/v1/responses/{id}")).Code);
    }

    [Fact]
    public async Task Another_method_is_told_which_ones_there_are()
    {
        await using var server = await StartAsync();
        using var response = await server.SendAsync(HttpMethod.Put, "/v1/responses/resp_1", null);

        Assert.Equal("method_not_allowed", (await response.ErrorAsync(HttpStatusCode.MethodNotAllowed)).Code);
        Assert.Equal(["GET", "DELETE"], response.Content.Headers.Allow);
    }

    private Task<GatewayServer> StartAsync() => GatewayServer.StartAsync(real: _conversations);

    private static Task<JsonElement> Make(GatewayServer server, string body) => server.AskAsync(HttpMethod.Post, "/v1/responses", body);

    private static string OutputText(JsonElement response) => response.GetProperty("output")[0].GetProperty("content")[0].Text("text");

    private static string Without(JsonElement json, string name) =>
        string.Join("\n", json.EnumerateObject().Where(member => member.Name != name).Select(member => $"{member.Name}: {member.Value.GetRawText()}"));
}
