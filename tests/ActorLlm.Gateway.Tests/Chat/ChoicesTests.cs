using System.Net;
using System.Text.Json;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;

namespace ActorLlm.Gateway.Tests.Chat;

/// <summary>Several replies to one question that is not stored.</summary>
public sealed class ChoicesTests
{
    private const string Three = """{"model":"sim-1","store":false,"n":3,"seed":7,"messages":[{"role":"user","content":"Hi"}]}""";
    private const string ThreeStreamed = """{"model":"sim-1","store":false,"n":3,"seed":7,"stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"Hi"}]}""";

    [Fact]
    public async Task Each_is_a_call_of_its_own_and_has_its_number()
    {
        await using var server = await AnsweringAsync();
        using var response = await server.PostAsync(Three);
        var completion = await response.JsonAsync();
        Assert.Equal(
            [(0, "Reply 7."), (1, "Reply 8."), (2, "Reply 9.")],
            completion.GetProperty("choices").EnumerateArray().Select(choice => (choice.GetProperty("index").GetInt32(), choice.GetProperty("message").Text("content"))));
        Assert.Equal((33, 21, 54), UsageOf(completion));
        Assert.Equal([7, 8, 9], server.Direct.Calls.Select(call => call.Settings.Seed).Order());
    }

    [Fact]
    public async Task A_stream_has_the_chunks_of_all_and_ends_once()
    {
        await using var server = await AnsweringAsync();
        using var response = await server.PostAsync(ThreeStreamed);
        var body = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
        var chunks = body.Split("\n\n").Where(frame => frame.StartsWith("data: {", StringComparison.Ordinal)).Select(frame => JsonDocument.Parse(frame["data: ".Length..]).RootElement).ToArray();
        var choices = chunks[..^1].Select(chunk => Assert.Single(chunk.GetProperty("choices").EnumerateArray())).ToLookup(choice => choice.GetProperty("index").GetInt32());
        foreach (var index in (int[])[0, 1, 2])
        {
            Assert.Equal("assistant", choices[index].First().GetProperty("delta").Text("role"));
            Assert.Equal($"Reply {index + 7}.", string.Concat(choices[index].Select(choice => choice.GetProperty("delta").TryGetProperty("content", out var text) ? text.GetString() : "")));
            Assert.Equal("stop", choices[index].Last().Text("finish_reason"));
        }

        Assert.Equal((33, 21, 54), UsageOf(chunks[^1]));
    }

    [Theory]
    [InlineData(Three)]
    [InlineData(ThreeStreamed)]
    public async Task One_failure_is_the_failure_of_all(string body)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Direct.Script = content => content.Settings.Seed == 8 ? throw new DirectCallException(FailureKind.Provider, "down", 503) : [];
        using var response = await server.PostAsync(body);
        Assert.Equal("provider_error", (await response.ErrorAsync(HttpStatusCode.ServiceUnavailable)).Code);
    }

    [Fact]
    public async Task Each_takes_a_place()
    {
        await using var server = await GatewayServer.StartAsync(options => options.MaxDirectCalls = 4);
        var first = server.PostAsync(Three);
        for (var calls = 0; calls < 3; calls++) await server.Direct.BegunAsync();
        using (var refused = await server.PostAsync(Three)) Assert.Equal("rate_limit_exceeded", (await refused.ErrorAsync(HttpStatusCode.TooManyRequests)).Code);
        using (var never = await server.PostAsync(Three.Replace("\"n\":3", "\"n\":5", StringComparison.Ordinal)))
            Assert.Equal("n", (await never.ErrorAsync(HttpStatusCode.BadRequest)).Param);
        for (var calls = 0; calls < 3; calls++) server.Direct.Updates.Writer.TryWrite(FakeDirectCalls.Ended());
        server.Direct.Updates.Writer.Complete();
        using var response = await first;
        Assert.Equal("1", response.Header("x-ratelimit-remaining-requests"));
    }

    private static (int, int, int) UsageOf(JsonElement json)
    {
        var usage = json.GetProperty("usage");
        return (usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("completion_tokens").GetInt32(), usage.GetProperty("total_tokens").GetInt32());
    }

    private static async Task<GatewayServer> AnsweringAsync()
    {
        var server = await GatewayServer.StartAsync();
        server.Direct.Script = content => [new DirectUpdate.Text("Reply "), new DirectUpdate.Text($"{content.Settings.Seed}."), FakeDirectCalls.Ended()];
        return server;
    }
}
