using System.Text.Json;
using ActorLlm.Backends.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends.Tests.Providers;

/// <summary>Shapes on the wire that the simulator does not make: what the OpenAI SDK makes of them, and what the pipeline does.</summary>
public class OpenAIWireTests
{
    private const string Head = "\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\"";
    private const string Done = "data: [DONE]\n\n";
    private const string Text = "{\"content\":\"text\"}";

    private static string Chunk(string delta, string finish = "null") =>
        $"data: {{{Head},\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{finish}}}]}}\n\n";

    private static string Plain(string choices) =>
        $"{{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{choices}]}}";

    public static TheoryData<string, string> BrokenStreams => new()
    {
        { "[DONE] but no finish reason", Chunk(Text) + Done },
        { "an empty finish reason", Chunk(Text, "\"\"") + Done },
        { "an unknown role", Chunk("{\"role\":\"wizard\"}", "\"stop\"") + Done },
        { "choices that are no array", "data: {\"choices\":\"x\"}\n\n" + Done },
        { "a chunk that is no object", "data: []\n\n" + Done },
        { "no choices", $"data: {{{Head},\"choices\":[]}}\n\n" + Done },
        { "nothing but [DONE]", Done },
        { "nothing at all", "" },
        { "half an event at the end", Chunk(Text) + "data: {\"id\":\"c\"" },
        { "an error frame", Chunk(Text) + "data: {\"error\":{\"message\":\"boom\",\"code\":503}}\n\n" },
        { "an error frame without a code, then [DONE]", Chunk(Text) + "data: {\"error\":{\"message\":\"boom\"}}\n\n" + Done },
        { "a page of a proxy", "<html>Bad gateway</html>" },
        { "a plain answer", Plain("{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"a\"},\"finish_reason\":\"stop\"}") },
    };

    [Theory]
    [MemberData(nameof(BrokenStreams))]
    public async Task A_stream_that_is_not_whole_is_a_failure_of_the_provider(string shape, string body)
    {
        Observation seen = await StreamOf(body);
        Assert.True(seen.Failure?.Kind == BackendFailureKind.Provider, $"{shape}: {seen}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("<html>Bad gateway</html>")]
    [InlineData("{\"error\":{\"message\":\"boom\"}}")]
    [InlineData("{\"choices\":[]}")]
    [InlineData("{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"a\"},\"finish_reason\":null}]}")]
    [InlineData("{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"a\"},\"finish_reason\":\"\"}]}")]
    public async Task A_plain_answer_that_is_not_whole_is_a_failure_of_the_provider(string body)
    {
        await using HttpHost host = await HttpHost.Answering("application/json", body);
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, host.Address);
        Observation seen = await Observation.OfPlain(catalog.Resolve().Client, "hello");
        Assert.Equal(BackendFailureKind.Provider, seen.Failure?.Kind);
    }

    [Fact]
    public async Task A_finish_reason_makes_a_stream_whole_even_without_the_done_mark()
    {
        Observation seen = await StreamOf(Chunk(Text) + Chunk("{}", "\"stop\""));
        Assert.Null(seen.Failure);
        Assert.Equal(("text", "stop"), (seen.Text, seen.FinishReason));
    }

    [Fact]
    public async Task What_a_model_thinks_is_told_apart_from_what_it_says()
    {
        string body = Chunk("{\"role\":\"assistant\",\"reasoning_content\":\"Well, \"}") + Chunk("{\"reasoning_content\":\"text.\"}") + Chunk(Text) + Chunk("{}", "\"stop\"") + Done;
        await using HttpHost host = await HttpHost.Answering("text/event-stream", body);
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, host.Address);
        List<AIContent> contents = [];
        await foreach (ChatResponseUpdate update in catalog.Resolve().Client.GetStreamingResponseAsync("hello"))
            contents.AddRange(update.Contents);
        Assert.Equal(["Well, ", "text."], contents.OfType<TextReasoningContent>().Select(content => content.Text));
        Assert.Equal(["text"], contents.OfType<TextContent>().Select(content => content.Text));
    }

