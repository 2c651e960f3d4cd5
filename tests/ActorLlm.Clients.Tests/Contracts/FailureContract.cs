using System.ClientModel;
using System.Net;
using System.Net.Http.Json;
using ActorLlm.Clients.Tests.Clients;
using ActorLlm.Clients.Tests.Support;

namespace ActorLlm.Clients.Tests.Contracts;

/// <summary>Refusals, failures and what is tried again, as every .NET client must see them.</summary>
public abstract class FailureContract : ClientContract
{
    private protected FailureContract(IClient client) : base(client)
    {
    }

    [Fact]
    public Task An_unknown_model_is_refused() =>
        RefusedAsync(Ask("unknown-model") with { Model = "no-such-model" }, 404, "model_not_found", "model");

    [Fact]
    public Task A_value_out_of_its_range_is_refused() =>
        RefusedAsync(Ask("malformed") with { Temperature = 9 }, 400, "invalid_value", "temperature");

    [Fact]
    public async Task A_key_with_another_body_is_refused()
    {
        await Client.AskAsync(Ask("another-body") with { Through = With(KeyHeader, "another-body") });

        await RefusedAsync(Ask("another-body", "indeed") with { Through = With(KeyHeader, "another-body") }, 422, "idempotency_key_reused");
    }

    [Fact]
    public async Task What_the_model_refuses_is_refused_once()
    {
        var wire = new Wire();

        await RefusedAsync(Ask("refused", "[[fault status=400]]") with { Retries = 2, Through = wire }, 400, "content_refused", "messages");

        Assert.Equal([400], wire.Statuses);
    }

    [Fact]
    public async Task A_failure_for_good_stays_one_under_its_key_and_the_model_is_not_called_again()
    {
        ChatAsk Keyed() => Ask("failed", "[[fault status=500]]") with { Through = With(KeyHeader, "failed") };

        await RefusedAsync(Keyed(), 500, "provider_error");
        var started = (await CallsAsync("failed")).Started;
        await RefusedAsync(Keyed(), 500, "provider_error");

        Assert.True(started > 1, "The cluster did not try again by itself.");
        Assert.Equal(started, (await CallsAsync("failed")).Started);
    }

    [Fact]
    public async Task A_stream_that_breaks_off_never_looks_whole()
    {
        var text = "";

        await Assert.ThrowsAnyAsync<IOException>(() => Client.StreamAsync(Ask("cut", "[[reply inter=300]] [[fault cut=5]]"), piece =>
        {
            text += piece;
            return Task.CompletedTask;
        }));

        Assert.StartsWith("[simulator]", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_busy_model_is_waited_for_by_the_cluster()
    {
        var wire = new Wire();

        await Client.AskAsync(Ask("busy", "[[fault status=429 retry-after=1 first=1]]") with { Through = wire });

        Assert.Equal([200], wire.Statuses);
        Assert.Equal(new ModelCalls(Started: 2, Completed: 1, Refused: 1, Early: 0), await CallsAsync("busy"));
    }

    /// <summary>The stream would take minutes: its pieces come while the model speaks. It is interrupted once the other request was refused.</summary>
    [Fact]
    public async Task A_full_conversation_is_asked_again_when_it_says_and_an_interrupted_stream_never_looks_whole()
    {
        var wire = With(ConversationHeader, "full", async answer =>
        {
            if (answer.Status == 429)
                await InterruptAsync("full");
        });
        var pieces = 0;
        Task<ChatReply>? waiting = null;

        await Assert.ThrowsAnyAsync<IOException>(() => Client.StreamAsync(
            Ask("full", "endless [[reply tokens=3000 inter=100]]") with { Through = With(ConversationHeader, "full") },
            _ =>
            {
                if (++pieces == 3)
                    waiting = Client.AskAsync(Ask("full", "waiting") with { Retries = 5, Through = wire });
                return Task.CompletedTask;
            }));
        var reply = await waiting!;

        Assert.Contains("waiting", reply.Text, StringComparison.Ordinal);
        wire.AssertRetried(429);
    }

    private async Task RefusedAsync(ChatAsk ask, int status, string code, string? param = null)
    {
        var error = await Assert.ThrowsAsync<ClientResultException>(() => Client.AskAsync(ask));
        Assert.Equal(status, error.Status);
        Assert.Contains(code, error.Message, StringComparison.Ordinal);
        if (param is not null)
            Assert.Contains($"Parameter: {param}", error.Message, StringComparison.Ordinal);
    }

    private async Task InterruptAsync(string check)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Nodes[1]}/chat/completions");
        request.Content = JsonContent.Create(new { messages = new[] { new { role = "user", content = "Stop." } } });
        request.Headers.Add(ConversationHeader, $"{Client.Name}-{check}");
        request.Headers.Add("X-Overlap-Policy", "interrupt");
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
