using System.Net;
using System.Text.Json;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Gateway.Tests.Chat;

public sealed class ToolsTests
{
    private const string Request =
        """
        {"model":"sim-1","messages":[{"role":"user","content":[{"type":"text","text":"Look: "},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgoA","detail":"low"}},{"type":"text","text":"what?"}]},
         {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{\"a\": 1}"}}]},
         {"role":"tool","tool_call_id":"c1","content":"a cat"}],
         "tools":[{"type":"function","function":{"name":"look","description":"Looks.","parameters":{"type":"object"},"strict":true}}],
         "tool_choice":{"type":"function","function":{"name":"look"}},"parallel_tool_calls":false,
         "response_format":{"type":"json_schema","json_schema":{"name":"animal","schema":{"type":"object"},"strict":true}}}
        """;

    private static readonly Reply Calls = new("", "sim-1-2026", "sim", "tool_calls", new Usage(11, 7) { CachedInputTokens = 3, ReasoningTokens = 2 })
    {
        ToolCalls = [new ToolCall("c2", "look", "{\"b\": 2}"), new ToolCall("c3", "look", "")],
    };

    [Fact]
    public async Task Tools_forms_images_and_results_reach_the_conversation()
    {
        await using var server = await GatewayServer.StartAsync();
        using var response = await server.PostAsync(Request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var expected = new TurnContent(
            "sim-1",
            [
                new Message(Role.User, "Look: what?") { Images = [new ImagePart(6, "data:image/png;base64,iVBORw0KGgoA", "low")] },
                new Message(Role.Assistant, "") { ToolCalls = [new ToolCall("c1", "look", "{\"a\": 1}")] },
                new Message(Role.Tool, "a cat") { ToolCallId = "c1" },
            ],
            GenerationSettings.Default with
            {
                Tools = [new ToolDefinition("look", "Looks.", """{"type":"object"}""", true)],
                ToolChoice = new ToolChoice(ToolChoiceKind.Named, "look"),
                ParallelToolCalls = false,
                Format = new ReplyFormat(ReplyFormatKind.JsonSchema, "animal", "", """{"type":"object"}""", true),
            });
        Assert.Equal(expected, Assert.Single(server.Conversations.Requests).Content);
    }

    [Theory]
    [InlineData("""{"role":"assistant","content":null,"refusal":"No."}""", "No.")]
    [InlineData("""{"role":"assistant","refusal":"No."}""", "No.")]
    [InlineData("""{"role":"assistant","content":"Hm. ","refusal":"No."}""", "Hm. No.")]
    [InlineData("""{"role":"assistant","content":"Yes.","refusal":null}""", "Yes.")]
    public async Task A_refusal_of_the_model_is_what_it_said(string message, string said)
    {
        await using var server = await GatewayServer.StartAsync();
        using var response = await server.PostAsync($$"""{"messages":[{"role":"user","content":"Hi"},{{message}},{"role":"user","content":"Why?"}]}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(new Message(Role.Assistant, said), Assert.Single(server.Conversations.Requests).Content.Messages[1]);
    }

    [Fact]
    public async Task Tokens_that_the_backend_did_not_count_are_not_said_to_be_none()
    {
        await using var server = await Answering(Calls with { Usage = new Usage(null, null) });
        using var whole = await server.PostAsync(Request);
        Assert.False((await whole.JsonAsync()).TryGetProperty("usage", out _));
        using var stream = await server.PostAsync(Request.Replace("{\"model\"", "{\"stream\":true,\"stream_options\":{\"include_usage\":true},\"model\"", StringComparison.Ordinal));
        var frames = await stream.Content.ReadAsStringAsync();
        Assert.EndsWith("data: [DONE]\n\n", frames, StringComparison.Ordinal);
        Assert.DoesNotContain("prompt_tokens", frames, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("max_tokens", true)]
    [InlineData("max_completion_tokens", false)]
    public async Task The_most_tokens_are_handed_on_by_the_name_that_they_came_with(string name, bool older)
    {
        await using var server = await GatewayServer.StartAsync();
        using var response = await server.PostAsync($$"""{"messages":[{"role":"user","content":"Hi"}],"{{name}}":5}""");
        var content = Assert.Single(server.Conversations.Requests).Content;
        Assert.Equal((5, older, ""), (content.Settings.MaxOutputTokens, content.Settings.MaxTokensByOldName, content.Settings.PassOn));
        // By either name it is the same turn, also to a node of an earlier version, which knows no difference.
        Assert.Equal((content with { Settings = content.Settings with { MaxTokensByOldName = false } }).Fingerprint(), content.Fingerprint());
    }

    [Fact]
    public async Task A_reply_with_tool_calls_has_no_content_and_says_so()
    {
        await using var server = await Answering(Calls);
        using var response = await server.PostAsync(Request);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var choice = body.RootElement.GetProperty("choices")[0];
        Assert.Equal("tool_calls", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(JsonValueKind.Null, choice.GetProperty("message").GetProperty("content").ValueKind);
        Assert.Equal(
            """[{"id":"c2","type":"function","function":{"name":"look","arguments":"{\"b\": 2}"}},{"id":"c3","type":"function","function":{"name":"look","arguments":""}}]""",
            choice.GetProperty("message").GetProperty("tool_calls").GetRawText());
        var usage = body.RootElement.GetProperty("usage");
        Assert.Equal(3, usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32());
        Assert.Equal(2, usage.GetProperty("completion_tokens_details").GetProperty("reasoning_tokens").GetInt32());
    }

    [Fact]
    public async Task A_stream_names_each_call_once_and_then_gives_its_arguments()
    {
        await using var server = await Answering(Calls);
        using var response = await server.PostAsync(Request.Replace("{\"model\"", "{\"stream\":true,\"model\"", StringComparison.Ordinal));
        var deltas = (await response.Content.ReadAsStringAsync()).Split("\n\n")
            .Where(frame => frame.Contains("tool_calls\":", StringComparison.Ordinal))
            .Select(frame => JsonDocument.Parse(frame["data: ".Length..]).RootElement.GetProperty("choices")[0].GetProperty("delta").GetRawText());
        Assert.Equal(
            [
                """{"tool_calls":[{"index":0,"id":"c2","type":"function","function":{"name":"look","arguments":""}}]}""",
                """{"tool_calls":[{"index":0,"function":{"arguments":"{\"b\": 2}"}}]}""",
                """{"tool_calls":[{"index":1,"id":"c3","type":"function","function":{"name":"look","arguments":""}}]}""",
            ],
            deltas);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refusal_is_no_content(bool streamed)
    {
        await using var server = await Answering(new Reply("", "m", "b", "stop", new Usage(1, 1)) { Refusal = "I will not." });
        using var response = await server.PostAsync(streamed ? Request.Replace("{\"model\"", "{\"stream\":true,\"model\"", StringComparison.Ordinal) : Request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.Contains("\"refusal\":\"I will not.\"", body, StringComparison.Ordinal);
        Assert.Equal(!streamed, body.Contains("\"content\":null", StringComparison.Ordinal));
    }

    private static async Task<GatewayServer> Answering(Reply reply)
    {
        var server = await GatewayServer.StartAsync();
        server.Conversations.Script = (_, _) => Task.FromResult<Outcome>(new Outcome.Committed(reply));
        return server;
    }
}
