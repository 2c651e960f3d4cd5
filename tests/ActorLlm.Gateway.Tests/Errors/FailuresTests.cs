using System.Net;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;

namespace ActorLlm.Gateway.Tests.Errors;

public sealed class FailuresTests
{
    [Theory]
    [InlineData(RejectionCode.Invalid, 400, "invalid_request_error", "invalid_value", "false")]
    [InlineData(RejectionCode.TurnIdReused, 422, "invalid_request_error", "idempotency_key_reused", "false")]
    [InlineData(RejectionCode.TooManyPending, 429, "requests", "rate_limit_exceeded", null)]
    [InlineData(RejectionCode.Busy, 429, "requests", "conversation_busy", "false")]
    [InlineData(RejectionCode.TooLarge, 413, "invalid_request_error", "content_too_large", "false")]
    [InlineData(RejectionCode.ConversationFull, 400, "invalid_request_error", "conversation_full", "false")]
    public async Task A_refused_turn_has_the_status_of_its_reason(RejectionCode code, int status, string type, string shown, string? shouldRetry)
    {
        foreach (var body in new[] { Responses.Hi, Responses.HiStreamed })
        {
            await using var server = await GatewayServer.StartAsync();
            server.Conversations.Script = (_, _) => throw new TurnRejectedException(code, "Because.");
            using var response = await server.PostAsync(body);
            var error = await response.ErrorAsync((HttpStatusCode)status);
            Assert.Equal((type, shown, "Because."), (error.Type, error.Code, error.Message));
            Assert.Equal(shouldRetry, response.Header("x-should-retry"));
            Assert.Equal(status == 429, response.Header("retry-after") is not null);
            Assert.Equal(status == 429, response.Header("retry-after-ms") is not null);
        }
    }

    [Fact]
    public void Every_rejection_code_has_a_status_and_none_is_409() =>
        Assert.All(Enum.GetValues<RejectionCode>(), code => Assert.NotEqual(409, Gateway.Errors.Failures.Of(code, "x").Status));

    [Theory]
    [InlineData(FailureKind.Content, 400, "invalid_request_error", "content_refused")]
    [InlineData(FailureKind.Provider, 500, "server_error", "provider_error")]
    [InlineData(FailureKind.AnswerUnusable, 500, "server_error", "provider_error")]
    [InlineData(FailureKind.WorkerLost, 500, "server_error", "worker_lost")]
    [InlineData(FailureKind.NoCredit, 429, "insufficient_quota", "insufficient_quota")]
    [InlineData(FailureKind.Deadline, 504, "server_error", "deadline_exceeded")]
    public async Task A_failed_turn_says_why_and_that_asking_again_is_pointless(FailureKind kind, int status, string type, string code)
    {
        foreach (var body in new[] { Responses.Hi, Responses.HiStreamed })
        {
            await using var server = await GatewayServer.StartAsync();
            server.Conversations.Script = (_, _) => Task.FromResult<Outcome>(new Outcome.Failed(kind, "It broke \"so\"."));
            using var response = await server.PostAsync(body, ("Idempotency-Key", "k1"));
            var error = await response.ErrorAsync((HttpStatusCode)status);
            Assert.Equal((type, code, "The turn failed: It broke \"so\"."), (error.Type, error.Code, error.Message));
            Assert.Equal("false", response.Header("x-should-retry"));
            Assert.Equal("k1", response.Header("Idempotency-Key"));
        }
    }

