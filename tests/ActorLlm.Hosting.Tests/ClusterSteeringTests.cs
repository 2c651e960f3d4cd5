using ActorLlm.Cluster;
using ActorLlm.Domain.Conversations;
using ActorLlm.Inspection;
using Microsoft.Extensions.DependencyInjection;
using static ActorLlm.Hosting.Tests.Turns;

namespace ActorLlm.Hosting.Tests;

/// <summary>What an operator sees of and does to a cluster of several nodes.</summary>
public sealed class ClusterSteeringTests
{
    private const int Turns = 12;

    private readonly CallLog _log = new();
    private readonly Gate _gate = new();

    [Fact]
    public async Task A_drained_node_finishes_what_runs_takes_nothing_new_and_nothing_is_executed_twice()
    {
        await using var cluster = await TestCluster.StartAsync(Node("asks"), Node("drains"), Node("stays"));
        var drained = PlaceOf(cluster["drains"]);
        var steering = Steering(cluster["asks"]);
        var first = Submit(cluster["asks"], "before");
        await Eventually.HoldsAsync("all turns run", () => _log.All.Count == Turns);
        Assert.Contains("drains", _log.All.Select(call => call.Node));

        Assert.False(await steering.DrainAsync(drained, TimeSpan.Zero));
        var later = Submit(cluster["asks"], "after");
        await Eventually.HoldsAsync("the later turns run", () => _log.All.Count == 2 * Turns);
        var draining = steering.DrainAsync(drained, TimeSpan.FromMinutes(1));
        Assert.False(draining.IsCompleted);
        _gate.Open();

        Assert.True(await draining.InTime());
        await Task.WhenAll(first.Concat(later)).InTime();
        Assert.Equal(2 * Turns, _log.All.Count);
        Assert.DoesNotContain("drains", _log.All.Where(call => call.Prompt.StartsWith("after", StringComparison.Ordinal)).Select(call => call.Node));
        Assert.Equal((false, "The node is draining."), await ReadinessAsync(cluster["drains"]));
        await Eventually.HoldsAsync("the picture says so", async () => (await MemberAsync(cluster["stays"], drained)).Draining);

        await steering.ResumeAsync(drained);
        Assert.True((await ReadinessAsync(cluster["drains"])).Ready);
        await Eventually.HoldsAsync("it is taken back", async () => !(await MemberAsync(cluster["stays"], drained)).Draining);
    }

    [Fact]
    public async Task A_node_that_is_told_to_leave_ends_and_one_declared_dead_is_out_at_once()
    {
        await using var cluster = await TestCluster.StartAsync(Node("asks"), Node("leaves"), Node("dies"));
        _gate.Open();

        await Steering(cluster["asks"]).LeaveAsync(PlaceOf(cluster["leaves"]));
        await cluster["leaves"].System.WhenTerminated.InTime();
        await Steering(cluster["asks"]).DownAsync(PlaceOf(cluster["dies"]));
        await cluster["dies"].System.WhenTerminated.InTime();

        await Eventually.HoldsAsync("one is left", async () => (await Inspection(cluster["asks"]).GetClusterAsync()).Members.Count == 1);
    }

