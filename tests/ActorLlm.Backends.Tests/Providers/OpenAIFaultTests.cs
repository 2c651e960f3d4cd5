using ActorLlm.Backends.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends.Tests.Providers;

/// <summary>The real OpenAI SDK against the simulator's HTTP server: what comes out of the whole pipeline.</summary>
public class OpenAIFaultTests(OpenAIFaultTests.Server server) : IClassFixture<OpenAIFaultTests.Server>
{
    public sealed class Server : IAsyncLifetime
    {
        private HttpHost? _host;
        private BackendCatalog? _catalog;
        private BackendCatalog? _impatient;

        public IChatClient Client => _catalog!.Resolve().Client;

        /// <summary>A hang is met with little patience; for all else a busy machine gets its time.</summary>
        public IChatClient ClientFor(string fault) =>
            fault.StartsWith("hang", StringComparison.Ordinal) ? _impatient!.Resolve().Client : Client;

        public async Task InitializeAsync()
        {
            _host = await HttpHost.Simulator();
            _catalog = OneBackend.Of(BackendType.OpenAI, _host.Address);
            _impatient = OneBackend.Of(BackendType.OpenAI, _host.Address, backend =>
            {
                backend.InactivityTimeoutSeconds = 1.5;
                backend.ResponseTimeoutSeconds = 1.5;
            });
            // The first call of a process is slow, and must not be taken for a hang.
            await Observation.OfStream(_impatient.Resolve().Client, "warm up");
        }

        public async Task DisposeAsync()
        {
            _catalog!.Dispose();
            _impatient!.Dispose();
            await _host!.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_plain_call_returns_the_whole_answer_with_its_usage()
    {
        Observation seen = await Observation.OfPlain(server.Client, "How is the weather?");
        Assert.Null(seen.Failure);
        Assert.StartsWith("[simulator] You said: How is the weather? ...", seen.Text, StringComparison.Ordinal);
        Assert.Equal("stop", seen.FinishReason);
        Assert.Equal((5, 32, 37), (seen.Usage!.InputTokenCount, seen.Usage.OutputTokenCount, seen.Usage.TotalTokenCount));
    }

    [Fact]
    public async Task A_stream_gives_the_same_text_in_many_chunks_with_its_usage()
    {
        Observation plain = await Observation.OfPlain(server.Client, "How is the weather?");
        Observation seen = await Observation.OfStream(server.Client, "How is the weather?");
        Assert.Null(seen.Failure);
        Assert.Equal(plain.Text, seen.Text);
        Assert.Equal(32, seen.Chunks);
        Assert.Equal("stop", seen.FinishReason);
        Assert.Equal((5, 32, 37), (seen.Usage!.InputTokenCount, seen.Usage.OutputTokenCount, seen.Usage.TotalTokenCount));
    }

    [Theory]
    [InlineData(400, BackendFailureKind.Content)]
    [InlineData(401, BackendFailureKind.Provider)]
    [InlineData(403, BackendFailureKind.Provider)]
    [InlineData(404, BackendFailureKind.Content)]
    [InlineData(408, BackendFailureKind.Provider)]
    [InlineData(409, BackendFailureKind.Provider)]
    [InlineData(413, BackendFailureKind.Content)]
    [InlineData(422, BackendFailureKind.Content)]
    [InlineData(425, BackendFailureKind.Provider)]
    [InlineData(429, BackendFailureKind.Provider)]
    [InlineData(500, BackendFailureKind.Provider)]
    [InlineData(503, BackendFailureKind.Provider)]
    public async Task An_error_status_is_classified_and_its_retry_after_is_known(int status, BackendFailureKind kind)
    {
        string message = $"status [[fault status={status} retry-after=2]]";
        foreach (Observation seen in await Both(message))
        {
            Assert.Equal((kind, status, TimeSpan.FromSeconds(2)), (seen.Failure?.Kind, seen.Failure?.StatusCode, seen.Failure?.RetryAfter));
            Assert.Equal("", seen.Text);
        }
    }

    [Fact]
    public async Task A_retry_after_that_is_a_date_is_a_wait_from_the_backends_own_now()
    {
        Observation seen = await Observation.OfStream(server.Client, "later [[fault status=429 retry-at=7]]");
        Assert.Equal(TimeSpan.FromSeconds(7), seen.Failure?.RetryAfter);
    }

    [Fact]
    public async Task The_code_of_an_error_is_told_with_its_message()
    {
        foreach (Observation seen in await Both("long [[fault status=400 code=context_length_exceeded]]"))
            Assert.Contains("simulated fault (context_length_exceeded)", seen.Failure?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"code\":\"unsupported_value\",\"param\":\"messages[0].content\"", "unsupported_value", "messages[0].content")]
    [InlineData("\"code\":400,\"param\":null", null, null)]
    [InlineData("\"code\":\"no such thing!\",\"param\":\"http://10.0.0.1\"", null, null)]
    public async Task The_code_and_the_field_of_an_error_are_known_where_they_are_names(string members, string? code, string? param)
    {
        await using HttpHost host = await HttpHost.Answering(context =>
        {
            context.Response.StatusCode = 400;
            return context.Response.WriteAsync($$$"""{"error":{"message":"No.",{{{members}}}}}""");
        });
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, host.Address);
        Observation seen = await Observation.OfStream(catalog.Resolve().Client, "hello");
        Assert.Equal((code, param), (seen.Failure?.Code, seen.Failure?.Param));
    }

