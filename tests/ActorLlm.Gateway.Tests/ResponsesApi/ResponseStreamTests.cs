using System.Text.Json;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Gateway.Tests.ResponsesApi;

/// <summary>Responses as events, from their beginning and from any place within.</summary>
public class ResponseStreamTests
{
    private readonly DecidedConversations _conversations = new();

    [Fact]
    public async Task Events_come_in_the_order_that_clients_know()
    {
        await using var server = await GatewayServer.StartAsync(real: _conversations);
        _conversations.Script = (_, _) => new AttemptEnd.Succeeded(
            new Reply("Let me look", "m", "b", "tool_calls", new Usage(1, 1)) { ToolCalls = [new ToolCall("c1", "f", """{"x":1}""")] });

        var events = await ReadAsync(server, HttpMethod.Post, "/v1/responses", """{"input":"Hi","stream":true}""");

        Assert.Equal(
            [
                "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added", "response.output_text.delta",
                "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.output_item.added",
                "response.function_call_arguments.delta", "response.function_call_arguments.done", "response.output_item.done", "response.completed",
            ],
            events.Select(data => data.Text("type")).Aggregate(new List<string>(), Squeezed));
        Assert.Equal("Let me look", Deltas(events, "response.output_text.delta"));
        Assert.Equal("""{"x":1}""", Deltas(events, "response.function_call_arguments.delta"));
        Assert.Equal([0, 1], events.Where(data => data.Text("type") == "response.output_item.added").Select(data => data.GetProperty("output_index").GetInt32()));
        var numbers = events.Select(NumberOf).ToArray();
        Assert.Equal(numbers.Order().Distinct(), numbers);
        var read = await server.AskAsync(HttpMethod.Get, $"/v1/responses/{events[0].GetProperty("response").Text("id")}");
        Assert.Equal(read.GetProperty("output").GetRawText(), events[^1].GetProperty("response").GetProperty("output").GetRawText());
    }

    [Theory]
    [InlineData("Grüße, \U0001F600\U0001F600 und mehr")]
    [InlineData("")]
    public async Task From_every_place_the_rest_comes_once_and_in_order(string text)
    {
        await using var server = await GatewayServer.StartAsync(real: _conversations);
        _conversations.Script = (_, _) => new AttemptEnd.Succeeded(
            new Reply(text, "m", "b", "stop", new Usage(1, 1)) { ToolCalls = [new ToolCall("c1", "f", "{}")], Refusal = "No.", Reasoning = "Is it \U0001F600?" });
        var whole = await ReadAsync(server, HttpMethod.Post, "/v1/responses", """{"input":"Hi","stream":true}""");
        var id = whole[0].GetProperty("response").Text("id");

        foreach (var from in whole.Select(NumberOf))
        {
            var rest = await ReadAsync(server, HttpMethod.Get, $"/v1/responses/{id}?stream=true&starting_after={from}");

            Assert.Equal(
                whole.Where(data => NumberOf(data) > from).Select(data => (NumberOf(data), data.Text("type"))),
                rest.Select(data => (NumberOf(data), data.Text("type"))));
            Assert.Equal(text, Deltas(whole.Where(data => NumberOf(data) <= from), "response.output_text.delta") + Deltas(rest, "response.output_text.delta"));
        }
    }

