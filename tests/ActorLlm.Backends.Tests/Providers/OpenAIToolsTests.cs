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
        var sent = new TaskCompletionSource<string>();
        await using HttpHost host = await HttpHost.Answering(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            sent.TrySetResult(await reader.ReadToEndAsync());
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        });
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, host.Address);
        var options = new ChatOptions { Temperature = 0.5f, Tools = [Weather], ToolMode = ChatToolMode.RequireSpecific("weather") };
        PassOnFields.Set(options, """{"reasoning_effort":"low","logit_bias":{"50256":-100},"no_such_field":[1,{"a":null}]}""");
        var image = new DataContent("data:image/png;base64,AAAA") { AdditionalProperties = new() { ["detail"] = "low" } };

        await Assert.ThrowsAnyAsync<Exception>(() => Ask(
            catalog.Resolve().Client, [new(ChatRole.User, [new TextContent("Look"), image])], options, streamed: true));

        using JsonDocument body = JsonDocument.Parse(await sent.Task);
        JsonElement root = body.RootElement;
        Assert.Equal("low", root.GetProperty("reasoning_effort").GetString());
        Assert.Equal(-100, root.GetProperty("logit_bias").GetProperty("50256").GetInt32());
        Assert.Equal("""[1,{"a":null}]""", root.GetProperty("no_such_field").GetRawText());
        Assert.Equal(0.5, root.GetProperty("temperature").GetDouble());
        Assert.Equal("weather", root.GetProperty("tool_choice").GetProperty("function").GetProperty("name").GetString());
        JsonElement function = root.GetProperty("tools")[0].GetProperty("function");
        Assert.Equal(2, function.GetProperty("parameters").GetProperty("properties").GetProperty("days").GetProperty("minimum").GetInt32());
        JsonElement url = root.GetProperty("messages")[0].GetProperty("content")[1].GetProperty("image_url");
        Assert.Equal(("data:image/png;base64,AAAA", "low"), (url.GetProperty("url").GetString(), url.GetProperty("detail").GetString()));
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

    private static Task<ChatResponse> Ask(IChatClient client, IEnumerable<ChatMessage> messages, ChatOptions options, bool streamed) =>
        streamed ? client.GetStreamingResponseAsync(messages, options).ToChatResponseAsync() : client.GetResponseAsync(messages, options);
}
