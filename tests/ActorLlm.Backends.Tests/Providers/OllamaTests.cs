using ActorLlm.Backends.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Backends.Tests.Providers;

/// <summary>OllamaSharp against a server that speaks like Ollama (newline-delimited JSON at <c>/api/chat</c>).</summary>
public class OllamaTests
{
    private const string Head = "\"model\":\"simulator\",\"created_at\":\"2025-01-01T00:00:00Z\"";
    private const string Middle = $"{{{Head},\"message\":{{\"role\":\"assistant\",\"content\":\"half\"}},\"done\":false}}\n";
    private const string End = $"{{{Head},\"message\":{{\"role\":\"assistant\",\"content\":\"\"}},\"done\":true,\"done_reason\":\"stop\","
        + "\"prompt_eval_count\":5,\"eval_count\":7}\n";

    [Fact]
    public async Task A_stream_arrives_whole_with_its_usage()
    {
        Observation seen = await Stream(Middle + Middle + End);
        Assert.Null(seen.Failure);
        Assert.Equal(("halfhalf", "stop"), (seen.Text, seen.FinishReason));
        Assert.Equal((5, 7), (seen.Usage!.InputTokenCount, seen.Usage.OutputTokenCount));
    }

    [Fact]
    public async Task A_plain_answer_arrives_whole()
    {
        await using HttpHost host = await HttpHost.Answering(
            "application/json", End.Replace("\"content\":\"\"", "\"content\":\"whole\"", StringComparison.Ordinal));
        using BackendCatalog catalog = OneBackend.Of(BackendType.Ollama, host.Address);
        Observation seen = await Observation.OfPlain(catalog.Resolve().Client, "hello");
        Assert.Null(seen.Failure);
        Assert.Equal(("whole", "stop"), (seen.Text, seen.FinishReason));
    }

    [Theory]
    [InlineData("")]
    [InlineData(Middle)]
    [InlineData(Middle + "{\"message\":{\"role\"")]
    [InlineData(Middle + "{\"error\":\"the model crashed\"}\n")]
    [InlineData("<html>Bad gateway</html>")]
    public async Task A_stream_that_is_not_whole_is_a_failure_of_the_provider(string body)
    {
        Observation seen = await Stream(body);
        Assert.True(seen.Failure?.Kind == BackendFailureKind.Provider, seen.ToString());
    }

    [Fact]
    public async Task A_stream_that_is_cut_is_a_failure_of_the_provider()
    {
        await using HttpHost host = await HttpHost.Answering(async context =>
        {
            await context.Response.WriteAsync(Middle);
            await context.Response.Body.FlushAsync();
            throw new InvalidOperationException("cut");
        });
        using BackendCatalog catalog = OneBackend.Of(BackendType.Ollama, host.Address);
        Observation seen = await Observation.OfStream(catalog.Resolve().Client, "hello");
        Assert.Equal(("half", BackendFailureKind.Provider), (seen.Text, seen.Failure?.Kind));
    }

    [Theory]
    [InlineData(404, BackendFailureKind.Content)]
    [InlineData(503, BackendFailureKind.Provider)]
    public async Task An_error_status_is_classified_with_reason_and_retry_after(int status, BackendFailureKind kind)
    {
        await using HttpHost host = await HttpHost.Answering(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = "7";
            return context.Response.WriteAsync("{\"error\":\"model 'simulator' not found\"}");
        });
        using BackendCatalog catalog = OneBackend.Of(BackendType.Ollama, host.Address);
        foreach (Observation seen in (Observation[])
            [await Observation.OfStream(catalog.Resolve().Client, "x"), await Observation.OfPlain(catalog.Resolve().Client, "x")])
        {
            Assert.Equal((kind, status, TimeSpan.FromSeconds(7)), (seen.Failure?.Kind, seen.Failure?.StatusCode, seen.Failure?.RetryAfter));
            if (kind == BackendFailureKind.Content)
                Assert.Contains("model 'simulator' not found", seen.Failure!.Message, StringComparison.Ordinal);
        }
    }

    private static async Task<Observation> Stream(string body)
    {
        await using HttpHost host = await HttpHost.Answering("application/x-ndjson", body);
        using BackendCatalog catalog = OneBackend.Of(BackendType.Ollama, host.Address);
        return await Observation.OfStream(catalog.Resolve().Client, "hello");
    }
}