    [Theory]
    [InlineData(402, "\"code\":null", true)]
    [InlineData(429, "\"code\":\"insufficient_quota\"", true)]
    [InlineData(429, "\"type\":\"insufficient_quota\",\"code\":\"some_other_word\"", true)]
    [InlineData(429, "\"type\":\"requests\",\"code\":\"rate_limit_exceeded\"", false)]
    [InlineData(503, "\"code\":null", false)]
    public async Task An_account_without_credit_is_told_from_a_limit_that_passes(int status, string members, bool noCredit)
    {
        await using HttpHost host = await HttpHost.Answering(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync($$$"""{"error":{"message":"No.",{{{members}}}}}""");
        });
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, host.Address);
        Observation seen = await Observation.OfStream(catalog.Resolve().Client, "hello");
        Assert.Equal((noCredit, BackendFailureKind.Provider), (seen.Failure?.NoCredit, seen.Failure?.Kind));
    }

    [Theory]
    [InlineData("\"code\":\"insufficient_quota\"", true)]
    [InlineData("\"type\":\"insufficient_quota\"", true)]
    [InlineData("\"code\":\"rate_limit_exceeded\"", false)]
    public async Task An_error_within_a_stream_tells_it_too(string members, bool noCredit)
    {
        await using HttpHost host = await HttpHost.Answering(context =>
        {
            context.Response.ContentType = "text/event-stream";
            return context.Response.WriteAsync($$$"""data: {"error":{"message":"No.",{{{members}}}}}""" + "\n\n");
        });
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, host.Address);
        Observation seen = await Observation.OfStream(catalog.Resolve().Client, "hello");
        Assert.Equal((noCredit, 429), (seen.Failure?.NoCredit, seen.Failure?.StatusCode));
    }

    [Fact]
    public async Task An_answer_without_text_is_an_answer()
    {
        foreach (Observation seen in await Both("silent [[fault empty]]"))
            Assert.Equal((null, "", "stop"), (seen.Failure, seen.Text, seen.FinishReason));
    }

    [Fact]
    public async Task An_answer_without_end_goes_on_until_its_reader_leaves()
    {
        int length = 0;
        await foreach (ChatResponseUpdate update in server.Client.GetStreamingResponseAsync("endless [[fault endless]]"))
        {
            length += update.Text.Length;
            if (length > 100_000)
                break;
        }
        Assert.True(length > 100_000, "It ended.");
    }

    [Fact]
    public async Task A_retry_after_finer_than_a_second_survives_the_wire()
    {
        Observation seen = await Observation.OfStream(server.Client, "fine [[fault status=429 retry-after=0.25]]");
        Assert.Equal(TimeSpan.FromMilliseconds(250), seen.Failure?.RetryAfter);
    }

    [Theory]
    [InlineData("cut", 0)]
    [InlineData("cut=3", 3)]
    [InlineData("malformed", 0)]
    [InlineData("malformed=3", 3)]
    [InlineData("missing-end", 32)]
    [InlineData("missing-end=3", 3)]
    [InlineData("missing-end=0", 0)]
    [InlineData("wrong-type", 0)]
    [InlineData("invalid-utf8=3", 3)]
    [InlineData("hang", 0)]
    [InlineData("hang=3", 3)]
    public async Task A_stream_that_breaks_is_a_failure_of_the_provider_and_never_a_short_success(string fault, int chunks)
    {
        Observation seen = await Observation.OfStream(server.ClientFor(fault), $"break [[fault {fault}]]");
        Assert.Equal(BackendFailureKind.Provider, seen.Failure?.Kind);
        Assert.Equal(chunks, seen.Chunks);
        Assert.Null(seen.FinishReason);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("cut=3")]
    [InlineData("malformed")]
    [InlineData("missing-end")]
    [InlineData("wrong-type")]
    [InlineData("hang")]
    public async Task A_plain_answer_that_breaks_is_a_failure_of_the_provider(string fault)
    {
        Observation seen = await Observation.OfPlain(server.ClientFor(fault), $"break [[fault {fault}]]");
        Assert.Equal(BackendFailureKind.Provider, seen.Failure?.Kind);
        Assert.Equal("", seen.Text);
    }

    [Fact]
    public async Task A_fault_for_the_first_two_calls_of_a_prompt_spares_the_third()
    {
        string message = "flaky [[fault status=503 first=2]]";
        Observation first = await Observation.OfStream(server.Client, message);
        Observation second = await Observation.OfStream(server.Client, message);
        Observation third = await Observation.OfStream(server.Client, message);
        Assert.Equal((503, 503, null), (first.Failure?.StatusCode, second.Failure?.StatusCode, third.Failure?.StatusCode));
        Assert.StartsWith("[simulator] You said: flaky", third.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_model_is_the_contents_fault()
    {
        await using HttpHost other = await HttpHost.Simulator("--Models", "another");
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, other.Address);
        Observation seen = await Observation.OfStream(catalog.Resolve().Client, "hello");
        Assert.Equal((BackendFailureKind.Content, 404), (seen.Failure?.Kind, seen.Failure?.StatusCode));
        Assert.Contains("there is no model 'simulator'", seen.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backend_that_is_not_there_is_a_failure_of_the_provider()
    {
        Uri gone;
        await using (HttpHost host = await HttpHost.Simulator())
            gone = host.Address;
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, gone);
        foreach (Observation seen in (Observation[])
            [await Observation.OfStream(catalog.Resolve().Client, "x"), await Observation.OfPlain(catalog.Resolve().Client, "x")])
        {
            Assert.Equal(BackendFailureKind.Provider, seen.Failure?.Kind);
            Assert.DoesNotContain("127.0.0.1", seen.Failure!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_call_that_fails_is_made_once_because_attempts_own_retrying()
    {
        await using HttpHost host = await HttpHost.Simulator();
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, host.Address);
        await Observation.OfStream(catalog.Resolve().Client, "once [[fault status=503]]");
        await Observation.OfPlain(catalog.Resolve().Client, "once [[fault status=429]]");
        using var http = new HttpClient { BaseAddress = host.Address };
        Assert.Contains("\"started\":2,", await http.GetStringAsync(new Uri("/stats?contains=nothing", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_that_cancels_gets_its_cancellation_at_once()
    {
        using var caller = new CancellationTokenSource();
        IAsyncEnumerator<ChatResponseUpdate> chunks = server.Client
            .GetStreamingResponseAsync("cancelled [[fault hang=1]]", cancellationToken: caller.Token).GetAsyncEnumerator(caller.Token);
        while (await chunks.MoveNextAsync() && chunks.Current.Text.Length == 0)
        {
        }
        ValueTask<bool> next = chunks.MoveNextAsync();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.AsTask());
        await chunks.DisposeAsync();
    }

    private async Task<Observation[]> Both(string message) =>
        [await Observation.OfStream(server.Client, message), await Observation.OfPlain(server.Client, message)];
}
