using System.Text;
using ActorLlm.Backends.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace ActorLlm.Backends.Tests.Embeddings;

/// <summary>Embeddings through the catalog: from the simulator's server, and from servers that misbehave.</summary>
public class EmbeddingsBackendTests
{
    // Nothing of it is what a client's library would write.
    private const string Request = """{ "input":["Rome"], "model":"simulator", "dimensions":2,"some_future_field":{"a":1.0} }""";

    [Theory]
    [InlineData(BackendType.OpenAI, "/v1/embeddings")]
    [InlineData(BackendType.AzureOpenAI, "/openai/v1/embeddings")]
    public async Task Request_and_answer_pass_byte_by_byte_and_the_key_is_added(string type, string path)
    {
        const string odd = """ {"data":[1.0, 2e3],"more":"\u00e9 é"} """;
        var sent = new TaskCompletionSource<(string Path, string Key, string? Type, string Body)>();
        await using HttpHost host = await HttpHost.Answering(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            sent.SetResult((context.Request.Path, context.Request.Headers.Authorization.ToString(), context.Request.ContentType, await reader.ReadToEndAsync()));
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(odd);
        });
        using BackendCatalog catalog = OneBackend.Of(type, host.Address);

        Assert.Equal(odd, await Call(catalog));
        Assert.Equal((path, "Bearer test-key", "application/json", Request), await sent.Task);
    }

    [Fact]
    public async Task The_simulator_answers_the_same_within_this_process_and_over_http()
    {
        await using HttpHost host = await HttpHost.Simulator();
        using BackendCatalog remote = OneBackend.Of(BackendType.OpenAI, host.Address);
        using BackendCatalog local = OneBackend.Of(BackendType.Simulator);

        string answer = await Call(remote);

        Assert.Contains("\"embedding\":[", answer, StringComparison.Ordinal);
        Assert.Equal(answer, await Call(local));
    }

    [Fact]
    public void Only_backends_that_have_embeddings_are_asked_for_them()
    {
        using BackendCatalog ollama = OneBackend.Of(BackendType.Ollama);
        using BackendCatalog simulator = OneBackend.Of(BackendType.Simulator);

        Assert.False(ollama.TryResolveEmbeddings("simulator", out _));
        Assert.False(simulator.TryResolveEmbeddings("other", out _));
        Assert.False(simulator.TryResolveEmbeddings("", out _));
        Assert.True(simulator.TryResolveEmbeddings("simulator", out _));
    }

    [Fact]
    public async Task An_error_status_tells_its_reason_and_its_wait()
    {
        await using HttpHost host = await HttpHost.Answering(context =>
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = "7";
            return Task.CompletedTask;
        });

        BackendFailure busy = await Failure(host);

        Assert.Equal((BackendFailureKind.Provider, 429, TimeSpan.FromSeconds(7)), (busy.Kind, busy.StatusCode, busy.RetryAfter));
        await using HttpHost strict = await HttpHost.Simulator("--Models", "other");
        BackendFailure unknown = await Failure(strict);
        Assert.Equal((BackendFailureKind.Content, 404), (unknown.Kind, unknown.StatusCode));
        Assert.Contains("there is no model 'simulator'", unknown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>Bad gateway</html>")]
    [InlineData("{\"data\":[{\"embed")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{} {}")]
    public async Task An_answer_that_is_no_json_object_is_a_failure_of_the_provider(string body)
    {
        await using HttpHost host = await HttpHost.Answering("application/json", body);

        Assert.Equal(BackendFailures.Malformed, await Failure(host));
    }

    [Fact]
    public async Task An_answer_that_is_cut_is_a_failure_of_the_provider()
    {
        await using HttpHost host = await HttpHost.Answering(async context =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("{}");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });

        Assert.Equal(BackendFailureKind.Provider, (await Failure(host)).Kind);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_ends_with_its_time_or_its_caller_and_gives_its_place_back(bool cancelled)
    {
        var (begun, gone) = (new TaskCompletionSource(), new TaskCompletionSource());
        int calls = 0;
        await using HttpHost host = await HttpHost.Answering(async context =>
        {
            if (Interlocked.Increment(ref calls) > 1)
            {
                await context.Response.WriteAsync("{}");
                return;
            }
            using CancellationTokenRegistration left = context.RequestAborted.Register(gone.SetResult);
            begun.SetResult();
            await gone.Task.WaitAsync(TimeSpan.FromSeconds(20));
        });
        var clock = new FakeTimeProvider();
        using BackendCatalog catalog = OneBackend.Of(
            BackendType.OpenAI, host.Address, backend => (backend.Concurrency, backend.ResponseTimeoutSeconds) = (1, 30), clock);
        using var caller = new CancellationTokenSource();
        Task<string> call = Call(catalog, caller.Token);
        await begun.Task;

        if (cancelled)
            await caller.CancelAsync();
        else
            clock.Advance(TimeSpan.FromSeconds(30));

        Exception thrown = await Assert.ThrowsAnyAsync<Exception>(() => call);
        Assert.Equal(cancelled, thrown is OperationCanceledException);
        Assert.Equal(cancelled ? null : "The backend sent nothing for 30 seconds.", (thrown as BackendException)?.Message);
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("{}", await Call(catalog));
    }

    [Fact]
    public async Task An_answer_beyond_the_bound_is_broken_off()
    {
        using var answer = new MemoryStream(Encoding.UTF8.GetBytes("{\"data\":[]}"));
        Assert.Equal("{\"data\":[]}", (await OpenAIEmbeddings.Read(answer, limit: 11, CancellationToken.None)).ToString());
        answer.Position = 0;

        BackendException thrown = await Assert.ThrowsAsync<BackendException>(() => OpenAIEmbeddings.Read(answer, limit: 10, CancellationToken.None));

        Assert.Equal(BackendFailureKind.Content, thrown.Failure.Kind);
        Assert.Contains("10 bytes", thrown.Failure.Message, StringComparison.Ordinal);
    }

    private static async Task<BackendFailure> Failure(HttpHost host)
    {
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, host.Address);
        return BackendFailures.Classify(await Assert.ThrowsAnyAsync<Exception>(() => Call(catalog)));
    }

    private static async Task<string> Call(BackendCatalog catalog, CancellationToken cancellation = default)
    {
        Assert.True(catalog.TryResolveEmbeddings("simulator", out EmbeddingsBackend? backend));
        return (await backend.CallAsync("simulator", BinaryData.FromString(Request), cancellation)).ToString();
    }
}
