using System.Net;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace ActorLlm.Gateway.Tests.Chat;

public sealed class DirectChatTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_760_000_000);

    [Fact]
    public async Task A_request_that_is_not_to_be_stored_reaches_no_conversation_and_names_no_turn()
    {
        await using var server = await GatewayServer.StartAsync(time: new FakeTimeProvider(Now));
        server.Direct.Answer("Hel", "lo.");
        using var response = await server.PostAsync(Responses.HiDirect);
        var completion = await response.JsonAsync();
        Assert.StartsWith("chatcmpl-", completion.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal(1_760_000_000, completion.GetProperty("created").GetInt64());
        Assert.Equal("sim-1-2026", completion.GetProperty("model").GetString());
        var choice = completion.GetProperty("choices")[0];
        Assert.Equal(("Hello.", "stop"), (choice.GetProperty("message").GetProperty("content").GetString(), choice.GetProperty("finish_reason").GetString()));
        Assert.Equal(18, completion.GetProperty("usage").GetProperty("total_tokens").GetInt32());
        Assert.Equal("Hi", Assert.Single(Assert.Single(server.Direct.Calls).Messages).Text);
        Assert.Empty(server.Conversations.Requests);
        Assert.Null(response.Header(TurnAddress.KeyHeader));
        Assert.Null(response.Header(TurnAddress.ConversationHeader));
        Assert.Null(response.Header("x-actorllm-turn"));
    }

    [Theory]
    [InlineData("""{"store":false,""", "Idempotency-Key", "k1")]
    [InlineData("""{"store":false,""", "X-Conversation-Id", "c1")]
    [InlineData("""{"store":false,"metadata":{"conversation_id":"c1"},""", null, null)]
    [InlineData("""{"store":true,""", null, null)]
    [InlineData("""{"store":null,""", null, null)]
    [InlineData("{", null, null)]
    public async Task A_key_or_a_conversation_or_no_word_about_storing_makes_it_a_durable_turn(string begin, string? header, string? value)
    {
        await using var server = await GatewayServer.StartAsync();
        var body = begin + Responses.Hi[1..];
        using var response = await (header is null ? server.PostAsync(body) : server.PostAsync(body, (header, value!)));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Single(server.Conversations.Requests);
        Assert.Empty(server.Direct.Calls);
        Assert.NotNull(response.Header(TurnAddress.KeyHeader));
        Assert.Null(response.Header("x-ratelimit-limit-requests"));
    }

    [Fact]
    public async Task A_stream_has_the_shape_of_a_durable_one_and_each_piece_leaves_at_once()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Direct.Updates.Writer.TryWrite(new DirectUpdate.Text("Hel"));
        using var response = await server.PostAsync(Responses.HiDirectStreamed);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Contains("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}", await FrameAsync(reader), StringComparison.Ordinal);
        Assert.Contains("{\"content\":\"Hel\"}", await FrameAsync(reader), StringComparison.Ordinal);
        server.Direct.Answer("lo.");
        Assert.Contains("{\"content\":\"lo.\"}", await FrameAsync(reader), StringComparison.Ordinal);
        Assert.Contains("\"finish_reason\":\"stop\"", await FrameAsync(reader), StringComparison.Ordinal);
        Assert.Equal("data: [DONE]", await FrameAsync(reader));
        Assert.Equal("", await reader.ReadToEndAsync());
    }

    public static TheoryData<DirectCallException, HttpStatusCode, string, string?> Failed => new()
    {
        { new(FailureKind.Provider, "busy", 429, TimeSpan.FromSeconds(7)), HttpStatusCode.TooManyRequests, "rate_limit_exceeded", "7" },
        { new(FailureKind.Provider, "busy", 429), HttpStatusCode.TooManyRequests, "rate_limit_exceeded", "1" },
        { new(FailureKind.Provider, "down", 500), HttpStatusCode.ServiceUnavailable, "provider_error", "1" },
        { new(FailureKind.Provider, "down", 503, TimeSpan.FromSeconds(3)), HttpStatusCode.ServiceUnavailable, "provider_error", "3" },
        { new(FailureKind.Provider, "unreachable"), HttpStatusCode.ServiceUnavailable, "provider_error", "1" },
        { new(FailureKind.Provider, "no such key", 401), HttpStatusCode.ServiceUnavailable, "provider_error", "1" },
        { new(FailureKind.Content, "bad", 400), HttpStatusCode.BadRequest, "content_refused", null },
        { new(FailureKind.Content, "bad (context_length_exceeded)", 400), HttpStatusCode.BadRequest, "context_length_exceeded", null },
        { new(FailureKind.Content, "bad", 422), HttpStatusCode.BadRequest, "content_refused", null },
        { new(FailureKind.Content, "too long to be sent"), HttpStatusCode.BadRequest, "content_refused", null },
        { new(FailureKind.Content, "none", 404), HttpStatusCode.NotFound, "model_not_found", null },
        { new(FailureKind.Content, "large", 413), HttpStatusCode.RequestEntityTooLarge, "content_too_large", null },
        { new(FailureKind.Content, "elsewhere", 302), HttpStatusCode.InternalServerError, "provider_error", null },
    };

    [Theory]
    [MemberData(nameof(Failed))]
    public async Task A_failure_before_the_first_text_is_a_real_status(DirectCallException failure, HttpStatusCode status, string code, string? retryAfter)
    {
        foreach (var body in (string[])[Responses.HiDirect, Responses.HiDirectStreamed])
        {
            await using var server = await GatewayServer.StartAsync();
            server.Direct.Updates.Writer.Complete(failure);
            using var response = await server.PostAsync(body);
            var error = await response.ErrorAsync(status);
            Assert.Equal((code, failure.Message), (error.Code, error.Message));
            Assert.Equal(retryAfter, response.Header("retry-after"));
            Assert.Equal(retryAfter is null ? "false" : null, response.Header("x-should-retry"));
            Assert.Single(server.Direct.Calls);
        }
    }

    [Fact]
    public async Task An_unforeseen_failure_is_500_and_keeps_its_words_to_itself()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Direct.Updates.Writer.Complete(new InvalidOperationException("secret"));
        using var response = await server.PostAsync(Responses.HiDirect);
        var error = await response.ErrorAsync(HttpStatusCode.InternalServerError);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_breaks_off_after_its_first_text_does_not_look_complete(bool withReason)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Direct.Updates.Writer.TryWrite(new DirectUpdate.Text("one"));
        using var response = await server.PostAsync(Responses.HiDirectStreamed);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await FrameAsync(reader);
        await FrameAsync(reader);
        server.Direct.Updates.Writer.Complete(withReason ? new DirectCallException(FailureKind.Provider, "The connection broke.") : null);
        Assert.Contains(withReason ? "\"message\":\"The connection broke.\"" : "stream_ended", await FrameAsync(reader), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<IOException>(() => reader.ReadToEndAsync());
    }

    [Fact]
    public async Task A_whole_reply_that_was_cut_short_is_an_error()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Direct.Updates.Writer.TryWrite(new DirectUpdate.Text("one"));
        server.Direct.Updates.Writer.Complete();
        using var response = await server.PostAsync(Responses.HiDirect);
        await response.ErrorAsync(HttpStatusCode.InternalServerError);
    }

    [Fact]
    public async Task Silence_before_the_first_text_is_broken_by_the_status_and_then_by_comments()
    {
        var time = new FakeTimeProvider(Now);
        await using var server = await GatewayServer.StartAsync(time: time);
        var post = server.PostAsync(Responses.HiDirectStreamed);
        await InTimeAsync(post, time);
        using var response = await post;
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await FrameAsync(reader);
        var frame = FrameAsync(reader);
        await InTimeAsync(frame, time);
        Assert.Equal(": ping", await frame);
    }

    [Theory]
    [InlineData(Responses.HiDirect)]
    [InlineData(Responses.HiDirectStreamed)]
    public async Task A_client_that_leaves_cancels_the_call_and_gives_its_place_back(string body)
    {
        await using var server = await GatewayServer.StartAsync(options => options.MaxDirectCalls = 1);
        using (var impatient = new CancellationTokenSource())
        {
            var post = server.Client.PostAsync(
                new Uri("/v1/chat/completions", UriKind.Relative), new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")), impatient.Token);
            await server.Direct.BegunAsync();
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => post);
        }

        await server.Direct.Cancelled.WaitAsync(TimeSpan.FromSeconds(10));
        server.Direct.Answer("Hello.");
        var again = AskUntilThereIsAPlaceAsync(server);
        Assert.Equal(HttpStatusCode.OK, await again.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_whole_reply_that_takes_too_long_is_504_and_its_call_is_cancelled()
    {
        var time = new FakeTimeProvider(Now);
        await using var server = await GatewayServer.StartAsync(options => options.MaxWait = TimeSpan.FromSeconds(30), time);
        var post = server.PostAsync(Responses.HiDirect);
        await InTimeAsync(post, time);
        using var response = await post;
        Assert.Equal("timeout", (await response.ErrorAsync(HttpStatusCode.GatewayTimeout)).Code);
        Assert.Equal("false", response.Header("x-should-retry"));
        await server.Direct.Cancelled.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Beyond_the_bound_a_call_is_429_and_every_answer_says_how_many_places_are_left()
    {
        await using var server = await GatewayServer.StartAsync(options => options.MaxDirectCalls = 2);
        var first = server.PostAsync(Responses.HiDirect);
        await server.Direct.BegunAsync();
        var second = server.PostAsync(Responses.HiDirect);
        await server.Direct.BegunAsync();
        using (var refused = await server.PostAsync(Responses.HiDirect))
        {
            Assert.Equal("rate_limit_exceeded", (await refused.ErrorAsync(HttpStatusCode.TooManyRequests)).Code);
            Assert.Equal(("1", "1000"), (refused.Header("retry-after"), refused.Header("retry-after-ms")));
            Assert.Equal(("2", "0", "1s"), Limits(refused));
        }

        // A turn waits in the database and not here.
        using (var durable = await server.PostAsync(Responses.Hi)) Assert.Equal(HttpStatusCode.OK, durable.StatusCode);
        server.Direct.Updates.Writer.TryWrite(FakeDirectCalls.Ended());
        server.Direct.Updates.Writer.TryWrite(FakeDirectCalls.Ended());
        server.Direct.Updates.Writer.Complete();
        using var one = await first;
        using var two = await second;
        Assert.Equal(["0", "1"], ((string?[])[Limits(one).Remaining, Limits(two).Remaining]).Order());
    }

    [Fact]
    public async Task A_stream_in_flight_finishes_while_the_server_stops()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Direct.Updates.Writer.TryWrite(new DirectUpdate.Text("one"));
        using var response = await server.PostAsync(Responses.HiDirectStreamed);
        var stop = server.StopAsync();
        server.Direct.Answer(" two");
        Assert.EndsWith("data: [DONE]\n\n", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await stop;
    }

    private static async Task<HttpStatusCode> AskUntilThereIsAPlaceAsync(GatewayServer server)
    {
        while (true)
        {
            using var response = await server.PostAsync(Responses.HiDirect);
            if (response.StatusCode != HttpStatusCode.TooManyRequests) return response.StatusCode;
        }
    }

    private static (string? Limit, string? Remaining, string? Reset) Limits(HttpResponseMessage response) =>
        (response.Header("x-ratelimit-limit-requests"), response.Header("x-ratelimit-remaining-requests"), response.Header("x-ratelimit-reset-requests"));

    private static async Task<string> FrameAsync(StreamReader reader)
    {
        var frame = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("", await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)));
        return frame!;
    }

    // The server arms its timer at some time after the request came; steps reach it whenever it does.
    private static async Task InTimeAsync(Task task, FakeTimeProvider time)
    {
        while (!task.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}
