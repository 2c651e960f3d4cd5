using System.Diagnostics;
using System.Runtime.CompilerServices;
using ActorLlm.Backends;
using ActorLlm.Cluster;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using static ActorLlm.Hosting.Tests.Turns;

namespace ActorLlm.Hosting.Tests;

/// <summary>One request is one trace, whichever nodes work on it and whatever befalls them.</summary>
// What one listener asks for is recorded for all of them.
[Collection("telemetry")]
public class TraceTests
{
    private static readonly ConversationPolicy Impatient = ConversationPolicy.Default with
    {
        RetryMin = TimeSpan.FromMilliseconds(50),
        RetryMax = TimeSpan.FromMilliseconds(200),
    };

    private readonly CallLog _log = new();
    private readonly Gate _gate = new();

    [Fact]
    public async Task A_request_is_one_trace_over_three_nodes_and_a_retry_is_linked_to_the_attempt_that_failed()
    {
        using var spans = new RecordedSpans();
        await using var cluster = await TestCluster.StartAsync(
            Node("gateway", Roles.Gateway), Node("holder", Roles.Conversation), Node("worker", Roles.Worker));
        using var request = spans.BeginRequest();

        var settled = await cluster["gateway"].Conversations.CompleteAsync(Turn("talk", "1", "fails once")).InTime();

        Assert.Equal("fails once!", settled.ReplyText());
        var turn = Assert.Single(await spans.AwaitAsync(request, "turn", 1));
        Assert.Equal(request.SpanId, turn.ParentSpanId);
        var accept = Assert.Single(await spans.AwaitAsync(request, "accept", 1));
        var attempts = await spans.AwaitAsync(request, "attempt", 2);
        var commits = await spans.AwaitAsync(request, "commit", 2);
        var calls = await spans.AwaitAsync(request, "chat scripted-model", 2);
        Assert.All([accept, .. attempts, .. commits], span => Assert.Equal(turn.SpanId, span.ParentSpanId));
        Assert.Equal(attempts.Select(attempt => attempt.SpanId), calls.Select(call => call.ParentSpanId));
        Assert.Empty(attempts[0].Links);
        Assert.Equal(attempts[0].Context.SpanId, Assert.Single(attempts[1].Links).Context.SpanId);
        Assert.Equal(["provider_failed", "succeeded"], attempts.Select(attempt => attempt.GetTagItem("actorllm.outcome")));
        Assert.Equal([ActivityStatusCode.Error, ActivityStatusCode.Unset], attempts.Select(attempt => attempt.Status));
        Assert.Equal(["provider_failed", "committed"], commits.Select(commit => commit.GetTagItem("actorllm.outcome")));
        Assert.Equal(NodeOf(cluster["worker"]), Assert.Single(attempts.Select(attempt => attempt.GetTagItem("actorllm.node")).Distinct()));
        Assert.Equal(NodeOf(cluster["holder"]), accept.GetTagItem("actorllm.node"));
        var last = attempts[1];
        Assert.Equal(
            ("default/talk", "1", 2, "scripted", "scripted-model", 3L, 2L),
            (last.GetTagItem("gen_ai.conversation.id"), last.GetTagItem("actorllm.turn.id"), last.GetTagItem("actorllm.attempt"), last.GetTagItem("actorllm.backend"),
                last.GetTagItem("gen_ai.request.model"), last.GetTagItem("gen_ai.usage.input_tokens"), last.GetTagItem("gen_ai.usage.output_tokens")));
    }

