using ActorLlm.Cluster;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Inspection;
using Microsoft.Extensions.DependencyInjection;
using static ActorLlm.Hosting.Tests.Turns;

namespace ActorLlm.Hosting.Tests;

/// <summary>What an operator sees of one node, through the whole stack.</summary>
[Collection(OneNode.Collection)]
public sealed class InspectionTests(OneNode node)
{
    private IConversations Conversations => node.Host.Conversations;

    private IInspection Inspection => node.Host.Services.GetRequiredService<IInspection>();

    private string Place => Akka.Cluster.Cluster.Get(node.Host.System).SelfAddress is var address ? $"{address.Host}:{address.Port}" : "";

    [Fact]
    public async Task The_cluster_is_its_members_and_who_leads_it()
    {
        var picture = await Inspection.GetClusterAsync();

        Assert.Equal((Place, Place, Place), (picture.AskedNode, picture.Leader, picture.Coordinator));
        var member = Assert.Single(picture.Members);
        Assert.Equal((Place, "Up", true, ActorLlmConfig.Version, false), (member.Node, member.Status, member.Reachable, member.Version, member.Draining));
        Assert.Equal(["conversation", "gateway", "worker"], member.Roles);
    }

    [Fact]
    public async Task Shards_are_listed_with_the_conversations_in_memory()
    {
        await Conversations.CompleteAsync(Turn("sharded", "1", "echo sharded")).InTime();

        var picture = await Inspection.GetShardsAsync();

        Assert.Equal((Limits.Shards, 0), (picture.Shards, picture.Silent.Count));
        var region = Assert.Single(picture.Regions);
        Assert.Equal(Place, region.Node);
        Assert.InRange(region.Shards.Sum(shard => shard.Conversations), 1, int.MaxValue);
        Assert.All(region.Shards, shard => Assert.InRange(shard.Shard, 0, Limits.Shards - 1));
    }

    [Fact]
    public async Task A_shard_that_got_a_home_is_a_move_from_nowhere()
    {
        await Conversations.CompleteAsync(Turn("moved", "1", "echo moved")).InTime();

        await Eventually.HoldsAsync("the watch has looked", async () => (await Inspection.GetShardsAsync()).Moves.Count > 0);

        Assert.All((await Inspection.GetShardsAsync()).Moves, move => Assert.Equal((null, Place), (move.From, move.To)));
    }

    [Fact]
    public async Task The_worker_is_listed_with_its_backends_and_what_fails_there()
    {
        var request = Turn("failing", "1", "refused failing");
        await Conversations.CompleteAsync(request).InTime();

        await Eventually.HoldsAsync("the worker has reported", async () => (await Inspection.GetWorkersAsync()).Workers.Count == 1);

        var worker = Assert.Single((await Inspection.GetWorkersAsync()).Workers);
        Assert.Equal(Place, worker.Node);
        Assert.InRange(worker.Capacity, 1, int.MaxValue);
        Assert.Equal("scripted", Assert.Single(worker.Backends).Backend);
    }

    [Fact]
    public async Task Conversations_are_listed_by_their_latest_change_page_by_page()
    {
        foreach (var (name, turn) in new[] { ("listed-1", "1"), ("listed-2", "1"), ("listed-1", "2") })
            await Conversations.CompleteAsync(new TurnRequest(ConversationId.Of("lister", name), TurnId.Parse(turn), TurnContent.Of($"echo {name}"))).InTime();

        var first = await Inspection.ListAsync(new ConversationFilter("lister", null, 1));
        var second = await Inspection.ListAsync(new ConversationFilter("lister", first.Next, 1));

        Assert.Equal(("lister/listed-1", 4L, "ReplyCommitted"), Assert.Single(first.Conversations) is var a ? (a.Conversation, a.Events, a.LastEvent) : default);
        Assert.Equal(("lister/listed-2", 2L, "ReplyCommitted"), Assert.Single(second.Conversations) is var b ? (b.Conversation, b.Events, b.LastEvent) : default);
        Assert.Null(second.Next);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public Task A_page_of_another_size_than_allowed_is_refused(int limit) =>
        Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Inspection.ListAsync(new ConversationFilter(null, null, limit)));

    [Fact]
    public async Task A_conversation_is_shown_with_its_turns_settled_and_not()
    {
        await Conversations.CompleteAsync(Turn("shown", "1", "echo shown-1")).InTime();
        await Conversations.CompleteAsync(Turn("shown", "2", "refused shown-2")).InTime();
        await Conversations.SubmitAsync(Turn("shown", "3", "held shown"));
        await node.CalledAsync("held shown");
        await Conversations.SubmitAsync(Turn("shown", "4", "echo shown-4"));

        var picture = await Inspection.GetConversationAsync(ConversationId.Of("shown"));
        node.GateOf("shown").Open();

        Assert.NotNull(picture);
        Assert.Equal(("default/shown", 2L), (picture.Conversation, picture.TurnsSettled));
        Assert.Equal(
            [("1", TurnState.Committed, 1), ("2", TurnState.Failed, 3), ("3", TurnState.Running, 1), ("4", TurnState.Waiting, 0)],
            picture.Turns.Select(turn => (turn.Turn, turn.State, turn.Attempts)));
        Assert.All(picture.Turns, turn => Assert.NotNull(turn.AcceptedAt));
        Assert.Contains("upside down", picture.Turns[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_turn_is_explained_while_it_runs_and_when_it_has_ended()
    {
        var request = Turn("explained", "1", "held explained");
        var caller = Conversations.CompleteAsync(request);
        await node.CalledAsync("held explained");
        await Eventually.HoldsAsync("the worker is known", async () => (await ExplainAsync(request)).Attempts is [{ Node: not null }]);

        var running = await ExplainAsync(request);
        node.GateOf("explained").Open();
        await caller.InTime();
        var ended = await ExplainAsync(request);

        Assert.Equal((TurnState.Running, Place, AttemptState.Running, Place), (running.State, running.Home, running.Attempts[0].End, running.Attempts[0].Node));
        Assert.Equal((TurnState.Committed, "stop", AttemptState.Committed), (ended.State, ended.Outcome, Assert.Single(ended.Attempts).End));
        Assert.Null(ended.AcknowledgedAt);
        await Conversations.AcknowledgeAsync(request.Conversation, request.Turn);
        Assert.NotNull((await ExplainAsync(request)).AcknowledgedAt);
    }

    [Fact]
    public async Task What_does_not_exist_is_null()
    {
        Assert.Null(await Inspection.GetConversationAsync(ConversationId.Of("nobody-wrote")));
        Assert.Null(await Inspection.ExplainAsync(ConversationId.Of("nobody-wrote"), TurnId.Parse("1")));
    }

    private async Task<TurnLife> ExplainAsync(TurnRequest request) =>
        Assert.IsType<TurnLife>(await Inspection.ExplainAsync(request.Conversation, request.Turn));
}
