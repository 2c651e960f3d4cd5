using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Gateway.Tests;

/// <summary>How many more unfinished turns a conversation may have, in the headers that OpenAI's clients read.</summary>
public sealed class RateLimitTests
{
    private static readonly int Most = ConversationPolicy.Default.MaxPendingTurns;
    private readonly DecidedConversations _conversations = new();

    [Theory]
    [InlineData("/v1/chat/completions", """{"messages":[{"role":"user","content":"Hi"}]}""")]
    [InlineData("/v1/chat/completions", """{"stream":true,"messages":[{"role":"user","content":"Hi"}]}""")]
    [InlineData("/v1/responses", """{"input":"Hi"}""")]
    [InlineData("/v1/responses", """{"input":"Hi","stream":true}""")]
    [InlineData("/v1/responses", """{"input":"Hi","background":true}""")]
    public async Task An_answer_to_a_turn_that_has_ended_has_all_places_left(string path, string body)
    {
        await using var server = await GatewayServer.StartAsync(real: _conversations);

        using var response = await server.SendAsync(HttpMethod.Post, path, body);

        Assert.Equal(($"{Most}", $"{Most}", "1s"), Of(response));
    }

    [Fact]
    public async Task An_answer_to_a_turn_that_waits_counts_it_and_those_before_it()
    {
        await using var server = await GatewayServer.StartAsync(real: _conversations);
        _conversations.Script = (_, _) => null;

        using var first = await server.SendAsync(HttpMethod.Post, "/v1/responses", """{"input":"Hi","background":true}""", ("X-Conversation-Id", "talk"));
        using var second = await server.SendAsync(HttpMethod.Post, "/v1/responses", """{"input":"Hi","background":true}""", ("X-Conversation-Id", "talk"));

        Assert.Equal(($"{Most}", $"{Most - 1}", "1s"), Of(first));
        Assert.Equal(($"{Most}", $"{Most - 2}", "1s"), Of(second));
    }

    [Fact]
    public async Task A_turn_that_failed_tells_it_too()
    {
        await using var server = await GatewayServer.StartAsync(real: _conversations);
        _conversations.Script = (_, _) => new AttemptEnd.Failed(FailureKind.Deadline, "Too late.", null);

        using var response = await server.PostAsync(Responses.Hi);

        Assert.Equal(($"{Most}", $"{Most}", "1s"), Of(response));
    }

    private static (string? Limit, string? Remaining, string? Reset) Of(HttpResponseMessage response) =>
        (response.Header("x-ratelimit-limit-requests"), response.Header("x-ratelimit-remaining-requests"), response.Header("x-ratelimit-reset-requests"));
}
