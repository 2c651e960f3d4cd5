using ActorLlm.Backends;
using ActorLlm.Cluster;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using static ActorLlm.Hosting.Tests.Turns;

namespace ActorLlm.Hosting.Tests;

/// <summary>Nodes that leave, die and come, with turns in mid-call.</summary>
public class ClusterFailoverTests
{
    private const int Turns = 30;

    private readonly CallLog _log = new();
    private readonly Gate _gate = new();

    [Theory]
    [InlineData(false, "127.0.0.3")]
    [InlineData(true, "127.0.0.3")]
    // The first address leads the cluster: the worker hears of the loss before the coordinator of the conversations does, and is told their old home.
    [InlineData(true, "127.0.0.1")]
    public async Task A_conversation_that_moves_in_mid_call_adopts_the_attempt_and_does_not_run_it_again(bool abruptly, string worker)
    {
        string[] holders = [Roles.Gateway, Roles.Conversation];
        await using var cluster = await TestCluster.StartAsync(
            Patient("keeper") with { Roles = holders, Hostname = "127.0.0.2" },
            Patient("mover") with { Roles = holders, Hostname = "127.0.0.2" },
            Patient("worker") with { Roles = [Roles.Worker], Hostname = worker });
        var callers = Submit(cluster["keeper"]);
        await Eventually.HoldsAsync("all turns run", () => _log.All.Count == Turns);

        if (abruptly) await cluster.AbortAsync("mover");
        else await cluster.StopAsync("mover");
        // Every conversation of the lost node has moved when all of them answer again, and to the worker's node, whose results go the same way.
        var asked = Enumerable.Range(0, Turns)
            .Select(i => cluster["worker"].Conversations.GetAsync(ConversationId.Of($"talk-{i}"), TurnId.Parse("1")));
        Assert.All(await Task.WhenAll(asked).InTime(), answer => Assert.IsType<TurnPending>(answer));
        _gate.Open();

        AssertAnswered(await Task.WhenAll(callers).InTime());
        Assert.Equal(Turns, _log.All.Count);
        Assert.All(_log.All, call => Assert.Equal("worker", call.Node));
    }

    [Fact]
    public async Task A_node_that_leaves_finishes_what_it_runs_and_no_turn_is_executed_twice()
    {
        await using var cluster = await TestCluster.StartAsync(Node("stays"), Node("leaves"));
        var callers = Submit(cluster["stays"]);
        await Eventually.HoldsAsync("all turns run", () => _log.All.Count == Turns);
        Assert.Equal(["leaves", "stays"], _log.All.Select(call => call.Node).Distinct().Order());

        var leaving = cluster.StopAsync("leaves");
        _gate.Open();
        await leaving.InTime();

        AssertAnswered(await Task.WhenAll(callers).InTime());
        Assert.Equal(Turns, _log.All.Count);
    }

    [Fact]
    public async Task What_a_leaving_node_cannot_finish_in_time_is_handed_to_another()
    {
        await using var cluster = await TestCluster.StartAsync(
            Node("stays"), Node("leaves") with { Configure = options => options.Worker.DrainTimeout = TimeSpan.FromSeconds(1) });
        var callers = Submit(cluster["stays"]);
        await Eventually.HoldsAsync("all turns run", () => _log.All.Count == Turns);
        var there = _log.All.Count(call => call.Node == "leaves");

        await cluster.StopAsync("leaves").InTime();
        await Eventually.HoldsAsync("what ran there runs here", () => _log.All.Count == Turns + there);
        _gate.Open();

        AssertAnswered(await Task.WhenAll(callers).InTime());
        Assert.Equal(Turns + there, _log.All.Count);
    }

    [Fact]
    public async Task Turns_of_a_node_that_died_are_finished_elsewhere_and_all_others_run_once()
    {
        await using var cluster = await TestCluster.StartAsync(Patient("first"), Patient("second"), Patient("dies"));
        var callers = Submit(cluster["second"]);
        await Eventually.HoldsAsync("all turns run", () => _log.All.Count == Turns);
        var lost = _log.All.Where(call => call.Node == "dies").Select(call => call.Prompt).ToHashSet();
        Assert.NotEmpty(lost);

        await cluster.AbortAsync("dies");
        await Eventually.HoldsAsync("what was lost runs elsewhere", () => lost.All(prompt => _log.Of(prompt).Count == 2));
        _gate.Open();

        AssertAnswered(await Task.WhenAll(callers).InTime());
        Assert.All(_log.All.GroupBy(call => call.Prompt), calls => Assert.Equal(lost.Contains(calls.Key) ? 2 : 1, calls.Count()));
    }