    [Fact]
    public async Task A_context_that_is_too_long_has_the_code_that_clients_know()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Conversations.Script = (_, _) => Task.FromResult<Outcome>(
            new Outcome.Failed(FailureKind.Content, "400 context_length_exceeded: at most 8192 tokens."));
        using var response = await server.PostAsync(Responses.Hi);
        Assert.Equal("context_length_exceeded", (await response.ErrorAsync(HttpStatusCode.BadRequest)).Code);
    }

    [Theory]
    [InlineData(400, "unsupported_value", "temperature", 400, "unsupported_value", "temperature", "false")]
    [InlineData(400, null, null, 400, "content_refused", "messages", "false")]
    [InlineData(429, "insufficient_quota", null, 429, "insufficient_quota", null, "false")]
    [InlineData(402, null, null, 429, "insufficient_quota", null, "false")]
    [InlineData(429, "rate_limit_exceeded", null, 429, "rate_limit_exceeded", null, null)]
    public async Task A_refusal_of_the_backend_keeps_its_own_code_and_field_where_nothing_is_stored(
        int status, string? code, string? param, int shownStatus, string shownCode, string? shownParam, string? shouldRetry)
    {
        await using var server = await GatewayServer.StartAsync();
        var kind = status == 400 ? FailureKind.Content : FailureKind.Provider;
        server.Direct.Updates.Writer.Complete(new DirectCallException(kind, "No.", status) { Code = code, Param = param });
        using var response = await server.PostAsync(Responses.HiDirect);
        var error = await response.ErrorAsync((HttpStatusCode)shownStatus);
        Assert.Equal((shownCode, shownParam), (error.Code, error.Param));
        Assert.Equal(shouldRetry, response.Header("x-should-retry"));
    }

    [Theory]
    [InlineData(400, "strange_word")]
    [InlineData(404, "strange_word")]
    [InlineData(413, "strange_word")]
    [InlineData(422, "strange_word")]
    [InlineData(402, "strange_word")]
    [InlineData(429, "strange_word")]
    [InlineData(429, "insufficient_quota")]
    [InlineData(503, "strange_word")]
    public async Task Whatever_code_a_backend_gives_the_type_is_one_of_OpenAIs(int status, string code)
    {
        await using var server = await GatewayServer.StartAsync();
        var kind = status is 402 or 429 or >= 500 ? FailureKind.Provider : FailureKind.Content;
        server.Direct.Updates.Writer.Complete(new DirectCallException(kind, "No.", status) { Code = code });
        using var response = await server.PostAsync(Responses.HiDirect);
        var error = await response.ErrorAsync(response.StatusCode);
        Assert.Contains(error.Type, (string[])["invalid_request_error", "requests", "insufficient_quota", "server_error"]);
    }

    [Theory]
    [InlineData(CancelledBy.Client, "at a client's request")]
    [InlineData(CancelledBy.LaterTurn, "a later turn of the conversation interrupted it")]
    public async Task A_cancelled_turn_is_400_and_says_who_ended_it(CancelledBy by, string message)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Conversations.Script = (_, _) => Task.FromResult<Outcome>(new Outcome.Cancelled(by));
        using var response = await server.PostAsync(Responses.Hi);
        var error = await response.ErrorAsync(HttpStatusCode.BadRequest);
        Assert.Equal("turn_cancelled", error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1500, "2", "1500")]
    [InlineData(0, "1", "1")]
    [InlineData(3000, "3", "3000")]
    public async Task An_unreachable_database_is_503_with_the_time_to_come_back(int milliseconds, string seconds, string exact)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Conversations.Script = (_, _) =>
            throw new ConversationsUnavailableException("The database did not answer in 30 s.", TimeSpan.FromMilliseconds(milliseconds));
        using var response = await server.PostAsync(Responses.Hi);
        var error = await response.ErrorAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal(("server_error", "service_unavailable"), (error.Type, error.Code));
        Assert.Equal("The database did not answer in 30 s.", error.Message);
        Assert.Equal((seconds, exact, null), (response.Header("retry-after"), response.Header("retry-after-ms"), response.Header("x-should-retry")));
    }

    [Fact]
    public async Task An_unforeseen_failure_is_500_and_tells_no_secrets()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Conversations.Script = (_, _) => throw new InvalidOperationException("password=hunter2");
        using var response = await server.PostAsync(Responses.Hi);
        var error = await response.ErrorAsync(HttpStatusCode.InternalServerError);
        Assert.Equal(("server_error", "internal_error"), (error.Type, error.Code));
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
        Assert.Contains(response.Header("x-request-id")!, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_422()
    {
        await using var server = await GatewayServer.StartAsync();
        using var first = await server.PostAsync(Responses.Hi, ("Idempotency-Key", "k1"));
        using var second = await server.PostAsync(Responses.Hi.Replace("Hi", "Ho", StringComparison.Ordinal), ("Idempotency-Key", "k1"));
        Assert.Equal("Idempotency-Key", (await second.ErrorAsync(HttpStatusCode.UnprocessableEntity)).Param);
    }
}
