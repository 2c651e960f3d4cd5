using System.ClientModel;
using System.Text.Json;
using ActorLlm.Backends.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends.Tests.Providers;

/// <summary>Tools, forms, images and further fields through the OpenAI SDK: to the simulator's server, and to one that shows what was sent.</summary>
public class OpenAIToolsTests
{
    private static readonly AIFunctionDeclaration Weather = AIFunctionFactory.CreateDeclaration(
        "weather", "Tells the weather.",
        JsonElement.Parse("""{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":2}},"required":["city"]}"""));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_tool_call_comes_with_its_arguments_and_its_result_is_answered(bool streamed)
    {
        await using HttpHost host = await HttpHost.Simulator();
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, host.Address);
        List<ChatMessage> messages = [new(ChatRole.User, "Rome? [[reply call=weather]]")];
        var options = new ChatOptions { Tools = [Weather] };

        ChatResponse first = await Ask(catalog.Resolve().Client, messages, options, streamed);

        FunctionCallContent call = Assert.Single(first.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>());
        Assert.Equal("tool_calls", first.FinishReason?.Value);
        Assert.Equal(("weather", """{"city":"Rome?","days":2}"""), (call.Name, ToolCallText.ArgumentsOf(call)));
        Assert.Equal("", first.Text);

        messages.Add(new ChatMessage(ChatRole.Assistant, [call]));
        messages.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, "sunny")]));
        ChatResponse second = await Ask(catalog.Resolve().Client, messages, options, streamed);

        Assert.StartsWith("[simulator] You said: Rome?", second.Text, StringComparison.Ordinal);
        Assert.Equal("stop", second.FinishReason?.Value);
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","items":{"$ref":"#/$defs/b"}},"c":{"enum":["x","y"]}},"$defs":{"b":{"type":"boolean"}}}""", """{"a":[true],"c":"x"}""")]
    [InlineData("""{"anyOf":[{"type":"null"},{"type":"string"}]}""", "null")]
    [InlineData("""{"type":["number","null"],"minimum":1.5}""", "1.5")]
    [InlineData("""{"type":"string","format":"date"}""", "\"2000-01-01\"")]
    [InlineData("""{"$ref":"#"}""", "null")]
    public async Task A_form_that_is_asked_for_is_kept(string schema, string expected)
    {
        await using HttpHost host = await HttpHost.Simulator();
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, host.Address);
        var options = new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse(schema), "form") };

        ChatResponse response = await Ask(catalog.Resolve().Client, [new(ChatRole.User, "Hello")], options, streamed: true);

        Assert.Equal(expected, response.Text);
    }

    [Fact]
    public async Task The_text_of_arguments_survives_that_is_no_json()
    {
        const string call = """{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\": \"Ro"}}]}""";
        const string chunk = """data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":DELTA,"finish_reason":FINISH}]}""";
        string body = chunk.Replace("DELTA", call, StringComparison.Ordinal).Replace("FINISH", "null", StringComparison.Ordinal)
            + "\n\n" + chunk.Replace("DELTA", "{}", StringComparison.Ordinal).Replace("FINISH", "\"length\"", StringComparison.Ordinal) + "\n\ndata: [DONE]\n\n";
        await using HttpHost host = await HttpHost.Answering("text/event-stream", body);
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, host.Address);

        ChatResponse response = await Ask(catalog.Resolve().Client, [new(ChatRole.User, "Rome?")], new ChatOptions { Tools = [Weather] }, streamed: true);

        FunctionCallContent cut = Assert.Single(response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>());
        Assert.Equal("{\"city\": \"Ro", ToolCallText.ArgumentsOf(cut));
        Assert.Equal("length", response.FinishReason?.Value);
    }

    [Fact]
    public async Task What_the_abstraction_has_no_word_for_is_passed_on()
    {
        var options = new ChatOptions { Temperature = 0.5f, Tools = [Weather], ToolMode = ChatToolMode.RequireSpecific("weather") };
        PassOnFields.Set(options, """{"reasoning_effort":"low","logit_bias":{"50256":-100},"no_such_field":[1,{"a":null}]}""");
        var image = new DataContent("data:image/png;base64,AAAA") { AdditionalProperties = new() { ["detail"] = "low" } };

        JsonElement root = await Sent([new(ChatRole.User, [new TextContent("Look"), image])], options);

        Assert.Equal("low", root.GetProperty("reasoning_effort").GetString());
        Assert.Equal(-100, root.GetProperty("logit_bias").GetProperty("50256").GetInt32());
        Assert.Equal("""[1,{"a":null}]""", root.GetProperty("no_such_field").GetRawText());
        Assert.Equal(0.5, root.GetProperty("temperature").GetDouble());
        Assert.Equal("weather", root.GetProperty("tool_choice").GetProperty("function").GetProperty("name").GetString());
        Assert.Equal(Weather.JsonSchema.GetRawText(), root.GetProperty("tools")[0].GetProperty("function").GetProperty("parameters").GetRawText());
        JsonElement url = root.GetProperty("messages")[0].GetProperty("content")[1].GetProperty("image_url");
        Assert.Equal(("data:image/png;base64,AAAA", "low"), (url.GetProperty("url").GetString(), url.GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task The_most_tokens_go_by_the_name_that_the_client_gave_them()
    {
        var options = new ChatOptions { MaxOutputTokens = 7 };
        JsonElement newer = await Sent([new(ChatRole.User, "Hello")], options);
        PassOnFields.Set(options, """{"max_tokens":7}""");
        JsonElement older = await Sent([new(ChatRole.User, "Hello")], options);

        Assert.Equal((7, false), (newer.GetProperty("max_completion_tokens").GetInt32(), newer.TryGetProperty("max_tokens", out _)));
        Assert.Equal((7, false), (older.GetProperty("max_tokens").GetInt32(), older.TryGetProperty("max_completion_tokens", out _)));
        Assert.Equal(7, options.MaxOutputTokens);
    }

    [Theory]
    [InlineData("""{ "type":"object", "properties":{"a":{"type":"number","minimum":1.0}}, "$defs":{} }""", true)]
    [InlineData("""{"type":["object","null"],"required":[]}""", null)]
    [InlineData("{}", false)]
    [InlineData("", null)]
    public async Task A_tool_is_declared_in_the_words_of_the_client(string schema, bool? strict)
    {
        var options = new ChatOptions
        {
            Tools = [new DeclaredTool("a", "Tells \"a\".", schema, strict), new DeclaredTool("b", "", "", strict: null)],
            ToolMode = ChatToolMode.RequireAny,
            AllowMultipleToolCalls = false,
        };

        JsonElement root = await Sent([new(ChatRole.User, "Hello")], options);

        string parameters = schema.Length > 0 ? $",\"parameters\":{schema}" : "";
        string strictness = strict is { } said ? $",\"strict\":{(said ? "true" : "false")}" : "";
        Assert.Equal(
            $$$"""[{"type":"function","function":{"name":"a","description":"Tells \"a\"."{{{parameters}}}{{{strictness}}}}},{"type":"function","function":{"name":"b"}}]""",
            root.GetProperty("tools").GetRawText());
        Assert.Equal("required", root.GetProperty("tool_choice").GetString());
        Assert.False(root.GetProperty("parallel_tool_calls").GetBoolean());
    }

    [Fact]
    public async Task The_strictness_of_a_form_is_not_that_of_a_tool()
    {
        var options = new ChatOptions
        {
            Tools = [new DeclaredTool("a", "", "", strict: null)],
            ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse("{}"), "form"),
            AdditionalProperties = new() { [DeclaredTool.StrictProperty] = true },
        };

        JsonElement root = await Sent([new(ChatRole.User, "Hello")], options);

        Assert.True(root.GetProperty("response_format").GetProperty("json_schema").GetProperty("strict").GetBoolean());
        Assert.False(root.GetProperty("tools")[0].GetProperty("function").TryGetProperty("strict", out _));
    }

    [Theory]
    [InlineData("""{ "city" : "Roma", "days": 1.0 }""")]
    [InlineData("""{"city":"Cittá \u00e0"}""")]
    [InlineData("""{"city": "Ro""")]
    [InlineData("[1]")]
    [InlineData("")]
    public async Task An_earlier_call_is_told_in_the_words_of_the_model(string arguments)
    {
        List<ChatMessage> messages =
        [
            new(ChatRole.User, "Rome?"),
            new(ChatRole.Assistant, [new TextContent("Wait."), ToolCallText.ContentOf("c1", "weather", arguments)]) { AuthorName = "me" },
            new(ChatRole.Tool, [new FunctionResultContent("c1", "sunny")]),
            new(ChatRole.Assistant, [ToolCallText.ContentOf("c2", "weather", "{}"), ToolCallText.ContentOf("c3", "time", arguments)]),
        ];

        JsonElement sent = (await Sent(messages, new ChatOptions())).GetProperty("messages");

        Assert.Equal(4, sent.GetArrayLength());
        Assert.Equal(("assistant", "Wait.", "me"), (sent[1].GetProperty("role").GetString(), sent[1].GetProperty("content").GetString(), sent[1].GetProperty("name").GetString()));
        Assert.Equal([("c1", "weather", arguments)], Calls(sent[1]));
        Assert.Equal("c1", sent[2].GetProperty("tool_call_id").GetString());
        Assert.Equal([("c2", "weather", "{}"), ("c3", "time", arguments)], Calls(sent[3]));

        static IEnumerable<(string?, string?, string?)> Calls(JsonElement message) => message.GetProperty("tool_calls").EnumerateArray().Select(call =>
        {
            Assert.Equal("function", call.GetProperty("type").GetString());
            JsonElement function = call.GetProperty("function");
            return (call.GetProperty("id").GetString(), function.GetProperty("name").GetString(), function.GetProperty("arguments").GetString());
        });
    }

    [Theory]
    [InlineData("temperature", true)]
    [InlineData("_x1", true)]
    [InlineData("", false)]
    [InlineData("1x", false)]
    [InlineData("a.b", false)]
    [InlineData("a'b", false)]
    [InlineData("caf\u00e9", false)]
    public void Only_plain_names_are_passed_on(string name, bool passed) => Assert.Equal(passed, PassOnFields.IsName(name));

    /// <summary>The body of the request that the backend gets.</summary>
    private static async Task<JsonElement> Sent(IEnumerable<ChatMessage> messages, ChatOptions options)
    {
        var sent = new TaskCompletionSource<string>();
        await using HttpHost host = await HttpHost.Answering(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            sent.TrySetResult(await reader.ReadToEndAsync());
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        });
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, host.Address);

        await Assert.ThrowsAsync<ClientResultException>(() => Ask(catalog.Resolve().Client, messages, options, streamed: true));

        return JsonElement.Parse(await sent.Task);
    }

    private static Task<ChatResponse> Ask(IChatClient client, IEnumerable<ChatMessage> messages, ChatOptions options, bool streamed) =>
        streamed ? client.GetStreamingResponseAsync(messages, options).ToChatResponseAsync() : client.GetResponseAsync(messages, options);
}
