using ActorLlm.Cluster;
using ActorLlm.Domain.Routing;
using Akka.Actor;
using static ActorLlm.Hosting.Tests.Turns;

namespace ActorLlm.Hosting.Tests;

/// <summary>How work spreads over a cluster of one node that only asks, one that only holds conversations and two that only work.</summary>
public sealed class ClusterWorkTests : IClassFixture<ClusterWorkTests.Cluster>
{
    private readonly Cluster _cluster;

    public ClusterWorkTests(Cluster cluster) => _cluster = cluster;

    private IConversations Conversations => _cluster.Nodes["gateway"].Conversations;

    [Fact]
    public async Task A_node_that_only_asks_gets_its_turns_done_and_the_faster_worker_does_more_of_them()
    {
        var next = 0;
        async Task AskAsync()
        {
            for (var i = Interlocked.Increment(ref next); i <= 200; i = Interlocked.Increment(ref next))
                Assert.Equal($"work {i}!", (await Conversations.CompleteAsync(Turn($"work-{i}", "1", $"work {i}"))).ReplyText());
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AskAsync())).InTime();

        var calls = _cluster.Log.All.Where(call => call.Prompt.StartsWith("work ", StringComparison.Ordinal)).ToArray();
        Assert.Equal(200, calls.Length);
        var byNode = calls.CountBy(call => call.Node).ToDictionary();
        Assert.Equal(["fast", "slow"], byNode.Keys.Order());
        Assert.True(byNode["fast"] > 1.5 * byNode["slow"], $"fast {byNode["fast"]}, slow {byNode["slow"]}");
    }

    [Fact]
    public async Task A_stream_crosses_nodes_and_a_subscriber_on_another_node_gets_it_from_the_beginning()
    {
        var request = Turn("stream", "1", "stream 1");
        var (seen, early) = Conversations.StreamAsync(request).Watch();
        await Eventually.HoldsAsync("the first half came", () => seen.SoFar() == "stream");

        var (seenLate, late) = _cluster.Nodes["conversations"].Conversations.StreamAsync(request).Watch();
        await Eventually.HoldsAsync("the first half came there too", () => seenLate.SoFar() == "stream");
        _cluster.Gate.Open();

        Assert.Equal("stream 1!", (await early.InTime()).TextOf());
        Assert.Equal("stream 1!", (await late.InTime()).TextOf());
        Assert.Single(_cluster.Log.Of("stream 1"));
    }

    [Fact]
    public Task The_coordinator_lists_the_workers_of_the_cluster() => Eventually.HoldsAsync("both workers are listed", async () =>
    {
        var proxy = _cluster.Nodes["gateway"].System.ActorSelection("/user/actorllm-coordinator-proxy");
        var listed = await proxy.Ask<WorkerList>(GetWorkers.Instance, TimeSpan.FromSeconds(10));
        return listed.Workers.Select(worker => worker.Address)
            .SequenceEqual(new[] { "fast", "slow" }.Select(_cluster.AddressOf).Order(StringComparer.Ordinal))
            && listed.Workers.All(worker => worker.Load.Capacity == 4);
    });

    public sealed class Cluster : IAsyncLifetime
    {
        internal CallLog Log { get; } = new();

        internal Gate Gate { get; } = new();

        internal TestCluster Nodes { get; private set; } = null!;

        internal string AddressOf(string node) => Akka.Cluster.Cluster.Get(Nodes[node].System).SelfAddress.ToString();

        public async Task InitializeAsync() => Nodes = await TestCluster.StartAsync(
            Node("conversations", Roles.Conversation), Node("gateway", Roles.Gateway), Node("fast", Roles.Worker), Node("slow", Roles.Worker));

        public async Task DisposeAsync() => await Nodes.DisposeAsync();

        private NodePlan Node(string name, string role) => new(name, new ScriptedChatClient((call, stop) => Answer(call, stop), Log, name))
        {
            Roles = [role],
            Configure = options => options.Worker.Concurrency = 4,
        };

        private async IAsyncEnumerable<string> Answer(Call call, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
        {
            var words = call.Prompt.Split(' ');
            yield return words[0];
            // How long a model takes is what the routing goes by.
            if (words[0] == "stream") await Gate.PassAsync(stop);
            else await Task.Delay(call.Node == "slow" ? 300 : 20, stop);
            yield return $" {words[1]}!";
        }
    }
}
