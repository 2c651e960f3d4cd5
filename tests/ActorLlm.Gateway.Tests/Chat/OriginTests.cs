using ActorLlm.Domain.Conversations;

namespace ActorLlm.Gateway.Tests.Chat;

/// <summary>What a backend says of where its answer was made goes on to the client.</summary>
public sealed class OriginTests
{
    private static readonly Reply Reply = new("Yes.", "m", "b", "stop", new Usage(1, 1)) { SystemFingerprint = "fp_1", ServiceTier = "flex" };

    [Fact]
    public async Task A_whole_reply_has_it()
    {
        await using var server = await StartAsync(Reply);
        using var response = await server.PostAsync(Responses.Hi);
        var json = await response.JsonAsync();
        Assert.Equal(("fp_1", "flex"), (json.Text("system_fingerprint"), json.Text("service_tier")));
    }

    [Fact]
    public async Task The_chunk_that_ends_a_stream_has_it()
    {
        await using var server = await StartAsync(Reply);
        using var response = await server.PostAsync(Responses.HiStreamed);
        var last = (await response.Content.ReadAsStringAsync()).Split("\n\n").Last(frame => frame.Contains("\"finish_reason\":\"stop\"", StringComparison.Ordinal));
        Assert.Contains("\"system_fingerprint\":\"fp_1\",\"service_tier\":\"flex\"", last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_backend_says_nothing_nothing_is_claimed()
    {
        await using var server = await StartAsync(Reply with { SystemFingerprint = "", ServiceTier = "" });
        using var response = await server.PostAsync(Responses.Hi);
        var json = await response.JsonAsync();
        Assert.Equal(System.Text.Json.JsonValueKind.Null, json.GetProperty("system_fingerprint").ValueKind);
        Assert.False(json.TryGetProperty("service_tier", out _));
    }

    [Fact]
    public async Task A_response_has_the_class_of_service_that_was_given()
    {
        await using var server = await GatewayServer.StartAsync(real: new DecidedConversations { Script = (_, _) => new AttemptEnd.Succeeded(Reply) });
        var made = await server.AskAsync(HttpMethod.Post, "/v1/responses", """{"input":"Hi","service_tier":"auto"}""");
        Assert.Equal("flex", made.Text("service_tier"));
    }

    private static async Task<GatewayServer> StartAsync(Reply reply)
    {
        var server = await GatewayServer.StartAsync();
        server.Conversations.Script = (_, _) => Task.FromResult<Outcome>(new Outcome.Committed(reply));
        return server;
    }
}
