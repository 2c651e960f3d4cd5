using System.Net;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace ActorLlm.Gateway.Tests.Chat;

public sealed class ChatStreamTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_760_000_000);
    private readonly Channel<TurnUpdate> _updates = Channel.CreateUnbounded<TurnUpdate>();

    [Fact]
    public async Task A_stream_is_role_then_text_then_finish_then_done()
    {
        await using var server = await GatewayServer.StartAsync(time: new FakeTimeProvider(Now));
        using var response = await server.PostAsync(Responses.HiStreamed, ("Idempotency-Key", "k1"), ("X-Conversation-Id", "c1"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-cache", response.Headers.CacheControl!.ToString());
        Assert.Equal("no", response.Header("x-accel-buffering"));
        Assert.Equal("k1", response.Header("Idempotency-Key"));
        Assert.StartsWith("req_", response.Header("x-request-id"), StringComparison.Ordinal);
        Assert.Equal(
            [
                Chunk("""{"role":"assistant","content":"","refusal":null}""", "null"), Chunk("""{"content":"Hel"}""", "null"),
                Chunk("""{"content":"lo."}""", "null"), Chunk("{}", "\"stop\""), "data: [DONE]",
            ],
            await FramesAsync(response));
    }

    [Fact]
    public async Task A_stream_with_usage_has_a_null_in_every_chunk_and_the_tokens_in_a_last_one_without_choices()
    {
        await using var server = await GatewayServer.StartAsync(time: new FakeTimeProvider(Now));
        using var response = await server.PostAsync(
            Responses.HiStreamed.Replace("true", "true,\"stream_options\":{\"include_usage\":true}", StringComparison.Ordinal),
            ("Idempotency-Key", "k1"), ("X-Conversation-Id", "c1"));
        var frames = await FramesAsync(response);
        Assert.Equal(6, frames.Count);
        Assert.All(frames[..4], frame => Assert.EndsWith(",\"usage\":null}", frame, StringComparison.Ordinal));
        Assert.Contains("\"choices\":[],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":7,\"total_tokens\":18,", frames[4], StringComparison.Ordinal);
        Assert.Equal("data: [DONE]", frames[5]);
    }

    [Fact]
    public async Task Each_update_leaves_at_once()
    {
        await using var server = await ScriptedAsync();
        var post = server.PostAsync(Responses.HiStreamed);
        await _updates.Writer.WriteAsync(new TurnUpdate.Accepted());
        await _updates.Writer.WriteAsync(new TurnUpdate.Text("one"));
        using var response = await post;
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await ReadFrameAsync(reader);
        Assert.Contains("{\"content\":\"one\"}", await ReadFrameAsync(reader), StringComparison.Ordinal);
        await _updates.Writer.WriteAsync(new TurnUpdate.Text("two\n\ndata: [DONE]\n\n"));
        Assert.Contains("{\"content\":\"two\\n\\ndata: [DONE]\\n\\n\"}", await ReadFrameAsync(reader), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_character_cut_in_two_by_the_pieces_arrives_whole()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Conversations.Script = (_, _) => Task.FromResult(FakeConversations.Committed("12😀😀3"));
        using var response = await server.PostAsync(Responses.HiStreamed);
        Assert.Equal("12😀😀3", string.Concat((await FramesAsync(response)).Select(ContentOf)));
    }

    [Fact]
    public async Task A_long_piece_arrives_whole_in_several_frames()
    {
        var text = string.Concat(Enumerable.Repeat("😀\"a", 100_000));
        await using var server = await ScriptedAsync();
        var post = server.PostAsync(Responses.HiStreamed);
        await _updates.Writer.WriteAsync(new TurnUpdate.Text(text));
        await SettleAsync(server, FakeConversations.Committed(text));
        using var response = await post;
        var frames = await FramesAsync(response);
        Assert.Equal(text, string.Concat(frames.Select(ContentOf)));
        Assert.All(frames, frame => Assert.InRange(frame.Length, 1, 64 * 1024));
    }

    [Fact]
    public async Task Silence_is_broken_by_a_comment_and_only_silence()
    {
        var time = new FakeTimeProvider(Now);
        await using var server = await ScriptedAsync(time);
        var post = server.PostAsync(Responses.HiStreamed);
        await _updates.Writer.WriteAsync(new TurnUpdate.Text("one"));
        using var response = await post;
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await ReadFrameAsync(reader);
        await ReadFrameAsync(reader);
        time.Advance(TimeSpan.FromSeconds(10));
        await _updates.Writer.WriteAsync(new TurnUpdate.Text("two"));
        Assert.Contains("two", await ReadFrameAsync(reader), StringComparison.Ordinal);
        // 15 s after the first piece, 5 s after the second: not silent for long enough.
        time.Advance(TimeSpan.FromSeconds(5));
        await _updates.Writer.WriteAsync(new TurnUpdate.Text("three"));
        Assert.Contains("three", await ReadFrameAsync(reader), StringComparison.Ordinal);
        Assert.Equal(": ping", await FrameInTimeAsync(reader, time));
        Assert.Equal(": ping", await FrameInTimeAsync(reader, time));
    }

    [Fact]
    public async Task A_stream_without_text_shows_its_status_with_the_first_heartbeat()
    {
        var time = new FakeTimeProvider(Now);
        await using var server = await ScriptedAsync(time);
        var post = server.PostAsync(Responses.HiStreamed);
        await _updates.Writer.WriteAsync(new TurnUpdate.Accepted());
        while (!post.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        using var response = await post;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_turn_that_is_not_durable_yet_keeps_its_status_open_however_long_the_silence()
    {
        var time = new FakeTimeProvider(Now);
        await using var server = await ScriptedAsync(time);
        var post = server.PostAsync(Responses.HiStreamed);
        for (var seconds = 0; seconds < 200 && !post.IsCompleted; seconds++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            // A heartbeat that should not be would need this long to arrive.
            await Task.Delay(1);
        }

        Assert.False(post.IsCompleted);
        _updates.Writer.Complete(new ConversationsUnavailableException("No answer in 15 s.", TimeSpan.FromSeconds(2)));
        using var response = await post;
        await response.ErrorAsync(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task A_failure_before_the_first_text_is_a_real_status()
    {
        await using var server = await ScriptedAsync();
        var post = server.PostAsync(Responses.HiStreamed);
        await _updates.Writer.WriteAsync(new TurnUpdate.Accepted());
        await SettleAsync(server, new Outcome.Failed(FailureKind.Content, "The provider said 400."));
        using var response = await post;
        var error = await response.ErrorAsync(HttpStatusCode.BadRequest);
        Assert.Equal("The turn failed: The provider said 400.", error.Message);
    }

    [Fact]
    public async Task A_failure_in_mid_stream_is_an_error_frame_and_a_broken_transport()
    {
        await AssertBrokenAsync(
            server => SettleAsync(server, new Outcome.Failed(FailureKind.Provider, "Gave up.")),
            """{"error":{"message":"The turn failed: Gave up.","type":"server_error","param":null,"code":"provider_error"}}""");
    }

    [Fact]
    public async Task A_stream_that_diverged_is_broken_off_and_not_finished()
    {
        await AssertBrokenAsync(
            server => SettleAsync(server, FakeConversations.Committed("other words"), diverged: true), "\"code\":\"stream_diverged\"");
    }

    [Fact]
    public async Task A_lost_database_in_mid_stream_breaks_it_off()
    {
        await AssertBrokenAsync(
            _ =>
            {
                _updates.Writer.Complete(new ConversationsUnavailableException("No answer in 30 s.", TimeSpan.FromSeconds(2)));
                return ValueTask.CompletedTask;
            },
            "\"code\":\"service_unavailable\"");
    }

    [Fact]
    public async Task A_stream_that_ends_without_an_outcome_does_not_look_complete()
    {
        await AssertBrokenAsync(
            _ =>
            {
                _updates.Writer.Complete();
                return ValueTask.CompletedTask;
            },
            "\"code\":\"stream_ended\"");
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_subscription_and_not_the_turn()
    {
        await using var server = await GatewayServer.StartAsync();
        var ended = new TaskCompletionSource();
        server.Conversations.StreamScript = (_, cancellation) =>
        {
            cancellation.Register(ended.SetResult);
            return ReadAsync(cancellation);
        };
        await _updates.Writer.WriteAsync(new TurnUpdate.Text("one"));
        using (await server.PostAsync(Responses.HiStreamed))
        {
        }

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await server.DisposeAsync();
        Assert.Equal(0, server.Conversations.Cancels);
    }

    [Fact]
    public async Task A_repeat_has_the_same_id_whether_streamed_or_not()
    {
        await using var server = await GatewayServer.StartAsync();
        using var streamed = await server.PostAsync(Responses.HiStreamed, ("Idempotency-Key", "k1"));
        using var plain = await server.PostAsync(Responses.Hi, ("Idempotency-Key", "k1"));
        var id = (await plain.JsonAsync()).GetProperty("id").GetString()!;
        Assert.Contains(id, (await FramesAsync(streamed))[0], StringComparison.Ordinal);
        Assert.Equal(1, server.Conversations.Executions);
    }

    private async Task AssertBrokenAsync(Func<GatewayServer, ValueTask> breakOff, string frame)
    {
        await using var server = await ScriptedAsync();
        var post = server.PostAsync(Responses.HiStreamed);
        await _updates.Writer.WriteAsync(new TurnUpdate.Text("one"));
        using var response = await post;
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await ReadFrameAsync(reader);
        await ReadFrameAsync(reader);
        await breakOff(server);
        Assert.Contains(frame, await ReadFrameAsync(reader), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<IOException>(() => reader.ReadToEndAsync());
    }

    private async Task<GatewayServer> ScriptedAsync(TimeProvider? time = null)
    {
        var server = await GatewayServer.StartAsync(time: time);
        server.Conversations.StreamScript = (_, cancellation) => ReadAsync(cancellation);
        return server;
    }

    private async IAsyncEnumerable<TurnUpdate> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var update in _updates.Reader.ReadAllAsync(cancellation)) yield return update;
    }

    private async ValueTask SettleAsync(GatewayServer server, Outcome outcome, bool diverged = false)
    {
        TurnRequest? request;
        while (!server.Conversations.Requests.TryPeek(out request)) await Task.Yield();
        await _updates.Writer.WriteAsync(new TurnUpdate.Settled(FakeConversations.Settled(request, outcome), diverged));
    }

    private static string Chunk(string delta, string finish) =>
        $"data: {{\"id\":\"{Ids.CompletionOf(Domain.ConversationId.Of("c1"), Domain.TurnId.Parse("k1"))}\",\"object\":\"chat.completion.chunk\","
        + $"\"created\":1760000000,\"model\":\"sim-1\",\"system_fingerprint\":null,"
        + $"\"choices\":[{{\"index\":0,\"delta\":{delta},\"logprobs\":null,\"finish_reason\":{finish}}}]}}";

    private static string ContentOf(string frame)
    {
        if (!frame.StartsWith("data: {", StringComparison.Ordinal)) return "";
        using var chunk = System.Text.Json.JsonDocument.Parse(frame.AsMemory(6));
        var delta = chunk.RootElement.GetProperty("choices")[0].GetProperty("delta");
        return delta.TryGetProperty("content", out var content) ? content.GetString()! : "";
    }

    private static async Task<List<string>> FramesAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        // Ids have tests of their own.
        return [.. text.Split("\n\n")[..^1].Select(frame => frame.StartsWith("id: ", StringComparison.Ordinal) ? frame[(frame.IndexOf('\n', StringComparison.Ordinal) + 1)..] : frame)];
    }

    private static async Task<string> ReadFrameAsync(StreamReader reader)
    {
        var frame = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10));
        if (frame!.StartsWith("id: ", StringComparison.Ordinal)) frame = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("", await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)));
        return frame!;
    }

    // The server arms its timer some time after its last write; steps reach it whenever it does.
    private static async Task<string> FrameInTimeAsync(StreamReader reader, FakeTimeProvider time)
    {
        var frame = ReadFrameAsync(reader);
        while (!frame.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await frame;
    }
}