    [Fact]
    public async Task A_turn_whose_worker_was_lost_is_explained_with_both_attempts_and_their_nodes()
    {
        await using var cluster = await TestCluster.StartAsync(
            Node("asks") with { Roles = [Roles.Gateway, Roles.Conversation] }, Node("dies") with { Roles = [Roles.Worker] });
        var request = Turn("talk", "1", "a question");
        var caller = cluster["asks"].Conversations.CompleteAsync(request);
        await Eventually.HoldsAsync("it runs", () => _log.All.Count == 1);
        var (lost, home) = (PlaceOf(cluster["dies"]), PlaceOf(cluster["asks"]));

        await cluster.AddAsync(Node("heir") with { Roles = [Roles.Worker] });
        await cluster.FormedAsync();
        var heir = PlaceOf(cluster["heir"]);
        await cluster.AbortAsync("dies");
        await Eventually.HoldsAsync("it runs again", () => _log.All.Count == 2);
        _gate.Open();
        await caller.InTime();
        var life = await Inspection(cluster["heir"]).ExplainAsync(request.Conversation, request.Turn);

        Assert.NotNull(life);
        Assert.Equal((TurnState.Committed, home), (life.State, life.Home));
        Assert.Equal([AttemptState.WorkerLost, AttemptState.Committed], life.Attempts.Select(attempt => attempt.End));
        Assert.Equal([lost, heir], life.Attempts.Select(attempt => attempt.Node));
        var last = life.Attempts[1];
        Assert.Equal(("scripted", "scripted-model", 3L, 2L), (last.Backend, last.Model, last.InputTokens, last.OutputTokens));
        Assert.True(last.TakenAt <= last.CalledAt && last.CalledAt <= last.FirstTextAt && last.FirstTextAt <= last.EndedAt, last.ToString());
    }

    [Fact]
    public async Task Shards_and_their_moves_are_seen_from_any_node_and_a_silent_one_is_named()
    {
        await using var cluster = await TestCluster.StartAsync(Node("stays"), Node("other"), Node("dies"));
        _gate.Open();
        await Task.WhenAll(Submit(cluster["stays"], "spread")).InTime();
        var (stays, dies) = (PlaceOf(cluster["stays"]), PlaceOf(cluster["dies"]));
        var shards = await Inspection(cluster["stays"]).GetShardsAsync();
        Assert.Equal(new[] { stays, PlaceOf(cluster["other"]), dies }.Order(StringComparer.Ordinal), shards.Regions.Select(region => region.Node));
        await Eventually.HoldsAsync(
            "the watch has seen its shards", async () => (await Inspection(cluster["stays"]).GetShardsAsync()).Moves.Any(move => move.To == dies));

        await cluster.AbortAsync("dies");
        await Eventually.HoldsAsync("the silent one is named, or out", async () =>
            (await Inspection(cluster["stays"]).GetShardsAsync()) is var seen && (seen.Silent.Contains(dies) || seen.Regions.All(region => region.Node != dies)));
        await Eventually.HoldsAsync("it is out", async () => (await Inspection(cluster["stays"]).GetClusterAsync()).Members.Count == 2);
        await Task.WhenAll(Submit(cluster["stays"], "spread")).InTime();

        await Eventually.HoldsAsync("the moves are seen", async () =>
            (await Inspection(cluster["stays"]).GetShardsAsync()).Moves.Any(move => move.From == dies));
    }

    private static IInspection Inspection(TestHost host) => host.Services.GetRequiredService<IInspection>();

    private static ISteering Steering(TestHost host) => host.Services.GetRequiredService<ISteering>();

    private static ValueTask<(bool Ready, string Reason)> ReadinessAsync(TestHost host) =>
        host.Services.GetRequiredService<INodeHealth>().CheckReadyAsync();

    private static async Task<MemberPicture> MemberAsync(TestHost host, string node) =>
        (await Inspection(host).GetClusterAsync()).Members.Single(member => member.Node == node);

    private static string PlaceOf(TestHost host)
    {
        var address = Akka.Cluster.Cluster.Get(host.System).SelfAddress;
        return $"{address.Host}:{address.Port}";
    }

    private static Task<TurnSettled>[] Submit(TestHost host, string name) =>
        [.. Enumerable.Range(0, Turns).Select(i => host.Conversations.CompleteAsync(Turn($"{name}-{i}", "1", $"{name} {i}")))];

    private NodePlan Node(string name) => new(name, new ScriptedChatClient((call, stop) => Held(call, stop), _log, name));

    private async IAsyncEnumerable<string> Held(Call call, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        await _gate.PassAsync(stop);
        yield return "reply to " + call.Prompt;
    }
}
