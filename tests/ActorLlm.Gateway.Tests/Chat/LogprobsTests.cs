using System.ClientModel;
using System.Net;
using System.Text.Json;
using ActorLlm.Hosting;
using OpenAI;
using OpenAI.Chat;

namespace ActorLlm.Gateway.Tests.Chat;

/// <summary>Log probabilities of what is not stored, as the backend gave them.</summary>
public sealed class LogprobsTests
{
    private const string Asked = """{"model":"sim-1","store":false,"logprobs":true,"top_logprobs":2,"user":"u","messages":[{"role":"user","content":"Hi"}]}""";
    private const string AskedStreamed = """{"stream":true,"model":"sim-1","store":false,"logprobs":true,"messages":[{"role":"user","content":"Hi"}]}""";

    [Fact]
    public async Task They_are_asked_of_the_backend_and_given_with_the_reply()
    {
        await using var server = await AnsweringAsync();
        using var response = await server.PostAsync(Asked);
        var choice = (await response.JsonAsync()).GetProperty("choices")[0];
        Assert.Equal($$"""{"content":[{{Token("Hel")}},{{Token("lo.")}}],"refusal":null}""", choice.GetProperty("logprobs").GetRawText());
        Assert.Equal("""{"logprobs":true,"top_logprobs":2,"user":"u"}""", Assert.Single(server.Direct.Calls).Settings.PassOn);
    }

    [Fact]
    public async Task A_stream_gives_them_with_the_text_that_they_are_of()
    {
        await using var server = await AnsweringAsync();
        using var response = await server.PostAsync(AskedStreamed);
        var choices = (await response.Content.ReadAsStringAsync()).Split("\n\n").Where(frame => frame.StartsWith("data: {", StringComparison.Ordinal))
            .Select(frame => JsonDocument.Parse(frame["data: ".Length..]).RootElement.GetProperty("choices")[0]).ToArray();
        Assert.Equal(
            ["null", $$"""{"content":[{{Token("Hel")}}],"refusal":null}""", $$"""{"content":[{{Token("lo.")}}],"refusal":null}""", "null"],
            choices.Select(choice => choice.GetProperty("logprobs").GetRawText()));
        Assert.Equal("Hel", choices[1].GetProperty("delta").Text("content"));
    }

    [Theory]
    [InlineData(Asked)]
    [InlineData(AskedStreamed)]
    public async Task Where_the_backend_tells_none_they_are_null(string asked)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Direct.Answer("Hello.");
        using var response = await server.PostAsync(asked);
        var body = await response.Content.ReadAsStringAsync();
        Assert.Contains("\"logprobs\":null", body, StringComparison.Ordinal);
        Assert.DoesNotContain("\"logprobs\":{", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Those_of_no_text_come_with_the_end()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Direct.Script = _ => [new DirectUpdate.Logprobs(Token("x"), Token("y")), FakeDirectCalls.Ended()];
        using var response = await server.PostAsync(AskedStreamed);
        Assert.Contains(
            $$"""delta":{},"logprobs":{"content":[{{Token("x")}}],"refusal":[{{Token("y")}}]},"finish_reason":"stop"}""", await response.Content.ReadAsStringAsync(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"logprobs":true,"messages":[{"role":"user","content":"Hi"}]}""", null)]
    [InlineData("""{"logprobs":true,"store":false,"messages":[{"role":"user","content":"Hi"}]}""", "k1")]
    public async Task A_turn_that_is_stored_has_none_and_says_what_to_do(string body, string? key)
    {
        await using var server = await GatewayServer.StartAsync();
        using var response = await (key is null ? server.PostAsync(body) : server.PostAsync(body, ("Idempotency-Key", key)));
        var error = await response.ErrorAsync(HttpStatusCode.BadRequest);
        Assert.Equal(("unsupported_parameter", "logprobs"), (error.Code, error.Param));
        Assert.Contains("\"store\": false", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Conversations.Requests);
    }

    [Fact]
    public async Task The_openai_sdk_reads_them()
    {
        await using var server = await AnsweringAsync();
        var client = new OpenAIClient(new ApiKeyCredential("unused"), new OpenAIClientOptions { Endpoint = new Uri(server.Client.BaseAddress!, "v1") }).GetChatClient("sim-1");
        var options = new ChatCompletionOptions { IncludeLogProbabilities = true, TopLogProbabilityCount = 2, StoredOutputEnabled = false };
        var whole = (await client.CompleteChatAsync([new UserChatMessage("Hi")], options)).Value.ContentTokenLogProbabilities;
        var streamed = new List<ChatTokenLogProbabilityDetails>();
        await foreach (var update in client.CompleteChatStreamingAsync([new UserChatMessage("Hi")], options)) streamed.AddRange(update.ContentTokenLogProbabilities);
        Assert.Equal([("Hel", -0.25f), ("lo.", -0.25f)], whole.Select(token => (token.Token, token.LogProbability)));
        Assert.Equal([("Hel", -0.25f), ("lo.", -0.25f)], streamed.Select(token => (token.Token, token.LogProbability)));
    }

    private static string Token(string text) => $$"""{"token":"{{text}}","logprob":-0.25,"bytes":null,"top_logprobs":[]}""";

    private static async Task<GatewayServer> AnsweringAsync()
    {
        var server = await GatewayServer.StartAsync();
        server.Direct.Script = _ =>
        [
            new DirectUpdate.Logprobs(Token("Hel"), ""), new DirectUpdate.Text("Hel"), new DirectUpdate.Logprobs(Token("lo."), ""), new DirectUpdate.Text("lo."),
            FakeDirectCalls.Ended(),
        ];
        return server;
    }
}
