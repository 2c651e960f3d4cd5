using System.Net;
using System.Text;

namespace ActorLlm.Gateway.Tests;

public sealed class WebhookHeaderTests
{
    private const string Chat = """{"messages":[{"role":"user","content":"Hi"}]}""";

    [Fact]
    public async Task A_reply_that_is_to_be_sent_to_a_url_is_owed_to_it_beside_the_answer()
    {
        await using var server = await GatewayServer.StartAsync();

        using var answer = await server.PostAsync(Chat, ("Idempotency-Key", "k"), ("X-ActorLlm-Webhook", "https://hooks/mine"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var (request, target) = Assert.Single(server.Outbox.Owed);
        Assert.Equal(("k", "https://hooks/mine"), (request.Turn.Value, target.Address));
        // The same turn: the second submission is a repeat of the first.
        Assert.Equal(request, Assert.Single(server.Conversations.Requests));
    }

    [Fact]
    public async Task A_response_is_owed_too()
    {
        await using var server = await GatewayServer.StartAsync(real: new DecidedConversations());
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/responses")
        {
            Content = new StringContent("""{"input":"Hi","background":true}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-ActorLlm-Webhook", "https://hooks/mine");

        using var answer = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("https://hooks/mine", Assert.Single(server.Outbox.Owed).Target.Address);
    }

    [Theory]
    [InlineData(Chat, "https://elsewhere/", "not allowed")]
    [InlineData("""{"store":false,"messages":[{"role":"user","content":"Hi"}]}""", "https://hooks/mine", "needs a turn that is stored")]
    public async Task A_url_that_is_refused_or_a_turn_that_is_not_stored_is_an_error_and_makes_no_turn(string body, string url, string reason)
    {
        await using var server = await GatewayServer.StartAsync();

        using var answer = await server.PostAsync(body, ("X-ActorLlm-Webhook", url));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(server.Outbox.Owed);
        Assert.Empty(server.Conversations.Requests);
    }
}