    [Fact]
    public async Task Log_probabilities_are_asked_for_and_given_as_they_came()
    {
        const string token = """{"token":"text","logprob":-0.31725305,"bytes":[116,101,120,116],"top_logprobs":[{"token":"text","logprob":-0.31725305,"bytes":[116,101,120,116]}]}""";
        string sent = "";
        await using HttpHost host = await HttpHost.Answering(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            sent = await reader.ReadToEndAsync();
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(
                Chunk(Text).Replace("\"finish_reason\"", $"\"logprobs\":{{\"content\":[{token},{token}],\"refusal\":null}},\"finish_reason\"", StringComparison.Ordinal)
                + Chunk("{}", "\"stop\"") + Done);
        });
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, host.Address);
        var options = new ChatOptions();
        PassOnFields.Set(options, """{"logprobs":true,"top_logprobs":1}""");
        List<TokenLogprobs> seen = [];
        await foreach (ChatResponseUpdate update in catalog.Resolve().Client.GetStreamingResponseAsync("hello", options))
        {
            if (TokenLogprobs.Of(update) is { } tokens)
                seen.Add(tokens);
        }
        Assert.Equal(new TokenLogprobs($"{token},{token}", ""), Assert.Single(seen));
        using JsonDocument body = JsonDocument.Parse(sent);
        Assert.Equal((true, 1), (body.RootElement.GetProperty("logprobs").GetBoolean(), body.RootElement.GetProperty("top_logprobs").GetInt32()));
    }

    [Fact]
    public async Task Comments_between_events_do_no_harm()
    {
        Observation seen = await StreamOf(": ping\n\n" + Chunk(Text) + ": ping\n\n" + Chunk("{}", "\"stop\"") + Done);
        Assert.Null(seen.Failure);
        Assert.Equal("text", seen.Text);
    }

    [Fact]
    public async Task An_error_frame_tells_whose_fault_it_is()
    {
        Observation tooLong = await StreamOf(
            Chunk(Text) + "data: {\"error\":{\"message\":\"too many tokens\",\"code\":\"context_length_exceeded\"}}\n\n");
        Assert.Equal((BackendFailureKind.Content, 400), (tooLong.Failure?.Kind, tooLong.Failure?.StatusCode));
        Assert.Contains("too many tokens", tooLong.Failure!.Message, StringComparison.Ordinal);
        Observation overloaded = await StreamOf(Chunk(Text) + "data: {\"error\":{\"message\":\"boom\",\"code\":503}}\n\n");
        Assert.Equal((BackendFailureKind.Provider, 503), (overloaded.Failure?.Kind, overloaded.Failure?.StatusCode));
    }

    [Fact]
    public async Task The_sdk_alone_takes_a_missing_end_for_a_success_which_is_why_the_pipeline_checks()
    {
        await using HttpHost host = await HttpHost.Answering("text/event-stream", Chunk(Text));
        ProviderClients bare = OpenAIProvider.Create(new BackendOptions { Endpoint = host.Address.ToString() });
        Observation seen = await Observation.OfStream(bare.For("m"), "hello");
        Assert.Equal(("text", null, null), (seen.Text, seen.FinishReason, seen.Failure));
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using HttpHost host = await HttpHost.Answering(context =>
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        });
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, host.Address);
        Observation seen = await Observation.OfStream(catalog.Resolve().Client, "hello");
        Assert.Equal((BackendFailureKind.Content, 307), (seen.Failure?.Kind, seen.Failure?.StatusCode));
    }

    private static async Task<Observation> StreamOf(string body)
    {
        await using HttpHost host = await HttpHost.Answering("text/event-stream", body);
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, host.Address);
        return await Observation.OfStream(catalog.Resolve().Client, "hello");
    }
}