    [Fact]
    public async Task An_attempt_whose_worker_was_killed_is_told_by_its_conversation_and_the_next_one_is_linked_to_it()
    {
        using var spans = new RecordedSpans();
        await using var cluster = await TestCluster.StartAsync(Node("holder", Roles.Gateway, Roles.Conversation), Node("dies", Roles.Worker));
        using var request = spans.BeginRequest();
        var reply = cluster["holder"].Conversations.CompleteAsync(Turn("talk", "1", "held"));
        await Eventually.HoldsAsync("the attempt runs", () => _log.Of("held").Count == 1);
        await cluster.AddAsync(Node("lives", Roles.Worker));
        await cluster.FormedAsync();

        await cluster.AbortAsync("dies");
        await Eventually.HoldsAsync("it runs elsewhere", () => _log.Of("held").Any(call => call.Node == "lives"));
        _gate.Open();

        Assert.Equal("held!", (await reply.InTime()).ReplyText());
        var lost = Assert.Single(await spans.AwaitAsync(request, "attempt lost", 1));
        Assert.Equal((1, ActivityStatusCode.Error), (lost.GetTagItem("actorllm.attempt"), lost.Status));
        await Eventually.HoldsAsync("the second attempt has ended", () => spans.Of(request, "attempt").Any(span => Equals(span.GetTagItem("actorllm.attempt"), 2)));
        var second = spans.Of(request, "attempt").Single(span => Equals(span.GetTagItem("actorllm.attempt"), 2));
        Assert.Equal(lost.Context.SpanId, Assert.Single(second.Links).Context.SpanId);
    }

    [Fact]
    public async Task A_turn_that_outlives_all_nodes_is_finished_in_the_trace_of_its_request()
    {
        using var spans = new RecordedSpans();
        await using var cluster = await TestCluster.StartAsync(Node("first"));
        using (var request = spans.BeginRequest())
        {
            await cluster["first"].Conversations.SubmitAsync(Turn("outlives", "1", "held")).InTime();
            await Eventually.HoldsAsync("the attempt runs", () => _log.Of("held").Count == 1);
            await cluster.AbortAllAsync();
        }

        _gate.Open();
        var first = spans.All.Last(span => span.OperationName == "accept" && Equals(span.GetTagItem("gen_ai.conversation.id"), "default/outlives"));
        var next = await cluster.AddAsync(Node("next"));
        await Eventually.HoldsAsync("the turn is finished", async () => await next.Conversations.GetAsync(ConversationId.Of("outlives"), TurnId.Parse("1")).InTime() is TurnSettled);

        await Eventually.HoldsAsync("its commit is told", () => spans.Of(first, "commit").Count > 0);
        var commit = spans.Of(first, "commit")[^1];
        Assert.Equal(("committed", first.ParentSpanId), (commit.GetTagItem("actorllm.outcome"), commit.ParentSpanId));
        Assert.Equal(NodeOf(next), commit.GetTagItem("actorllm.node"));
    }

    [Fact]
    public async Task Nothing_is_told_of_a_request_that_nobody_records()
    {
        using var spans = new RecordedSpans(ActivitySamplingResult.PropagationData);
        await using var host = await TestHost.StartAsync(ScriptedChatClient.Echo());
        using var request = spans.BeginRequest();

        await host.Conversations.CompleteAsync(Turn("talk", "1", "Hello")).InTime();

        Assert.DoesNotContain(spans.Of(request), span => span.OperationName is "accept" or "attempt" or "commit");
    }

    [Fact]
    public async Task A_caller_is_left_with_the_span_it_had()
    {
        using var spans = new RecordedSpans();
        await using var host = await TestHost.StartAsync(ScriptedChatClient.Echo());
        using var request = spans.BeginRequest();

        await foreach (var update in host.Conversations.StreamAsync(Turn("talk", "1", "Hello"))) Assert.Same(request, Activity.Current);

        Assert.Same(request, Activity.Current);
        Assert.Single(await spans.AwaitAsync(request, "turn", 1));
    }

    private static string NodeOf(TestHost host)
    {
        var address = Akka.Cluster.Cluster.Get(host.System).SelfAddress;
        return $"{address.Host}:{address.Port}";
    }

    private NodePlan Node(string name, params string[] roles) =>
        new(name, new ScriptedChatClient((call, stop) => ReplyAsync(call, stop), _log, name))
        {
            Roles = roles.Length > 0 ? roles : null,
            Configure = options => options.Conversations = Impatient,
        };

    private async IAsyncEnumerable<string> ReplyAsync(Call call, [EnumeratorCancellation] CancellationToken stop)
    {
        if (call is { Prompt: "fails once", Number: 1 }) throw new BackendException(new BackendFailure(BackendFailureKind.Provider, "down", 503));
        if (call.Prompt == "held") await _gate.PassAsync(stop);
        yield return $"{call.Prompt}!";
    }
}
