using System.Runtime.CompilerServices;
using ActorLlm.Backends;
using ActorLlm.Domain;
using Microsoft.Extensions.Logging;
using static ActorLlm.Hosting.Tests.Turns;

namespace ActorLlm.Hosting.Tests;

/// <summary>What people write to a model, and what it answers, is nobody's business but theirs.</summary>
[Collection("telemetry")]
public class PrivacyTests
{
    private const string Asked = "marker-of-the-question";
    private const string Answered = "marker-of-the-answer";

    private static readonly ConversationPolicy Impatient = ConversationPolicy.Default with
    {
        RetryMin = TimeSpan.FromMilliseconds(20),
        RetryMax = TimeSpan.FromMilliseconds(50),
        MaxContentFailures = 2,
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_text_of_messages_is_in_no_log_and_in_traces_only_where_it_was_asked_for(bool capture)
    {
        using var spans = new RecordedSpans();
        using var logs = new RecordedLogs();
        await using var host = await TestHost.StartAsync(
            new ScriptedChatClient(Script), configure: options => (options.Conversations, options.Telemetry.CaptureContent) = (Impatient, capture),
            logging: logging => logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Trace));
        host.System.EventStream.SetLogLevel(Akka.Event.LogLevel.DebugLevel);
        using var request = spans.BeginRequest();

        foreach (var kind in new[] { "succeeds", "retries", "fails", "breaks" })
            await host.Conversations.CompleteAsync(Turn("talk", kind, $"{kind} {Asked}")).InTime();
        var (_, streamed) = host.Conversations.StreamAsync(Turn("other", "streams", $"streams {Asked}")).Watch();
        await streamed.InTime();

        Assert.True(logs.Lines.Any(line => line.Text.Contains("attempt 1 of turn retries failed", StringComparison.Ordinal)), "No line tells of the failed attempt.");
        Assert.Contains(logs.Lines, line => line.Fields.TryGetValue("TurnId", out var turn) && turn?.ToString() == "retries"
            && line.Fields.TryGetValue("ConversationId", out var conversation) && conversation?.ToString() == "default/talk");
        Assert.DoesNotContain(logs.Lines, line => line.Text.Contains(Asked, StringComparison.Ordinal) || line.Text.Contains(Answered, StringComparison.Ordinal));
        await spans.AwaitAsync(request, "turn", 5);
        var told = string.Join('\n', spans.Of(request).SelectMany(span => span.TagObjects).Select(tag => tag.Value?.ToString()));
        Assert.Equal(capture, told.Contains(Asked, StringComparison.Ordinal));
        Assert.Equal(capture, told.Contains(Answered, StringComparison.Ordinal));
    }

    private static async IAsyncEnumerable<string> Script(Call call, [EnumeratorCancellation] CancellationToken stop)
    {
        await Task.Yield();
        stop.ThrowIfCancellationRequested();
        switch (call.Prompt.Split(' ')[0])
        {
            case "retries" when call.Number == 1:
                throw new BackendException(new BackendFailure(BackendFailureKind.Provider, "down", 503));
            case "fails":
                throw new BackendException(new BackendFailure(BackendFailureKind.Content, "not a thing to ask", 400));
            case "breaks" when call.Number == 1:
                yield return Answered;
                throw new InvalidOperationException("A fault of the client's.");
        }

        yield return $"{call.Prompt} {Answered}";
    }
}
