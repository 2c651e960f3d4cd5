using System.Text.Json;
using ActorLlm.Cli.Tests.Fakes;

namespace ActorLlm.Cli.Tests.Talk;

public sealed class SendTests
{
    [Fact]
    public async Task A_message_is_sent_as_a_turn_and_its_reply_is_all_that_is_printed()
    {
        await using var node = await FakeFace.RepliesAsync("It is ", "on its way.");

        var ran = await Fakes.Cli.RunAsync(
            Fakes.Cli.Terminal("", ("ACTORLLM_API_KEY", "sk-1")), "send", "Where is it?", "--conversation", "order", "--key", "m1", "--model", "small", "--url", node.Url);

        Assert.Equal((ExitCode.Success, "It is on its way." + Environment.NewLine, ""), (ran.ExitCode, ran.Output, ran.Error));
        var request = node.Request;
        Assert.Equal(("POST", "/v1/chat/completions", "Bearer sk-1"), (request.Method, request.Path, request.Authorization));
        Assert.Equal(("order", "m1"), (request.Headers["X-Conversation-Id"], request.Headers["Idempotency-Key"]));
        Assert.Equal("""{"model":"small","messages":[{"role":"user","content":"Where is it?"}],"stream":true,"stream_options":{"include_usage":true}}""", request.Body);
    }

    [Fact]
    public async Task A_key_alone_finds_its_turn_again_as_no_new_conversation_is_made_for_it()
    {
        await using var node = await FakeFace.RepliesAsync("Yes.");

        var ran = await Fakes.Cli.RunAsync("send", "Hello", "--key", "m1", "--url", node.Url);

        Assert.Equal(ExitCode.Success, ran.ExitCode);
        Assert.Equal("m1", node.Request.Headers["Idempotency-Key"]);
        Assert.False(node.Request.Headers.ContainsKey("X-Conversation-Id"));
    }

    [Fact]
    public async Task A_message_may_come_from_the_input()
    {
        await using var node = await FakeFace.RepliesAsync("Yes.");

        var ran = await Fakes.Cli.RunAsync(Fakes.Cli.Terminal("two\nlines\n"), "send", "-", "--url", node.Url);

        Assert.Equal(ExitCode.Success, ran.ExitCode);
        Assert.Equal("two\nlines", JsonDocument.Parse(node.Request.Body).RootElement.GetProperty("messages")[0].GetProperty("content").GetString());
    }

    [Fact]
    public async Task The_JSON_has_what_is_needed_to_ask_again()
    {
        await using var node = await FakeFace.RepliesAsync("Yes.");

        var ran = await Fakes.Cli.RunAsync("send", "Hello", "-c", "order", "--key", "m1", "--json", "--url", node.Url);

        Assert.Equal(
            """{"conversation":"order","turn":"m1","model":"simulator","finishReason":"stop","reply":"Yes.","inputTokens":3,"outputTokens":4}""", ran.Output.Trim());
    }

    [Fact]
    public async Task A_reply_goes_on_at_the_next_node_where_the_first_is_lost()
    {
        await using var lost = await FakeFace.BreaksAfterAsync(2, "one ", "two ", "three");
        await using var next = await FakeFace.RepliesAsync("one ", "two ", "three");

        var ran = await Fakes.Cli.RunAsync("send", "Count.", "--url", $"{lost.Url},{next.Url}");

        Assert.Equal((ExitCode.Success, "one two three" + Environment.NewLine), (ran.ExitCode, ran.Output));
        Assert.Contains($"going on at {next.Url}.", ran.Error, StringComparison.Ordinal);
        Assert.Equal("2-abcdef01", next.Request.Headers["Last-Event-ID"]);
        Assert.Equal(lost.Request.Headers["Idempotency-Key"], next.Request.Headers["Idempotency-Key"]);
        Assert.Equal(lost.Request.Body, next.Request.Body);
    }

