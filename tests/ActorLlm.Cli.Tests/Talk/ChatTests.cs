using System.Text.Json;
using ActorLlm.Cli.Terminals;
using ActorLlm.Cli.Tests.Fakes;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Cli.Tests.Talk;

public sealed class ChatTests
{
    [Fact]
    public async Task Piped_lines_are_turns_of_one_conversation_and_only_replies_are_printed()
    {
        await using var node = await FakeFace.RepliesAsync("Well, ", "yes.");

        var ran = await Fakes.Cli.RunAsync(Fakes.Cli.Terminal("first\n\nsecond\n"), "chat", "--conversation", "mine", "--url", node.Url);

        Assert.Equal((ExitCode.Success, $"Well, yes.{Environment.NewLine}Well, yes.{Environment.NewLine}", ""), (ran.ExitCode, ran.Output, ran.Error));
        Assert.Equal(["first", "second"], node.Requests.Select(Message));
        Assert.All(node.Requests, request => Assert.Equal("mine", request.Headers["X-Conversation-Id"]));
        Assert.Equal(2, node.Requests.Select(request => request.Headers["Idempotency-Key"]).Distinct().Count());
    }

    [Fact]
    public async Task Piped_input_ends_at_the_first_message_that_fails()
    {
        await using var node = await FakeNode.StartAsync(http => FakeFace.RefuseAsync(http, 404, "model_not_found"));

        var ran = await Fakes.Cli.RunAsync(Fakes.Cli.Terminal("first\nsecond\n"), "chat", "--url", node.Url);

        Assert.Equal(ExitCode.NotFound, ran.ExitCode);
        Assert.Single(node.Requests);
    }

    [Fact]
    public async Task The_text_goes_on_at_the_next_node_where_the_first_is_lost()
    {
        await using var lost = await FakeFace.BreaksAfterAsync(1, "one ", "two ", "three");
        await using var next = await FakeFace.RepliesAsync("one ", "two ", "three");

        var ran = await Fakes.Cli.RunAsync(Fakes.Cli.Terminal("Count.\nAgain.\n"), "chat", "--url", $"{lost.Url},{next.Url}");

        Assert.Equal((ExitCode.Success, $"one two three{Environment.NewLine}one two three{Environment.NewLine}"), (ran.ExitCode, ran.Output));
        Assert.Contains($"going on at {next.Url}.", ran.Error, StringComparison.Ordinal);
        Assert.Single(lost.Requests);
    }

