using System.Net;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Tests.Keys;
using ActorLlm.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace ActorLlm.Gateway.Tests.Chat;

public sealed class ChatEndpointTests
{
    [Fact]
    public async Task A_reply_has_the_whole_shape_that_clients_read()
    {
        await using var server = await GatewayServer.StartAsync();
        using var response = await server.PostAsync(Responses.Hi, ("Idempotency-Key", "k1"), ("X-Conversation-Id", "c1"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        var id = Ids.CompletionOf(Domain.ConversationId.Of("c1"), Domain.TurnId.Parse("k1"));
        Assert.Equal(
            """
            {"id":"ID","object":"chat.completion","created":1750000000,"model":"sim-1-2026","system_fingerprint":null,"choices":[{"index":0,"message":{"role":"assistant","content":"Hello.","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}}
            """.Replace("ID", id, StringComparison.Ordinal),
            await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Every_answer_names_its_request_its_turn_and_its_time()
    {
        await using var server = await GatewayServer.StartAsync();
        using var response = await server.PostAsync(Responses.Hi, ("Idempotency-Key", "k1"), ("X-Conversation-Id", "c1"));
        Assert.Matches("^req_[0-9a-f]{32}$", response.Header("x-request-id"));
        Assert.Matches("^[0-9]+$", response.Header("openai-processing-ms"));
        Assert.Equal("k1", response.Header("Idempotency-Key"));
        Assert.Equal("c1", response.Header("X-Conversation-Id"));
        Assert.Equal("default/c1 k1", response.Header("x-actorllm-turn"));
    }

    [Theory]
    [InlineData("GET", "/v1/models")]
    [InlineData("GET", "/v1/models/none")]
    [InlineData("GET", "/v1/no/such/path")]
    [InlineData("PUT", "/v1/chat/completions")]
    [InlineData("POST", "/v1/chat/completions")]
    [InlineData("POST", "/v1/embeddings")]
    public async Task Answers_and_errors_of_every_kind_tell_how_long_they_took(string method, string path)
    {
        await using var server = await GatewayServer.StartAsync();
        await using var locked = await TestKeys.StartAsync();
        foreach (var one in (GatewayServer[])[server, locked])
        {
            using var response = await one.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
            Assert.Matches("^[0-9]+$", response.Header("openai-processing-ms"));
        }

        using var streamed = await server.PostAsync(Responses.HiStreamed);
        Assert.Matches("^[0-9]+$", streamed.Header("openai-processing-ms"));
    }

    [Theory]
    [InlineData(Responses.Hi)]
    [InlineData(Responses.HiStreamed)]
    public async Task Only_a_refusal_for_the_turns_of_the_conversation_tells_their_bound(string body)
    {
        await using var server = await GatewayServer.StartAsync();
        using (var answered = await server.PostAsync(body)) Assert.Equal((null, null, null), Limits(answered));
        server.Conversations.Script = (_, _) => throw new TurnRejectedException(RejectionCode.TooManyPending, "Full.");
        using (var full = await server.PostAsync(body))
        {
            await full.ErrorAsync(HttpStatusCode.TooManyRequests);
            Assert.Equal(($"{new Domain.ConversationPolicy().MaxPendingTurns}", "0", "1s"), Limits(full));
        }

        server.Conversations.Script = (_, _) => throw new TurnRejectedException(RejectionCode.Busy, "Another turn is unfinished.");
        using var busy = await server.PostAsync(body);
        await busy.ErrorAsync(HttpStatusCode.TooManyRequests);
        Assert.Equal((null, null, null), Limits(busy));

        static (string?, string?, string?) Limits(HttpResponseMessage response) => (
            response.Header("x-ratelimit-limit-requests"), response.Header("x-ratelimit-remaining-requests"), response.Header("x-ratelimit-reset-requests"));
    }

    [Fact]
    public async Task The_same_key_gives_the_same_bytes_without_a_second_execution()
    {
        await using var server = await GatewayServer.StartAsync();
        using var first = await server.PostAsync(Responses.Hi, ("Idempotency-Key", "k1"));
        using var second = await server.PostAsync(Responses.Hi, ("Idempotency-Key", "k1"));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(first.Header("X-Conversation-Id"), second.Header("X-Conversation-Id"));
        Assert.Equal(1, server.Conversations.Executions);
    }

    [Fact]
    public async Task A_request_without_key_and_conversation_is_a_turn_of_its_own()
    {
        await using var server = await GatewayServer.StartAsync();
        using var first = await server.PostAsync(Responses.Hi);
        using var second = await server.PostAsync(Responses.Hi);
        Assert.Equal(2, server.Conversations.Executions);
        Assert.NotEqual(first.Header("X-Conversation-Id"), second.Header("X-Conversation-Id"));
        using var again = await server.PostAsync(
            Responses.Hi, ("Idempotency-Key", first.Header("Idempotency-Key")!), ("X-Conversation-Id", first.Header("X-Conversation-Id")!));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal(2, server.Conversations.Executions);
    }

    [Fact]
    public async Task Everything_asked_reaches_the_conversation()
    {
        await using var server = await GatewayServer.StartAsync();
        using var response = await server.PostAsync(
            """
            {"model":"org/sim-2","messages":[{"role":"system","content":"Be brief."},{"role":"developer","content":[]},
             {"role":"user","content":[{"type":"text","text":"One "},{"text":"two","type":"text","cache_control":{"a":[1]}}],"name":"ann"},
             {"role":"assistant","content":"Three","tool_calls":[],"refusal":null}],
             "temperature":0.5,"top_p":1,"max_completion_tokens":20,"seed":-9,"frequency_penalty":-2,"presence_penalty":2,"stop":["a","b"],
             "n":1,"tools":[],"tool_choice":"auto","logprobs":false,"logit_bias":{},"response_format":{"type":"text"},"modalities":["text"],
             "user":"u","metadata":{"conversation_id":"c/7","x":"y"},"store":true,"service_tier":"auto","no_such_field":{"deep":[[1]]}}
            """,
            ("X-Overlap-Policy", "interrupt"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var request = Assert.Single(server.Conversations.Requests);
        Assert.Equal("default/c/7", request.Conversation.Value);
        Assert.Equal(OverlapPolicy.Interrupt, request.Overlap);
        Assert.Null(request.Deadline);
        var expected = new TurnContent(
            "org/sim-2",
            [
                new Message(Role.System, "Be brief."), new Message(Role.Developer, ""),
                new Message(Role.User, "One two") { Name = "ann" }, new Message(Role.Assistant, "Three"),
            ],
            new GenerationSettings(0.5, 1, 20, -9, -2, 2, ["a", "b"])
            {
                PassOn = """{"logit_bias":{},"no_such_field":{"deep":[[1]]},"service_tier":"auto","user":"u"}""",
            });
        Assert.Equal(expected, request.Content);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}]}""")]
    [InlineData("""{"model":null,"messages":[{"role":"user","content":"Hi"}]}""")]
    public async Task A_request_without_a_model_is_for_the_default_model(string body)
    {
        await using var server = await GatewayServer.StartAsync();
        using var response = await server.PostAsync(body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("", Assert.Single(server.Conversations.Requests).Content.Model);
    }

    [Theory]
    [InlineData("stop", "stop")]
    [InlineData("length", "length")]
    [InlineData("content_filter", "content_filter")]
    [InlineData("eos", "stop")]
    [InlineData("", "stop")]
    public async Task A_finish_reason_is_one_that_strict_clients_know(string reported, string shown)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Conversations.Script = (_, _) => Task.FromResult(FakeConversations.Committed("x", reported));
        using var response = await server.PostAsync(Responses.Hi);
        Assert.Equal(shown, (await response.JsonAsync()).GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task A_reply_of_a_mebibyte_with_quotes_controls_and_other_scripts_arrives_as_it_is()
    {
        var text = string.Concat(Enumerable.Repeat("\"},\n\r\n\0\u2028</script>\\ Grüße 你好 😀 ", 20_000));
        await using var server = await GatewayServer.StartAsync();
        server.Conversations.Script = (_, _) => Task.FromResult(FakeConversations.Committed(text));
        using var response = await server.PostAsync(Responses.Hi);
        Assert.Equal(text, (await response.JsonAsync()).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Theory]
    [InlineData("k1", null)]
    [InlineData(null, "false")]
    public async Task Waiting_too_long_ends_the_wait_and_says_how_to_get_the_reply(string? key, string? shouldRetry)
    {
        var time = new FakeTimeProvider();
        await using var server = await GatewayServer.StartAsync(options => options.MaxWait = TimeSpan.FromSeconds(30), time);
        var waiting = new TaskCompletionSource();
        server.Conversations.Script = async (_, cancellation) =>
        {
            waiting.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
            return FakeConversations.Committed("never");
        };
        var post = server.PostAsync(Responses.Hi, key is null ? [] : [("Idempotency-Key", key)]);
        await waiting.Task;
        time.Advance(TimeSpan.FromSeconds(30));
        using var response = await post;
        var error = await response.ErrorAsync(HttpStatusCode.GatewayTimeout);
        Assert.Equal("turn_pending", error.Code);
        Assert.Contains($"Idempotency-Key: {response.Header("Idempotency-Key")}", error.Message, StringComparison.Ordinal);
        Assert.Equal(shouldRetry, response.Header("x-should-retry"));
    }

    [Fact]
    public async Task A_client_that_leaves_ends_only_the_wait()
    {
        await using var server = await GatewayServer.StartAsync();
        var (waiting, left) = (new TaskCompletionSource(), new TaskCompletionSource());
        server.Conversations.Script = async (_, cancellation) =>
        {
            cancellation.Register(left.SetResult);
            waiting.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
            return FakeConversations.Committed("never");
        };
        using var leave = new CancellationTokenSource();
        using var body = new StringContent(Responses.Hi, System.Text.Encoding.UTF8, "application/json");
        var post = server.Client.PostAsync("/v1/chat/completions", body, leave.Token);
        await waiting.Task;
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => post);
        await left.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await server.DisposeAsync();
        Assert.Equal(0, server.Conversations.Cancels);
    }
}