    [Fact]
    public async Task A_stream_whose_worker_dies_goes_on_where_the_next_attempt_says_the_same_and_is_marked_where_it_does_not()
    {
        await using var cluster = await TestCluster.StartAsync(
            Streaming("asks") with { Roles = [Roles.Gateway, Roles.Conversation] },
            Streaming("dies") with { Roles = [Roles.Worker] });
        var (same, sameAll) = cluster["asks"].Conversations.StreamAsync(Turn("same", "1", "same")).Watch();
        var (other, otherAll) = cluster["asks"].Conversations.StreamAsync(Turn("other", "1", "other")).Watch();
        await Eventually.HoldsAsync("both streams have begun", () => same.SoFar() == "It was on dies" && other.SoFar() == "It was on dies");
        await cluster.AddAsync(Streaming("third") with { Roles = [Roles.Worker] });
        await cluster.AddAsync(Streaming("fourth") with { Roles = [Roles.Gateway] });
        await cluster.FormedAsync();

        await cluster.AbortAsync("dies");
        _gate.Open();

        var sameEnd = await sameAll.InTime();
        Assert.False(sameEnd.EndOf().Diverged);
        Assert.Equal("It was on dies, all of it", sameEnd.TextOf());
        Assert.Equal(sameEnd.TextOf(), sameEnd.EndOf().Answer.ReplyText());
        var otherEnd = await otherAll.InTime();
        Assert.True(otherEnd.EndOf().Diverged);
        Assert.Equal("It was on dies", otherEnd.TextOf());
        Assert.Equal("It was on third, all of it", otherEnd.EndOf().Answer.ReplyText());
    }

    [Fact]
    public async Task A_stream_whose_worker_dies_goes_on_from_what_was_shown_where_the_backend_can()
    {
        await using var cluster = await TestCluster.StartAsync(
            Streaming("asks") with { Roles = [Roles.Gateway, Roles.Conversation] },
            Continuing("dies") with { Roles = [Roles.Worker] });
        var (early, earlyAll) = cluster["asks"].Conversations.StreamAsync(Turn("talk", "1", "other")).Watch();
        await Eventually.HoldsAsync("the stream has begun", () => early.SoFar() == "It was on dies");
        await cluster.AddAsync(Continuing("third") with { Roles = [Roles.Worker] });
        await cluster.AddAsync(Streaming("fourth") with { Roles = [Roles.Gateway] });
        await cluster.FormedAsync();

        await cluster.AbortAsync("dies");
        // Who comes later, elsewhere, is shown the same from its beginning.
        var (_, lateAll) = cluster["fourth"].Conversations.StreamAsync(Turn("talk", "1", "other")).Watch();
        _gate.Open();

        foreach (var end in new[] { await earlyAll.InTime(), await lateAll.InTime() })
        {
            Assert.False(end.EndOf().Diverged);
            Assert.Equal("It was on dies, all of it", end.TextOf());
            Assert.Equal(end.TextOf(), end.EndOf().Answer.ReplyText());
        }

        Assert.Equal(["other", "It was on dies"], _log.All[^1].Messages.Select(message => message.Text));
        await Eventually.HoldsAsync("nothing is left of the stream", async () => await cluster.CountAsync("actorllm_stream") == 0);
    }

    [Fact]
    public async Task Unfinished_turns_go_on_by_themselves_after_all_nodes_died()
    {
        await using var cluster = await TestCluster.StartAsync(Node("first"), Node("second"));
        var callers = Submit(cluster["second"]);
        await Eventually.HoldsAsync("all turns run", () => _log.All.Count == Turns);
        await cluster.AbortAllAsync();
        Assert.All(await Task.WhenAll(callers.Select(Failure)).InTime(), error => Assert.IsType<ConversationsUnavailableException>(error));
        _gate.Open();

        await cluster.AddAsync(Node("third"));
        await cluster.AddAsync(Node("fourth"));
        await Eventually.HoldsAsync("all turns were taken up", () => _log.All.Count == 2 * Turns);

        AssertAnswered(await Task.WhenAll(Submit(cluster["third"])).InTime());
        Assert.Equal(2 * Turns, _log.All.Count);
    }

    private static Task<TurnSettled>[] Submit(TestHost host) =>
        [.. Enumerable.Range(0, Turns).Select(i => host.Conversations.CompleteAsync(Turn($"talk-{i}", "1", $"question {i}")))];

    private static void AssertAnswered(TurnSettled[] settled) =>
        Assert.All(settled, (turn, i) => Assert.Equal($"reply to question {i}", turn.ReplyText()));

    private static async Task<Exception?> Failure(Task task) => await Record.ExceptionAsync(() => task);

    private NodePlan Node(string name) => new(name, new ScriptedChatClient((call, stop) => Held(call, stop), _log, name));

    // A busy machine brings heartbeats late. Whether the attempt that lives is adopted is asked here, and not how soon.
    private NodePlan Patient(string name) =>
        Node(name) with { Configure = options => options.Conversations = new ConversationPolicy { RecoveryGrace = TimeSpan.FromSeconds(10) } };

    private NodePlan Streaming(string name) => new(name, new ScriptedChatClient((call, stop) => Halves(call, stop), _log, name));

    private NodePlan Continuing(string name) => Streaming(name) with { Backend = options => options.Continuation = ContinuationMode.AssistantMessage };

    private async IAsyncEnumerable<string> Held(Call call, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        await _gate.PassAsync(stop);
        yield return "reply to " + call.Prompt;
    }

    private async IAsyncEnumerable<string> Halves(Call call, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        if (!call.Prompt.StartsWith("It was on", StringComparison.Ordinal)) yield return $"It was on {(call.Prompt == "same" ? "dies" : call.Node)}";
        await _gate.PassAsync(stop);
        yield return ", all of it";
    }
}
