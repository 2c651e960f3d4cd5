using System.Net;
using System.Text.Json;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;

namespace ActorLlm.Gateway.Tests.Chat;

/// <summary>What a model thought, in the field that clients of DeepSeek and vLLM look for.</summary>
public sealed class ReasoningTests
{
    private const string Text = "Yes 😀, it is.";
    private const string Thought = "Is it 😀? So it seems.";

    [Fact]
    public async Task A_stored_reply_has_it_beside_its_content()
    {
        await using var server = await ThinkingAsync(Thought);
        using var response = await server.PostAsync(Responses.Hi);
        var message = (await response.JsonAsync()).GetProperty("choices")[0].GetProperty("message");
        Assert.Equal((Thought, Text), (message.Text("reasoning_content"), message.Text("content")));
    }

    [Fact]
    public async Task A_reply_without_it_has_no_such_field()
    {
        await using var server = await ThinkingAsync("");
        using var response = await server.PostAsync(Responses.Hi);
        Assert.DoesNotContain("reasoning_content", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_wherever_in_a_stored_stream_a_client_goes_on_it_gets_what_it_missed_once_and_in_order()
    {
        await using var server = await ThinkingAsync(Thought + new string('x', 20_000));
        var chunks = await ChunksAsync(server, null);
        Assert.Equal(["content", "reasoning_content"], chunks.Select(chunk => chunk.Field).Distinct());
        Assert.Equal((Text, Thought + new string('x', 20_000)), (Of(chunks, "content"), Of(chunks, "reasoning_content")));
        Assert.True(chunks.Count(chunk => chunk.Field == "reasoning_content") > 1, "The reasoning comes in several chunks.");
        for (var read = 0; read < chunks.Count; read++)
            Assert.Equal(chunks.Skip(read + 1), await ChunksAsync(server, chunks[read].Id));
    }

    [Fact]
    public async Task A_client_that_read_other_thoughts_does_not_get_the_rest_of_these()
    {
        await using var server = await ThinkingAsync(Thought);
        var id = (await ChunksAsync(server, null))[^1].Id;
        server.Conversations.StreamScript = (request, _) => Settled(request, new Reply(Text, "m", "b", "stop", new Usage(1, 1)) { Reasoning = new string('y', Thought.Length) });
        using var diverged = await server.PostAsync(Responses.HiStreamed, ("Idempotency-Key", "k1"), ("Last-Event-ID", id));
        Assert.Equal("stream_diverged", (await diverged.ErrorAsync(HttpStatusCode.BadRequest)).Code);

        server.Conversations.StreamScript = (request, _) => Settled(request, new Reply(Text, "m", "b", "stop", new Usage(1, 1)));
        using var beyond = await server.PostAsync(Responses.HiStreamed, ("Idempotency-Key", "k1"), ("Last-Event-ID", id));
        Assert.Contains("beyond the end", (await beyond.ErrorAsync(HttpStatusCode.BadRequest)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_stored_shows_it_as_it_comes()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Direct.Updates.Writer.TryWrite(new DirectUpdate.Reasoning("Is it \ud83d"));
        using var response = await server.PostAsync(Responses.HiDirectStreamed);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await FrameAsync(reader);
        Assert.Contains("\"delta\":{\"reasoning_content\":\"Is it \"}", await FrameAsync(reader), StringComparison.Ordinal);
        server.Direct.Updates.Writer.TryWrite(new DirectUpdate.Reasoning("\ude00?"));
        Assert.Contains("\"delta\":{\"reasoning_content\":\"\\uD83D\\uDE00\"}", await FrameAsync(reader), StringComparison.Ordinal);
        server.Direct.Answer("Yes.");
        var rest = await reader.ReadToEndAsync();
        Assert.Contains("\"delta\":{\"reasoning_content\":\"?\"}", rest, StringComparison.Ordinal);
        Assert.Contains("\"delta\":{\"content\":\"Yes.\"}", rest, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_reply_that_is_not_stored_has_it_too()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Direct.Script = _ => [new DirectUpdate.Reasoning("Is "), new DirectUpdate.Reasoning("it?"), new DirectUpdate.Text("Yes."), FakeDirectCalls.Ended()];
        using var response = await server.PostAsync(Responses.HiDirect);
        var message = (await response.JsonAsync()).GetProperty("choices")[0].GetProperty("message");
        Assert.Equal(("Is it?", "Yes."), (message.Text("reasoning_content"), message.Text("content")));
    }

    [Fact]
    public async Task A_response_does_not_begin_with_what_it_does_not_show()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Direct.Updates.Writer.TryWrite(new DirectUpdate.Reasoning("Is it?"));
        server.Direct.Updates.Writer.Complete(new DirectCallException(FailureKind.Provider, "down", 503));
        var error = await server.RefusedAsync(
            HttpStatusCode.ServiceUnavailable, HttpMethod.Post, "/v1/responses", """{"model":"sim-1","store":false,"stream":true,"input":"Hi"}""");
        Assert.Equal("provider_error", error.Code);
    }

    private static string Of(IEnumerable<Chunk> chunks, string field) => string.Concat(chunks.Where(chunk => chunk.Field == field).Select(chunk => chunk.Text));

    private static async IAsyncEnumerable<TurnUpdate> Settled(TurnRequest request, Reply reply)
    {
        await Task.CompletedTask;
        yield return new TurnUpdate.Text(reply.Text);
        yield return new TurnUpdate.Settled(FakeConversations.Settled(request, new Outcome.Committed(reply)), Diverged: false);
    }

    private static async Task<GatewayServer> ThinkingAsync(string thought)
    {
        var server = await GatewayServer.StartAsync();
        var reply = new Reply(Text, "sim-1-2026", "sim", "stop", new Usage(11, 7)) { Reasoning = thought };
        server.Conversations.Script = (_, _) => Task.FromResult<Outcome>(new Outcome.Committed(reply));
        return server;
    }

    private static async Task<List<Chunk>> ChunksAsync(GatewayServer server, string? after)
    {
        (string, string)[] headers = after is { } id ? [("Idempotency-Key", "k1"), ("Last-Event-ID", id)] : [("Idempotency-Key", "k1")];
        using var response = await server.PostAsync(Responses.HiStreamed, headers);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var body = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
        return [.. body.Split("\n\n").Where(frame => frame.StartsWith("id: ", StringComparison.Ordinal)).Select(frame => frame.Split('\n')).Select(lines =>
        {
            using var chunk = JsonDocument.Parse(lines[1]["data: ".Length..]);
            var delta = Assert.Single(chunk.RootElement.GetProperty("choices")[0].GetProperty("delta").EnumerateObject());
            return new Chunk(lines[0]["id: ".Length..], delta.Name, delta.Value.GetString()!);
        })];
    }

    private static async Task<string> FrameAsync(StreamReader reader)
    {
        var frame = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("", await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)));
        return frame!;
    }

    private sealed record Chunk(string Id, string Field, string Text);
}
