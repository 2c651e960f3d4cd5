using System.Text;
using ActorLlm.Backends.Tests.Support;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends.Tests.Providers;

/// <summary>What servers that speak OpenAI's HTTP API nearly do differently, through the OpenAI SDK and the whole pipeline.</summary>
public class OpenAIQuirksTests
{
    private const string Done = "data: [DONE]\n\n";

    private static string Chunk(string delta, string finish = "null", string head = "\"id\":\"c\",\"created\":1,\"model\":\"m\"", string rest = "") =>
        $"data: {{\"object\":\"chat.completion.chunk\",{head},\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{finish}}}]{rest}}}\n\n";

    private static string End(string reason = "stop") => Chunk("{}", $"\"{reason}\"") + Done;

    private static string Call(string piece) => Chunk($"{{\"tool_calls\":[{piece}]}}");

    [Theory]
    [InlineData("""{"role":"","content":"text"}""", "")]
    [InlineData("""{"role":null,"content":"text"}""", "")]
    [InlineData("""{"content":"text"}""", "\"error\":null")]
    [InlineData("""{"content":"text"}""", "\"usage\":null")]
    [InlineData("""{"content":"text"}""", "\"usage\":{\"prompt_tokens\":null,\"completion_tokens\":1.5,\"total_tokens\":4.0,\"prompt_tokens_details\":null,\"completion_tokens_details\":{\"reasoning_tokens\":null}}")]
    [InlineData("""{"content":"text"}""", "\"usage\":{\"prompt_tokens\":1099511627776,\"completion_tokens\":\"two\"}")]
    [InlineData("""{"content":"text"}""", "\"system_fingerprint\":5")]
    [InlineData("""{"content":"text"}""", "\"service_tier\":null")]
    [InlineData("""{"content":"text","tool_calls":null}""", "")]
    [InlineData("""{"content":"text","tool_calls":[]}""", "")]
    [InlineData("""{"content":"text","function_call":null,"audio":null,"unknown":{"a":[1]}}""", "\"unknown\":[[]]")]
    public async Task A_chunk_that_differs_in_what_says_nothing_is_read(string delta, string rest)
    {
        Observation seen = await StreamOf(Chunk(delta, rest: rest.Length > 0 ? "," + rest : "") + End());
        Assert.Equal((null, "text", "stop"), (seen.Failure, seen.Text, seen.FinishReason));
    }

    [Theory]
    [InlineData("\"id\":5,\"created\":1,\"model\":\"m\"")]
    [InlineData("\"id\":null,\"created\":null,\"model\":null")]
    [InlineData("\"id\":\"c\",\"created\":1.5,\"model\":\"m\"")]
    [InlineData("\"id\":\"c\",\"created\":\"today\",\"model\":\"m\"")]
    [InlineData("\"id\":\"c\",\"created\":1795871034000,\"model\":\"m\"")]
    [InlineData("\"model\":\"m\"")]
    public async Task A_chunk_with_an_odd_head_is_read(string head)
    {
        Observation seen = await StreamOf(Chunk("{\"content\":\"text\"}", head: head) + Chunk("{}", "\"\"", head) + End());
        Assert.Equal((null, "text", "stop"), (seen.Failure, seen.Text, seen.FinishReason));
    }

    [Theory]
    [InlineData("data: {\"id\":\"c\",\"choices\":null}\n\n")]
    [InlineData("data: {\"id\":\"c\"}\n\n")]
    [InlineData("data: {}\n\n")]
    [InlineData("data: {\"id\":\"c\",\"choices\":[]}\n\n")]
    public async Task A_chunk_without_choices_does_no_harm(string chunk)
    {
        Observation seen = await StreamOf(chunk + Chunk("{\"content\":\"text\"}") + chunk + End());
        Assert.Equal((null, "text", "stop"), (seen.Failure, seen.Text, seen.FinishReason));
    }

    [Fact]
    public async Task A_count_that_is_none_is_unknown_and_the_others_are_kept()
    {
        Observation seen = await StreamOf(
            Chunk("{\"content\":\"text\"}") + Chunk("{}", "\"stop\"", rest: ",\"usage\":{\"prompt_tokens\":7.0,\"completion_tokens\":2,\"total_tokens\":9,\"completion_tokens_details\":null,\"cost\":0.25}") + Done);
        Assert.Null(seen.Failure);
        Assert.Equal((7, 2, 9), (seen.Usage!.InputTokenCount, seen.Usage.OutputTokenCount, seen.Usage.TotalTokenCount));
    }

    [Theory]
    [InlineData("eos", "stop")]
    [InlineData("eos_token", "stop")]
    [InlineData("end_turn", "stop")]
    [InlineData("stop_sequence", "stop")]
    [InlineData("STOP", "stop")]
    [InlineData("because", "stop")]
    [InlineData("max_tokens", "length")]
    [InlineData("model_length", "length")]
    [InlineData("tool_use", "tool_calls")]
    [InlineData("function_call", "tool_calls")]
    [InlineData("SAFETY", "content_filter")]
    public async Task Another_word_for_a_reason_is_understood(string reason, string known)
    {
        Observation seen = await StreamOf(Chunk("{\"content\":\"text\"}") + End(reason));
        Assert.Equal((null, "text", known), (seen.Failure, seen.Text, seen.FinishReason));
        Observation plain = await PlainOf($"\"content\":\"text\"", reason);
        Assert.Equal((null, "text", known), (plain.Failure, plain.Text, plain.FinishReason));
    }

