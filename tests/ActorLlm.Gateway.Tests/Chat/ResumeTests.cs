using System.Net;
using ActorLlm.Hosting;

namespace ActorLlm.Gateway.Tests.Chat;

/// <summary>A client whose stream broke off comes back with its key and the id of the last chunk that it has.</summary>
public sealed class ResumeTests
{
    private const string Text = "Hello 😀, and 😀 again.";

    [Fact]
    public async Task From_wherever_a_client_goes_on_it_gets_what_it_missed_once_and_in_order()
    {
        await using var server = await StartAsync();
        var chunks = await ChunksAsync(server, null);
        Assert.True(chunks.Count > 5, "The text comes in several chunks.");
        Assert.Equal(Text, string.Concat(chunks.Select(chunk => chunk.Text)));
        for (var read = 0; read < chunks.Count; read++)
        {
            var rest = await ChunksAsync(server, chunks[read].Id);
            Assert.Equal(Text, string.Concat(chunks.Take(read + 1).Concat(rest).Select(chunk => chunk.Text)));
            Assert.Equal(chunks.Skip(read + 1).Select(chunk => chunk.Id), rest.Select(chunk => chunk.Id));
        }

        Assert.Equal(1, server.Conversations.Executions);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("")]
    [InlineData("1048577")]
    [InlineData("5-")]
    [InlineData("5-x")]
    [InlineData("5-123456789")]
    [InlineData("-5")]
    public async Task A_point_that_no_chunk_has_is_refused(string id)
    {
        await using var server = await StartAsync();
        using var response = await server.PostAsync(Responses.HiStreamed, ("Idempotency-Key", "k1"), ("Last-Event-ID", id));
        var error = await response.ErrorAsync(HttpStatusCode.BadRequest);
        Assert.Equal(("invalid_value", "Last-Event-ID"), (error.Code, error.Param));
        Assert.Empty(server.Conversations.Requests);
    }

    [Fact]
    public async Task A_point_beyond_the_reply_is_refused_instead_of_ending_well()
    {
        await using var server = await StartAsync();
        using var response = await server.PostAsync(Responses.HiStreamed, ("Idempotency-Key", "k1"), ("Last-Event-ID", $"{Text.Length + 1}"));
        Assert.Contains("beyond the end of the reply", (await response.ErrorAsync(HttpStatusCode.BadRequest)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Responses.HiStreamed)]
    [InlineData(Responses.Hi)]
    [InlineData(Responses.HiDirectStreamed)]
    public async Task A_point_of_no_turn_in_particular_is_refused_before_another_turn_begins(string body)
    {
        await using var server = await StartAsync();
        using var response = await server.PostAsync(body, ("Last-Event-ID", "5-0a0b0c0d"));
        var error = await response.ErrorAsync(HttpStatusCode.BadRequest);
        Assert.Equal(("invalid_request_error", "invalid_value", "Last-Event-ID"), (error.Type, error.Code, error.Param));
        Assert.Contains("expected the header Idempotency-Key beside it", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Conversations.Requests);
    }

    [Fact]
    public async Task Half_of_a_character_is_never_sent()
    {
        await using var server = await StartAsync();
        var rest = await ChunksAsync(server, $"{Text.IndexOf('\ud83d', StringComparison.Ordinal) + 1}");
        Assert.Equal(", and 😀 again.", string.Concat(rest.Select(chunk => chunk.Text)));
    }

    [Fact]
    public async Task A_client_that_read_other_words_does_not_get_the_rest_of_these()
    {
        await using var server = await StartAsync();
        var id = (await ChunksAsync(server, null))[3].Id;
        server.Conversations.StreamScript = (request, _) => Pieces(request, "Hi, in other words, ", "and at length.");
        using var response = await server.PostAsync(Responses.HiStreamed, ("Idempotency-Key", "k1"), ("Last-Event-ID", id));
        var error = await response.ErrorAsync(HttpStatusCode.BadRequest);
        Assert.Equal(("stream_diverged", "Last-Event-ID"), (error.Code, error.Param));
    }

    private static async IAsyncEnumerable<TurnUpdate> Pieces(TurnRequest request, params string[] pieces)
    {
        foreach (var piece in pieces) yield return new TurnUpdate.Text(piece);
        await Task.CompletedTask;
        yield return new TurnUpdate.Settled(FakeConversations.Settled(request, FakeConversations.Committed(string.Concat(pieces))), Diverged: false);
    }

    private static async Task<GatewayServer> StartAsync()
    {
        var server = await GatewayServer.StartAsync();
        server.Conversations.Script = (_, _) => Task.FromResult(FakeConversations.Committed(Text));
        return server;
    }

    private static async Task<List<(string Id, string Text)>> ChunksAsync(GatewayServer server, string? after)
    {
        (string, string)[] headers = after is { } id ? [("Idempotency-Key", "k1"), ("Last-Event-ID", id)] : [("Idempotency-Key", "k1")];
        using var response = await server.PostAsync(Responses.HiStreamed, headers);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var body = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
        return [.. body.Split("\n\n").Where(frame => frame.StartsWith("id: ", StringComparison.Ordinal)).Select(frame => frame.Split('\n')).Select(lines =>
        {
            using var chunk = System.Text.Json.JsonDocument.Parse(lines[1]["data: ".Length..]);
            return (lines[0]["id: ".Length..],
                chunk.RootElement.GetProperty("choices")[0].GetProperty("delta").GetProperty("content").GetString()!);
        })];
    }
}
