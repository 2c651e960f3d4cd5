using System.Net;
using System.Text;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Tests.Chat;
using ActorLlm.Gateway.Tests.Keys;
using ActorLlm.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace ActorLlm.Gateway.Tests.Embeddings;

public sealed class EmbeddingsEndpointTests
{
    private const string Rome = """{"model":"sim-1","input":"Rome"}""";

    [Fact]
    public async Task Request_and_answer_pass_byte_by_byte()
    {
        const string asked = """{ "input":["a", "\u00e9 é \ud800"], "model":"org\/sim-2", "encoding_format":"base64", "some_future_field":1.0 }""";
        const string answered = """{"data":[ 1.0 ],"more":"é"}""";
        await using var server = await GatewayServer.StartAsync();
        server.Embeddings.Answer.SetResult(answered);

        using var response = await PostAsync(server, asked);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(answered, await response.Content.ReadAsStringAsync());
        Assert.Equal(("org/sim-2", asked), Assert.Single(server.Embeddings.Calls));
        Assert.StartsWith("req_", response.Header("x-request-id"), StringComparison.Ordinal);
        Assert.NotNull(response.Header("openai-processing-ms"));
        Assert.Empty(server.Conversations.Requests);
    }

    [Theory]
    [InlineData("\"Rome\"")]
    [InlineData("\"\"")]
    [InlineData("[\"Rome\",\"\"]")]
    [InlineData("[1,2,3]")]
    [InlineData("[[1],[2,3]]")]
    public async Task Every_kind_of_input_passes(string input)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Embeddings.Answer.SetResult("{}");

        using var response = await PostAsync(server, $$"""{"model":"sim-1","input":{{input}}}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("", null, "invalid_json", "it is empty")]
    [InlineData("{\"model\":\n x}", null, "invalid_json", "'x' is an invalid start of a value (line 2, byte 2).")]
    [InlineData("{} {}", null, "invalid_json", "not valid JSON")]
    [InlineData("[]", null, "invalid_type", "not a JSON object")]
    [InlineData("null", null, "invalid_type", "not a JSON object")]
    [InlineData("{\"\\ud800\":1}", null, "invalid_type", "not valid Unicode")]
    [InlineData("""{"input":"a"}""", "model", "missing_required_parameter", "The field model is missing; expected the name of a model.")]
    [InlineData("""{"model":null,"input":"a"}""", "model", "missing_required_parameter", "The field model is missing")]
    [InlineData("""{"model":5,"input":"a"}""", "model", "invalid_type", "expected a string")]
    [InlineData("""{"model":"","input":"a"}""", "model", "invalid_type", "not empty")]
    [InlineData("""{"model":"\ud800","input":"a"}""", "model", "invalid_type", "valid Unicode")]
    [InlineData("""{"model":"sim-1","input":"a","mod\u0065l":"other"}""", "model", "invalid_value", "sent twice")]
    [InlineData("""{"model":"sim-1"}""", "input", "missing_required_parameter", "The field input is missing; expected a string, an array of strings")]
    [InlineData("""{"model":"sim-1","input":null}""", "input", "missing_required_parameter", "The field input is missing")]
    [InlineData("""{"model":"sim-1","input":{}}""", "input", "invalid_type", "does not fit")]
    [InlineData("""{"model":"sim-1","input":7}""", "input", "invalid_type", "does not fit")]
    [InlineData("""{"model":"sim-1","input":[]}""", "input", "invalid_value", "is empty")]
    [InlineData("""{"model":"sim-1","input":["a",1]}""", "input[1]", "invalid_type", "all of one kind")]
    [InlineData("""{"model":"sim-1","input":[null]}""", "input[0]", "invalid_type", "does not fit")]
    [InlineData("""{"model":"sim-1","input":[1,1.5]}""", "input[1]", "invalid_type", "whole numbers")]
    [InlineData("""{"model":"sim-1","input":[[1],[]]}""", "input[1]", "invalid_type", "none without a token")]
    [InlineData("""{"model":"sim-1","input":[["a"]]}""", "input[0]", "invalid_type", "does not fit")]
    public async Task What_cannot_be_asked_is_400_with_its_field(string body, string? param, string code, string words)
    {
        await using var server = await GatewayServer.StartAsync();

        using var response = await PostAsync(server, body);

        var error = await response.ErrorAsync(HttpStatusCode.BadRequest);
        Assert.Equal((param, code), (error.Param, error.Code));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Embeddings.Calls);
    }

    [Fact]
    public async Task Bytes_that_are_no_utf8_are_400()
    {
        await using var server = await GatewayServer.StartAsync();
        using var content = new ByteArrayContent([.. Encoding.UTF8.GetBytes("""{"model":"sim-1","input":" """), 0xff, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");

        using var response = await server.Client.PostAsync(Path, content);

        Assert.Equal("invalid_json", (await response.ErrorAsync(HttpStatusCode.BadRequest)).Code);
    }