    [Theory]
    [InlineData("abort", true)]
    [InlineData("error", true)]
    [InlineData("insufficient_system_resource", false)]
    [InlineData("overloaded", false)]
    public async Task A_reason_that_is_a_failure_is_the_providers_and_says_which(string reason, bool unusable)
    {
        foreach (Observation seen in (Observation[])[await StreamOf(Chunk("{\"content\":\"text\"}") + End(reason)), await PlainOf("\"content\":\"text\"", reason)])
        {
            Assert.Equal((BackendFailureKind.Provider, unusable), (seen.Failure?.Kind, seen.Failure?.AnswerUnusable));
            Assert.Contains(reason, seen.Failure!.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"arguments":"{}"}}]}""", "without a name")]
    [InlineData("""{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"","arguments":"{}"}}]}""", "without a name")]
    [InlineData("""{"tool_calls":[{"index":0,"id":"a","type":"custom","custom":{"name":"f","input":"x"}}]}""", "custom")]
    [InlineData("""{"audio":{"id":"x","data":"AA=="}}""", "audio")]
    public async Task What_cannot_be_carried_makes_an_answer_useless_and_never_a_shorter_one(string delta, string why)
    {
        foreach (Observation seen in (Observation[])[await StreamOf(Chunk(delta) + End()), await PlainOf(delta[1..^1], "stop")])
        {
            Assert.Equal((BackendFailureKind.Provider, true), (seen.Failure?.Kind, seen.Failure?.AnswerUnusable));
            Assert.Contains(why, seen.Failure!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_name_that_comes_after_its_call_is_in_time()
    {
        FunctionCallContent call = Assert.Single(await CallsOf(
            Call("""{"index":0,"id":"a","type":"function","function":{"arguments":""}}"""), Call("""{"index":0,"function":{"name":"f","arguments":"{}"}}""")));
        Assert.Equal(("a", "f", "{}"), (call.CallId, call.Name, ToolCallText.ArgumentsOf(call)));
    }

    [Theory]
    [InlineData("""{"index":0,"type":"function","function":{"name":"f","arguments":"{\"n\":1}"}}""")]
    [InlineData("""{"index":0,"id":"","type":"function","function":{"name":"f","arguments":"{\"n\":1}"}}""")]
    [InlineData("""{"index":0,"id":null,"function":{"name":"f","arguments":{"n":1}}}""")]
    public async Task A_call_without_an_id_gets_one_and_the_same_call_the_same(string piece)
    {
        FunctionCallContent once = Assert.Single(await CallsOf(Call(piece)));
        FunctionCallContent again = Assert.Single(await CallsOf(Call(piece)));
        Assert.Equal(("f", "{\"n\":1}"), (once.Name, ToolCallText.ArgumentsOf(once)));
        Assert.StartsWith("call_", once.CallId, StringComparison.Ordinal);
        Assert.Equal(once.CallId, again.CallId);
    }

    [Fact]
    public async Task A_number_for_an_id_is_kept()
    {
        FunctionCallContent call = Assert.Single(await CallsOf(Call("""{"index":0,"id":17,"type":"","function":{"name":"f","arguments":null}}""")));
        Assert.Equal(("17", "f"), (call.CallId, call.Name));
    }

    [Theory]
    [InlineData("""{"index":0,"id":"a","function":{"name":"f","arguments":"{\"n\":1}"}}""", """{"index":0,"id":"b","function":{"name":"g","arguments":"{\"n\":2}"}}""")]
    [InlineData("""{"id":"a","function":{"name":"f","arguments":"{\"n\":1}"}}""", """{"id":"b","function":{"name":"g","arguments":"{\"n\":2}"}}""")]
    [InlineData("""{"index":0,"function":{"name":"f","arguments":"{\"n\":1}"}}""", """{"index":0,"function":{"name":"g","arguments":"{\"n\":2}"}}""")]
    [InlineData("""{"function":{"name":"f","arguments":"{\"n\":1}"}}""", """{"function":{"name":"g","arguments":"{\"n\":2}"}}""")]
    public async Task Two_calls_stay_two(string first, string second)
    {
        foreach (FunctionCallContent[] calls in (FunctionCallContent[][])[await CallsOf(Call(first), Call(second)), await CallsOf(Call(first + "," + second))])
        {
            Assert.Equal([("f", "{\"n\":1}"), ("g", "{\"n\":2}")], calls.Select(call => (call.Name, ToolCallText.ArgumentsOf(call))));
            Assert.NotEqual(calls[0].CallId, calls[1].CallId);
        }
    }

    [Theory]
    [InlineData("""{"index":0,"function":{"arguments":"1}"}}""")]
    [InlineData("""{"function":{"arguments":"1}"}}""")]
    [InlineData("""{"index":0,"id":"a","function":{"name":"f","arguments":"1}"}}""")]
    [InlineData("""{"index":0,"id":"","function":{"arguments":"1}"}}""")]
    public async Task A_call_in_pieces_stays_one(string rest)
    {
        FunctionCallContent call = Assert.Single(await CallsOf(Call("""{"index":0,"id":"a","function":{"name":"f","arguments":"{\"n\":"}}"""), Call(rest)));
        Assert.Equal(("a", "f", "{\"n\":1}"), (call.CallId, call.Name, ToolCallText.ArgumentsOf(call)));
    }

    [Fact]
    public async Task The_older_form_of_a_call_is_a_call()
    {
        FunctionCallContent call = Assert.Single(await CallsOf(
            Chunk("""{"function_call":{"name":"f","arguments":"{\"n\":"}}"""), Chunk("""{"function_call":{"arguments":"1}"}}""")));
        Assert.Equal(("f", "{\"n\":1}"), (call.Name, ToolCallText.ArgumentsOf(call)));
        Observation plain = await PlainOf("""  "content":null,"function_call":{"name":"f","arguments":"{}"}""", "function_call");
        Assert.Equal((null, "tool_calls"), (plain.Failure, plain.FinishReason));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_streamed_refusal_is_carried_once(bool withCall)
    {
        const string call = """{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}""";
        string body = Chunk("{\"refusal\":\"I will \"}") + Chunk("{\"refusal\":\"not.\"}") + (withCall ? Call(call) : "") + End();
        Assert.Equal("I will not.", string.Concat((await ContentsOf(body)).OfType<ErrorContent>().Where(error => error.ErrorCode == "Refusal").Select(error => error.Message)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(100_000)]
    public async Task The_bytes_may_come_in_any_pieces_and_lines_may_end_in_any_way(int size)
    {
        string long1 = new('x', 20_000);
        string body = (": ping\n\n" + Chunk("{\"role\":\"\",\"content\":\"\u00e4\"}") + Chunk($"{{\"content\":\"{long1}\"}}", rest: ",\"error\":null") + End("eos"))
            .Replace("\n\n: ", "\r\n\r\n: ", StringComparison.Ordinal);
        using var repaired = new EventRepairStream(new Pieces(Encoding.UTF8.GetBytes(body), size));
        using var reader = new StreamReader(repaired);
        string[] lines = (await reader.ReadToEndAsync()).Split('\n');
        string[] sent = body.Split('\n');
        Assert.Equal(sent.Length, lines.Length);
        Assert.Equal(sent.Where(line => !line.StartsWith("data: {", StringComparison.Ordinal)), lines.Where(line => !line.StartsWith("data:{", StringComparison.Ordinal)));
        Assert.Contains($"\"content\":\"{long1}\"", lines[4], StringComparison.Ordinal);
        Assert.DoesNotContain("error", lines[4], StringComparison.Ordinal);
        Assert.Contains("\"content\":\"\u00e4\"", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_without_end_is_broken_off()
    {
        await using HttpHost host = await HttpHost.Answering(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            byte[] piece = Encoding.UTF8.GetBytes("data: {" + new string('x', 64 * 1024));
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(piece, context.RequestAborted);
        });
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, host.Address);
        Observation seen = await Observation.OfStream(catalog.Resolve().Client, "hello");
        Assert.True(seen.Failure?.AnswerUnusable);
    }

    private static async Task<FunctionCallContent[]> CallsOf(params string[] chunks) =>
        [.. (await ContentsOf(string.Concat(chunks) + End("tool_calls"))).OfType<FunctionCallContent>()];

    private static async Task<List<AIContent>> ContentsOf(string body)
    {
        await using HttpHost host = await HttpHost.Answering("text/event-stream", body);
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, host.Address);
        List<AIContent> contents = [];
        await foreach (ChatResponseUpdate update in catalog.Resolve().Client.GetStreamingResponseAsync("hello"))
            contents.AddRange(update.Contents);
        return contents;
    }

    private static async Task<Observation> StreamOf(string body)
    {
        await using HttpHost host = await HttpHost.Answering("text/event-stream", body);
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, host.Address);
        return await Observation.OfStream(catalog.Resolve().Client, "hello");
    }

    private static async Task<Observation> PlainOf(string message, string reason)
    {
        await using HttpHost host = await HttpHost.Answering(
            "application/json",
            $"{{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{{\"index\":0,\"message\":{{\"role\":\"assistant\",{message}}},\"finish_reason\":\"{reason}\"}}]}}");
        using BackendCatalog catalog = OneBackend.Of(BackendType.OpenAI, host.Address);
        return await Observation.OfPlain(catalog.Resolve().Client, "hello");
    }

    /// <summary>Gives its bytes a few at a time.</summary>
    private sealed class Pieces(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
