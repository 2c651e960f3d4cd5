using ActorLlm.Backends.Tests.Support;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends.Tests.Simulation;

/// <summary>The simulator in this process fails as it does over HTTP, so that what is tested with the one holds for the other.</summary>
public sealed class SimulatorChatClientTests : IDisposable
{
    private readonly BackendCatalog _catalog = OneBackend.Of(BackendType.Simulator, configure: backend =>
    {
        backend.InactivityTimeoutSeconds = 1;
        backend.ResponseTimeoutSeconds = 1;
    });

    private IChatClient Client => _catalog.Resolve().Client;

    public void Dispose() => _catalog.Dispose();

    [Fact]
    public async Task Plain_and_streamed_answers_are_the_same()
    {
        Observation stream = await Observation.OfStream(Client, "How is the weather?");
        Observation plain = await Observation.OfPlain(Client, "How is the weather?");
        Assert.StartsWith("[simulator] You said: How is the weather?", stream.Text, StringComparison.Ordinal);
        Assert.Equal((stream.Text, "stop", 32), (plain.Text, plain.FinishReason, stream.Chunks));
        Assert.Equal((5L, 32L, 37L), (stream.Usage?.InputTokenCount, stream.Usage?.OutputTokenCount, stream.Usage?.TotalTokenCount));
        Assert.Equal((5L, 32L, 37L), (plain.Usage?.InputTokenCount, plain.Usage?.OutputTokenCount, plain.Usage?.TotalTokenCount));
    }

    [Fact]
    public async Task The_answer_in_this_process_is_the_one_over_HTTP()
    {
        await using HttpHost host = await HttpHost.Simulator();
        using BackendCatalog http = OneBackend.Of(BackendType.OpenAI, host.Address);
        Assert.Equal(
            (await Observation.OfStream(http.Resolve().Client, "same?")).Text, (await Observation.OfStream(Client, "same?")).Text);
    }

    [Theory]
    [InlineData("status=400 retry-after=2", BackendFailureKind.Content, 400)]
    [InlineData("status=429 retry-after=2", BackendFailureKind.Provider, 429)]
    [InlineData("status=503 retry-after=2", BackendFailureKind.Provider, 503)]
    public async Task An_error_status_is_thrown_with_its_retry_after(string fault, BackendFailureKind kind, int status)
    {
        foreach (Observation seen in (Observation[])
            [await Observation.OfStream(Client, $"[[fault {fault}]]"), await Observation.OfPlain(Client, $"[[fault {fault}]]")])
            Assert.Equal((kind, status, TimeSpan.FromSeconds(2)), (seen.Failure?.Kind, seen.Failure?.StatusCode, seen.Failure?.RetryAfter));
    }

    [Theory]
    [InlineData("cut=3", 3)]
    [InlineData("malformed=3", 3)]
    [InlineData("missing-end=3", 3)]
    [InlineData("missing-end", 32)]
    [InlineData("hang=3", 3)]
    [InlineData("cut", 0)]
    public async Task A_broken_answer_is_a_failure_of_the_provider(string fault, int chunks)
    {
        Observation stream = await Observation.OfStream(Client, $"[[fault {fault}]]");
        Assert.Equal((BackendFailureKind.Provider, chunks), (stream.Failure?.Kind, stream.Chunks));
        Observation plain = await Observation.OfPlain(Client, $"[[fault {fault}]]");
        Assert.Equal(BackendFailureKind.Provider, plain.Failure?.Kind);
    }

    [Fact]
    public async Task What_is_thought_comes_with_the_answer_and_is_the_same_over_HTTP()
    {
        const string asked = "why? [[reply reasoning=5 tokens=4]]";
        await using HttpHost host = await HttpHost.Simulator();
        using BackendCatalog http = OneBackend.Of(BackendType.OpenAI, host.Address);
        List<(string Thought, string Text)> seen = [];
        foreach (IChatClient client in (IChatClient[])[Client, http.Resolve().Client])
        {
            foreach (ChatResponse response in (ChatResponse[])
                [await client.GetResponseAsync(asked), await client.GetStreamingResponseAsync(asked).ToChatResponseAsync()])
            {
                IList<AIContent> contents = Assert.Single(response.Messages).Contents;
                seen.Add((string.Concat(contents.OfType<TextReasoningContent>().Select(content => content.Text)), response.Text));
            }
        }
        (string thought, string text) = Assert.Single(seen.Distinct());
        Assert.Equal((5, "[simulator] You said: why?"), (thought.Split(' ').Length, text));
    }

    [Fact]
    public async Task A_limit_to_the_length_is_kept_and_told()
    {
        ChatResponse response = await Client.GetResponseAsync("hello", new ChatOptions { MaxOutputTokens = 4 });
        Assert.Equal((ChatFinishReason.Length, "[simulator] You said: hello"), (response.FinishReason, response.Text));
    }
}