    [Fact]
    public async Task A_reply_that_was_worded_anew_is_read_from_its_beginning()
    {
        await using var lost = await FakeFace.BreaksAfterAsync(1, "old ");
        await using var next = await FakeNode.StartAsync(http => http.Request.Headers.ContainsKey("Last-Event-ID")
            ? FakeFace.RefuseAsync(http, 400, "stream_diverged")
            : FakeFace.WriteAsync(http, ["new"], 1, ends: true));

        var ran = await Fakes.Cli.RunAsync("send", "Tell.", "--url", $"{lost.Url},{next.Url}");

        Assert.Equal((ExitCode.Success, "new" + Environment.NewLine), (ran.ExitCode, ran.Output));
    }

    [Fact]
    public async Task What_passes_is_tried_again_and_an_error_within_the_stream_too()
    {
        var asked = 0;
        await using var node = await FakeNode.StartAsync(http => Interlocked.Increment(ref asked) switch
        {
            1 => FakeFace.RefuseAsync(http, 503, "service_unavailable", mayRetry: true),
            2 => FakeFace.ErrorFrameAsync(http, "stream_ended"),
            _ => FakeFace.WriteAsync(http, ["Yes."], 1, ends: true),
        });

        var ran = await Fakes.Cli.RunAsync("send", "Hello", "--url", node.Url);

        Assert.Equal((ExitCode.Success, "Yes." + Environment.NewLine, 3), (ran.ExitCode, ran.Output, asked));
    }

    [Theory]
    [InlineData(401, "invalid_api_key", ExitCode.Refused, "Set ACTORLLM_API_KEY to a key of its nodes")]
    [InlineData(404, "model_not_found", ExitCode.NotFound, "That cannot be.")]
    [InlineData(404, "unknown_url", ExitCode.Unreachable, "is no HTTP face of a node")]
    [InlineData(422, "idempotency_key_reused", ExitCode.Failure, "That cannot be.")]
    [InlineData(500, "provider_error", ExitCode.Failure, "That cannot be.")]
    public async Task A_refusal_ends_it_with_a_line_and_nothing_on_the_output(int status, string code, int exitCode, string message)
    {
        await using var node = await FakeNode.StartAsync(http => FakeFace.RefuseAsync(http, status, code));

        var ran = await Fakes.Cli.RunAsync("send", "Hello", "--url", node.Url);

        Assert.Equal((exitCode, ""), (ran.ExitCode, ran.Output));
        Assert.Contains(message, ran.Error, StringComparison.Ordinal);
        Assert.Single(node.Requests);
    }

    [Fact]
    public async Task A_turn_that_fails_within_its_stream_prints_no_half_reply()
    {
        await using var node = await FakeNode.StartAsync(http => FakeFace.ErrorFrameAsync(http, "provider_error"));

        var ran = await Fakes.Cli.RunAsync("send", "Hello", "--url", node.Url);

        Assert.Equal((ExitCode.Failure, ""), (ran.ExitCode, ran.Output));
        Assert.Contains("It went wrong.", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_node_was_ever_there_it_does_not_wait_for_one()
    {
        var ports = LoopbackPorts.Free(2);

        var ran = await Fakes.Cli.RunAsync("send", "Hello", "--url", $"http://127.0.0.1:{ports[0]},http://127.0.0.1:{ports[1]}");

        Assert.Equal((ExitCode.Unreachable, ""), (ran.ExitCode, ran.Output));
        Assert.Contains("cannot be reached (Connection refused", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Something_else_that_answers_is_no_node()
    {
        await using var other = await FakeNode.AnswersAsync("{}");

        var ran = await Fakes.Cli.RunAsync("send", "Hello", "--url", other.Url);

        Assert.Equal(ExitCode.Unreachable, ran.ExitCode);
        Assert.Contains("is no HTTP face of a node", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--conversation", "gr\u00fcn")]
    [InlineData("--key", "two words")]
    [InlineData("--key", "")]
    public async Task A_name_that_no_header_can_carry_is_refused(string option, string name)
    {
        var ran = await Fakes.Cli.RunAsync("send", "Hello", option, name);

        Assert.Equal(ExitCode.Usage, ran.ExitCode);
        Assert.Contains($"{option} is '{name}'", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_message_is_refused()
    {
        var ran = await Fakes.Cli.RunAsync("send", "-");

        Assert.Equal(ExitCode.Usage, ran.ExitCode);
        Assert.Contains("The message is empty", ran.Error, StringComparison.Ordinal);
    }
}