    [Fact]
    public async Task An_outage_is_told_once_however_often_it_is_tried()
    {
        var asked = 0;
        await using var node = await FakeNode.StartAsync(http => Interlocked.Increment(ref asked) switch
        {
            1 => FakeFace.WriteAsync(http, ["one ", "two"], 1, ends: false),
            < 6 => FakeFace.RefuseAsync(http, 503, "service_unavailable", mayRetry: true),
            _ => FakeFace.WriteAsync(http, ["one ", "two"], 2, ends: true),
        });

        var ran = await Fakes.Cli.RunAsync(Fakes.Cli.Terminal("Count.\n"), "chat", "--url", node.Url);

        Assert.Equal((ExitCode.Success, $"one two{Environment.NewLine}", 6), (ran.ExitCode, ran.Output, asked));
        Assert.Equal(2, ran.Error.Split("asking again").Length - 1);
        Assert.Single(ran.Error.Split(Environment.NewLine), line => line.Contains("That cannot be.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_types_is_shown_the_conversation_so_far_and_how_to_go_on_with_it()
    {
        await using var node = await FakeNode.StartAsync(http => http.Request.Method == "GET"
            ? FakeNode.WriteAsync(http, """{"data":[{"role":"assistant","content":[{"type":"output_text","text":"Hi."}]},{"role":"user","content":[{"type":"input_text","text":"Hello"}]}]}""", 200)
            : FakeFace.WriteAsync(http, ["Yes."], 1, ends: true));

        var ran = await Fakes.Cli.RunAsync(Typed("More?\n"), "chat", "--conversation", "mine", "--url", node.Url);

        Assert.Equal(ExitCode.Success, ran.ExitCode);
        Assert.Contains($"> Hello{Environment.NewLine}Hi.{Environment.NewLine}", ran.Error, StringComparison.Ordinal);
        Assert.Contains("Go on with: actorllm chat --conversation mine", ran.Error, StringComparison.Ordinal);
        Assert.Contains("> Yes.", ran.Output, StringComparison.Ordinal);
        Assert.Equal("/v1/conversations/mine/items?limit=4", node.Requests[0].Path);
    }

    [Fact]
    public async Task Ctrl_C_cancels_the_reply_that_runs_and_only_then_ends_the_chat()
    {
        var interrupt = () => { };
        await using var admin = await FakeNode.AnswersAsync("{}");
        await using var node = await FakeNode.StartAsync(HangAsync);
        var terminal = Typed("") with
        {
            Input = new LastLineThenInterrupt("Tell me everything.", () => interrupt()),
            Output = new Noticing(text => text == "Well", () => interrupt()),
            OnInterrupt = action =>
            {
                interrupt = action;
                return new StringReader("");
            },
        };

        var ran = await Fakes.Cli.RunAsync(terminal, "chat", "-c", "mine", "--url", node.Url, "--admin", admin.Url);

        Assert.Equal(ExitCode.Success, ran.ExitCode);
        Assert.Contains("[cancelled]", ran.Error, StringComparison.Ordinal);
        Assert.Equal("/admin/v1/cancel", admin.Request.Path);
        var turn = node.Requests.Single(request => request.Method == "POST").Headers["Idempotency-Key"];
        Assert.Equal($$"""{"turn":"acme/mine {{turn}}"}""", admin.Request.Body);
    }

    [Fact]
    public async Task Where_a_reply_cannot_be_cancelled_now_the_next_message_does_it()
    {
        var interrupt = () => { };
        var asked = 0;
        await using var node = await FakeNode.StartAsync(http =>
            Interlocked.Increment(ref asked) == 1 ? HangAsync(http) : FakeFace.WriteAsync(http, ["Yes."], 1, ends: true));
        var terminal = Typed("first\nsecond\n") with
        {
            Output = new Noticing(text => text == "Well", () => interrupt()),
            OnInterrupt = action =>
            {
                interrupt = action;
                return new StringReader("");
            },
        };

        var ran = await Fakes.Cli.RunAsync(terminal, "chat", "--url", node.Url, "--admin", $"http://127.0.0.1:{LoopbackPorts.Free()[0]}");

        Assert.Equal(ExitCode.Success, ran.ExitCode);
        Assert.Contains("the next message cancels it.", ran.Error, StringComparison.Ordinal);
        Assert.Equal(2, node.Requests.Count);
        Assert.False(node.Requests[0].Headers.ContainsKey("X-Overlap-Policy"));
        Assert.Equal("interrupt", node.Requests[1].Headers["X-Overlap-Policy"]);
    }

    private static Terminal Typed(string text) => Fakes.Cli.Terminal(text, ("NO_COLOR", "1")) with { InputIsTerminal = true, OutputIsTerminal = true };

    private static string? Message(Asked request) =>
        JsonDocument.Parse(request.Body).RootElement.GetProperty("messages")[0].GetProperty("content").GetString();

    /// <summary>Begins a reply that never ends.</summary>
    private static async Task HangAsync(HttpContext http)
    {
        if (http.Request.Method == "GET")
        {
            http.Response.StatusCode = 404;
            return;
        }

        http.Response.ContentType = "text/event-stream";
        http.Response.Headers["x-actorllm-turn"] = $"acme/mine {http.Request.Headers["Idempotency-Key"]}";
        var gone = new TaskCompletionSource();
        http.RequestAborted.Register(gone.SetResult);
        await http.Response.WriteAsync("""data: {"model":"m","choices":[{"index":0,"delta":{"content":"Well"},"finish_reason":null}]}""" + "\n\n");
        await http.Response.Body.FlushAsync();
        await gone.Task;
    }

    /// <summary>Types a line, and presses Ctrl-C when the next one is asked for.</summary>
    private sealed class LastLineThenInterrupt(string line, Action interrupt) : TextReader
    {
        private int _lines;

        public override string? ReadLine()
        {
            if (Interlocked.Increment(ref _lines) == 1) return line;
            interrupt();
            return null;
        }
    }
}