    [Fact]
    public async Task An_unknown_model_is_404_and_no_backend_is_called()
    {
        await using var server = await GatewayServer.StartAsync();

        using var response = await PostAsync(server, """{"model":"other","input":"a"}""");

        var error = await response.ErrorAsync(HttpStatusCode.NotFound);
        Assert.Equal(("model_not_found", "model"), (error.Code, error.Param));
        Assert.Empty(server.Embeddings.Calls);
    }

    [Fact]
    public async Task A_body_over_the_bound_is_413_and_a_request_without_a_key_is_401()
    {
        await using (var server = await GatewayServer.StartAsync(options => options.MaxRequestBytes = 65_536))
        {
            using var large = await PostAsync(server, $$"""{"model":"sim-1","input":"{{new string('a', 65_536)}}"}""");
            await large.ErrorAsync(HttpStatusCode.RequestEntityTooLarge);
        }

        await using var locked = await TestKeys.StartAsync();
        using var refused = await PostAsync(locked, Rome);
        Assert.Equal("invalid_api_key", (await refused.ErrorAsync(HttpStatusCode.Unauthorized)).Code);
    }

    [Theory]
    [MemberData(nameof(DirectChatTests.Failed), MemberType = typeof(DirectChatTests))]
    public async Task A_failure_is_told_as_that_of_a_chat_which_is_not_stored(DirectCallException failure, HttpStatusCode status, string code, string? retryAfter)
    {
        await using var server = await GatewayServer.StartAsync();
        server.Embeddings.Answer.SetException(failure);

        using var response = await PostAsync(server, Rome);

        var error = await response.ErrorAsync(status);
        Assert.Equal((code, failure.Message), (error.Code, error.Message));
        Assert.NotEqual("messages", error.Param);
        Assert.Equal(retryAfter, response.Header("retry-after"));
        Assert.Equal(retryAfter is null ? "false" : null, response.Header("x-should-retry"));
        Assert.Single(server.Embeddings.Calls);
    }

    [Fact]
    public async Task What_a_backend_refuses_is_in_the_input()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Embeddings.Answer.SetException(new DirectCallException(FailureKind.Content, "too long", 400));

        using var response = await PostAsync(server, Rome);

        Assert.Equal("input", (await response.ErrorAsync(HttpStatusCode.BadRequest)).Param);
    }

    [Fact]
    public async Task A_call_has_one_of_the_places_of_calls_that_are_not_stored()
    {
        await using var server = await GatewayServer.StartAsync(options => options.MaxDirectCalls = 1);
        var first = PostAsync(server, Rome);
        await server.Embeddings.BegunAsync();

        using (var refused = await PostAsync(server, Rome))
            Assert.Equal("rate_limit_exceeded", (await refused.ErrorAsync(HttpStatusCode.TooManyRequests)).Code);
        using (var chat = await server.PostAsync(Responses.HiDirect))
            Assert.Equal(HttpStatusCode.TooManyRequests, chat.StatusCode);

        server.Embeddings.Answer.SetResult("{}");
        using var answered = await first;
        Assert.Equal(("1", "0"), (answered.Header("x-ratelimit-limit-requests"), answered.Header("x-ratelimit-remaining-requests")));
    }

    [Fact]
    public async Task A_client_that_leaves_cancels_the_call_and_gives_its_place_back()
    {
        await using var server = await GatewayServer.StartAsync(options => options.MaxDirectCalls = 1);
        using (var impatient = new CancellationTokenSource())
        {
            var post = PostAsync(server, Rome, impatient.Token);
            await server.Embeddings.BegunAsync();
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => post);
        }

        await server.Embeddings.Cancelled.WaitAsync(TimeSpan.FromSeconds(10));
        server.Embeddings.Answer.SetResult("{}");
        Assert.Equal(HttpStatusCode.OK, await AskUntilThereIsAPlaceAsync(server).WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task What_takes_too_long_is_504_and_cancelled()
    {
        var time = new FakeTimeProvider();
        await using var server = await GatewayServer.StartAsync(options => options.MaxWait = TimeSpan.FromSeconds(30), time);
        var post = PostAsync(server, Rome);
        await server.Embeddings.BegunAsync();

        time.Advance(TimeSpan.FromSeconds(30));

        using var response = await post;
        Assert.Equal("timeout", (await response.ErrorAsync(HttpStatusCode.GatewayTimeout)).Code);
        await server.Embeddings.Cancelled.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static Uri Path { get; } = new("/v1/embeddings", UriKind.Relative);

    private static async Task<HttpResponseMessage> PostAsync(GatewayServer server, string body, CancellationToken stop = default)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await server.Client.PostAsync(Path, content, stop).WaitAsync(TimeSpan.FromSeconds(20), CancellationToken.None);
    }

    private static async Task<HttpStatusCode> AskUntilThereIsAPlaceAsync(GatewayServer server)
    {
        while (true)
        {
            using var response = await PostAsync(server, Rome);
            if (response.StatusCode != HttpStatusCode.TooManyRequests) return response.StatusCode;
        }
    }
}