    [Fact]
    public async Task What_was_read_of_another_wording_is_not_gone_on_from()
    {
        await using var server = await GatewayServer.StartAsync(real: _conversations);
        var (one, other) = (await ReadReplyAsync(server, "The one wording of it"), await ReadReplyAsync(server, "Some other words for it"));
        var id = other[0].GetProperty("response").Text("id");

        // From the beginning there is nothing to differ from; then whatever the client has, up to the end, is of the other wording.
        foreach (var place in one.Where(data => data.Text("type") is "response.output_text.delta" or "response.output_text.done" or "response.completed").Select(NumberOf))
        {
            var refused = await server.RefusedAsync(System.Net.HttpStatusCode.BadRequest, HttpMethod.Get, $"/v1/responses/{id}?stream=true&starting_after={place}");
            Assert.Equal(("stream_diverged", "starting_after"), (refused.Code, refused.Param));
        }

        Task<List<JsonElement>> ReadReplyAsync(GatewayServer at, string text)
        {
            _conversations.Script = (_, _) => new AttemptEnd.Succeeded(new Reply(text, "m", "b", "stop", new Usage(1, 1)));
            return ReadAsync(at, HttpMethod.Post, "/v1/responses", """{"input":"Hi","stream":true}""");
        }
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(1_000_000)]
    public async Task A_place_beyond_the_end_is_refused_with_the_last_that_there_is(int beyond)
    {
        await using var server = await GatewayServer.StartAsync(real: _conversations);
        _conversations.Script = (_, _) => new AttemptEnd.Succeeded(
            new Reply("Let me look", "m", "b", "stop", new Usage(1, 1)) { ToolCalls = [new ToolCall("c1", "f", "{}")], Refusal = "No." });
        var whole = await ReadAsync(server, HttpMethod.Post, "/v1/responses", """{"input":"Hi","stream":true}""");
        var (id, last) = (whole[0].GetProperty("response").Text("id"), NumberOf(whole[^1]));

        var path = $"/v1/responses/{id}?stream=true&starting_after=";
        var refused = await server.RefusedAsync(System.Net.HttpStatusCode.BadRequest, HttpMethod.Get, path + (last + beyond));

        Assert.Equal(("invalid_request_error", "invalid_value", "starting_after"), (refused.Type, refused.Code, refused.Param));
        Assert.Contains($"expected the sequence_number of one of its events, at most {last}.", refused.Message, StringComparison.Ordinal);
        Assert.Empty(await ReadAsync(server, HttpMethod.Get, path + last));
    }

    [Fact]
    public async Task A_refusal_is_a_part_of_its_own()
    {
        await using var server = await GatewayServer.StartAsync(real: _conversations);
        _conversations.Script = (_, _) => new AttemptEnd.Succeeded(new Reply("", "m", "b", "stop", new Usage(1, 1)) { Refusal = "No." });

        var events = await ReadAsync(server, HttpMethod.Post, "/v1/responses", """{"input":"Hi","stream":true}""");

        Assert.Equal("No.", Deltas(events, "response.refusal.delta"));
        var part = events[^1].GetProperty("response").GetProperty("output")[0].GetProperty("content")[0];
        Assert.Equal(("refusal", "No."), (part.Text("type"), part.Text("refusal")));
    }

    [Fact]
    public async Task What_the_model_thought_is_an_item_behind_all_others()
    {
        await using var server = await GatewayServer.StartAsync(real: _conversations);
        var thought = new string('x', 10_000) + "\U0001F600";
        _conversations.Script = (_, _) => new AttemptEnd.Succeeded(
            new Reply("Let me look", "m", "b", "tool_calls", new Usage(1, 1)) { ToolCalls = [new ToolCall("c1", "f", "{}")], Reasoning = thought });

        var events = await ReadAsync(server, HttpMethod.Post, "/v1/responses", """{"input":"Hi","stream":true}""");

        Assert.Equal(thought, Deltas(events, "response.reasoning_text.delta"));
        Assert.Equal(thought, Assert.Single(events, data => data.Text("type") == "response.reasoning_text.done").Text("text"));
        var output = events[^1].GetProperty("response").GetProperty("output").EnumerateArray().ToArray();
        Assert.Equal(["message", "function_call", "reasoning"], output.Select(item => item.Text("type")));
        Assert.Equal(output.Select(item => item.GetRawText()), events.Where(data => data.Text("type") == "response.output_item.done").Select(data => data.GetProperty("item").GetRawText()));
        var part = Assert.Single(output[2].GetProperty("content").EnumerateArray());
        Assert.Equal(("reasoning_text", thought), (part.Text("type"), part.Text("text")));
        Assert.Empty(output[2].GetProperty("summary").EnumerateArray());
        // It is in no conversation: nothing that has its id can be read or deleted there.
        var conversation = await server.AskAsync(HttpMethod.Post, "/v1/conversations");
        var made = await server.AskAsync(HttpMethod.Post, "/v1/responses", $$"""{"input":"Hi","conversation":"{{conversation.Text("id")}}"}""");
        var items = $"/v1/conversations/{conversation.Text("id")}/items";
        var id = made.GetProperty("output")[2].Text("id");
        Assert.DoesNotContain("reasoning", (await server.AskAsync(HttpMethod.Get, items)).GetRawText(), StringComparison.Ordinal);
        Assert.Equal("item_not_found", (await server.RefusedAsync(System.Net.HttpStatusCode.NotFound, HttpMethod.Delete, $"{items}/{id}")).Code);
    }

    [Fact]
    public async Task A_failure_is_the_last_event_and_is_read_the_same_later()
    {
        await using var server = await GatewayServer.StartAsync(real: _conversations);
        _conversations.Script = (_, _) => new AttemptEnd.Failed(FailureKind.Deadline, "Too late.", null);

        var events = await ReadAsync(server, HttpMethod.Post, "/v1/responses", """{"input":"Hi","stream":true}""");

        Assert.Equal("response.failed", events[^1].Text("type"));
        Assert.Equal("failed", events[^1].GetProperty("response").Text("status"));
    }

    [Fact]
    public async Task What_is_not_stored_is_streamed_in_the_same_way()
    {
        await using var server = await GatewayServer.StartAsync(real: _conversations);
        server.Direct.Answer("Hel", "lo");

        var events = await ReadAsync(server, HttpMethod.Post, "/v1/responses", """{"input":"Hi","stream":true,"store":false}""");

        Assert.Equal("Hello", Deltas(events, "response.output_text.delta"));
        Assert.Equal(events.Select(NumberOf).Order().Distinct(), events.Select(NumberOf));
        Assert.Equal("Hello", events[^1].GetProperty("response").GetProperty("output")[0].GetProperty("content")[0].Text("text"));
    }

    [Fact]
    public async Task The_failure_of_a_reply_that_was_read_in_part_is_told_wherever_it_was_left()
    {
        await using var server = await GatewayServer.StartAsync(real: _conversations);
        _conversations.Script = (_, _) => new AttemptEnd.Failed(FailureKind.Deadline, "Too late.", null);
        var made = await server.AskAsync(HttpMethod.Post, "/v1/responses", """{"input":"Hi","background":true}""");

        var events = await ReadAsync(server, HttpMethod.Get, $"/v1/responses/{made.Text("id")}?stream=true&starting_after={(500 << 10) | 77}");

        var last = Assert.Single(events);
        Assert.Equal("response.failed", last.Text("type"));
        Assert.True(NumberOf(last) > 500 << 10);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("2147483647")]
    public async Task A_place_that_is_none_is_refused(string place)
    {
        await using var server = await GatewayServer.StartAsync(real: _conversations);
        var made = await server.AskAsync(HttpMethod.Post, "/v1/responses", """{"input":"Hi"}""");

        var refused = await server.RefusedAsync(
            System.Net.HttpStatusCode.BadRequest, HttpMethod.Get, $"/v1/responses/{made.Text("id")}?stream=true&starting_after={place}");

        Assert.Equal("starting_after", refused.Param);
    }

    private static int NumberOf(JsonElement data) => data.GetProperty("sequence_number").GetInt32();

    private static string Deltas(IEnumerable<JsonElement> events, string type) =>
        string.Concat(events.Where(data => data.Text("type") == type).Select(data => data.Text("delta")));

    private static List<string> Squeezed(List<string> types, string type)
    {
        if (types is not [.., var last] || last != type) types.Add(type);
        return types;
    }

    private static async Task<List<JsonElement>> ReadAsync(GatewayServer server, HttpMethod method, string path, string? body = null)
    {
        using var response = await server.SendAsync(method, path, body);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        var events = new List<JsonElement>();
        foreach (var frame in (await response.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = frame.Split('\n');
            using var data = JsonDocument.Parse(lines[1]["data: ".Length..]);
            Assert.Equal($"event: {data.RootElement.Text("type")}", lines[0]);
            events.Add(data.RootElement.Clone());
        }

        return events;
    }
}
