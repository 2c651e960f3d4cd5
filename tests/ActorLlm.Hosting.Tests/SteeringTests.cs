using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Inspection;
using Microsoft.Extensions.DependencyInjection;
using static ActorLlm.Hosting.Tests.Turns;

namespace ActorLlm.Hosting.Tests;

/// <summary>What an operator does to turns and to a single node, through the whole stack.</summary>
[Collection(OneNode.Collection)]
public sealed class SteeringTests(OneNode node)
{
    private IConversations Conversations => node.Host.Conversations;

    private ISteering Steering => node.Host.Services.GetRequiredService<ISteering>();

    private IInspection Inspection => node.Host.Services.GetRequiredService<IInspection>();

    [Fact]
    public async Task A_failed_turn_is_run_again_as_a_new_turn_and_only_once()
    {
        var failed = Turn("requeued", "1", "refused requeued");
        await Conversations.CompleteAsync(failed).InTime();

        var again = await Steering.RequeueAsync(failed.Conversation, failed.Turn);
        var repeated = await Steering.RequeueAsync(failed.Conversation, failed.Turn);
        var settled = await Conversations.CompleteAsync(failed with { Turn = again }).InTime();

        Assert.Equal(("1.requeued-1", again), (again.Value, repeated));
        Assert.IsType<Outcome.Failed>(settled.Outcome);
        Assert.Equal(6, node.Log.Of("refused requeued").Count);
        var life = await Inspection.ExplainAsync(failed.Conversation, failed.Turn);
        Assert.Equal((TurnState.Failed, "1.requeued-1"), (life!.State, life.RequeuedAs));
        Assert.Equal("1.requeued-1.requeued-1", (await Steering.RequeueAsync(failed.Conversation, again)).Value);
    }

    [Fact]
    public async Task A_turn_with_its_reply_one_that_runs_and_one_that_nobody_knows_are_not_run_again()
    {
        var request = Turn("kept", "1", "echo kept");
        await Conversations.CompleteAsync(request).InTime();
        await Conversations.SubmitAsync(Turn("kept", "2", "held kept"));

        var replied = await Assert.ThrowsAsync<TurnRejectedException>(() => Steering.RequeueAsync(request.Conversation, request.Turn));
        var running = await Assert.ThrowsAsync<TurnRejectedException>(() => Steering.RequeueAsync(request.Conversation, TurnId.Parse("2")));
        var unknown = await Assert.ThrowsAsync<TurnRejectedException>(() => Steering.RequeueAsync(request.Conversation, TurnId.Parse("3")));
        node.GateOf("kept").Open();

        Assert.Equal((RejectionCode.Invalid, RejectionCode.Invalid, RejectionCode.NotFound), (replied.Code, running.Code, unknown.Code));
        Assert.Contains("has its reply", replied.Message, StringComparison.Ordinal);
        Assert.Contains("is unfinished", running.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_turn_has_its_outcome_and_can_be_run_again()
    {
        var request = Turn("cancelled", "1", "held cancelled");
        await Conversations.SubmitAsync(request);
        await node.CalledAsync("held cancelled");

        var settled = Assert.IsType<TurnSettled>(await Steering.CancelAsync(request.Conversation, request.Turn));
        node.GateOf("cancelled").Open();
        var again = await Steering.RequeueAsync(request.Conversation, request.Turn);

        Assert.IsType<Outcome.Cancelled>(settled.Outcome);
        Assert.Equal("held cancelled!", (await Conversations.CompleteAsync(request with { Turn = again }).InTime()).ReplyText());
    }

    [Fact]
    public async Task A_node_that_is_not_there_is_named_and_so_are_those_that_are()
    {
        var orders = new Func<Task>[]
        {
            () => Steering.LeaveAsync("nowhere:1"), () => Steering.DownAsync("nowhere:1"), () => Steering.ResumeAsync("nowhere:1"),
            () => Steering.DrainAsync("nowhere:1", TimeSpan.Zero),
        };
        var address = Akka.Cluster.Cluster.Get(node.Host.System).SelfAddress;

        foreach (var order in orders)
        {
            var error = await Assert.ThrowsAsync<UnknownNodeException>(order);
            Assert.Contains("'nowhere:1'", error.Message, StringComparison.Ordinal);
            Assert.Contains($"{address.Host}:{address.Port}", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_well_node_examines_itself_as_well()
    {
        await Eventually.HoldsAsync("the worker has reported", async () => (await Inspection.GetWorkersAsync()).Workers.Count == 1);

        var report = await Inspection.ExamineAsync();

        Assert.Equal(
            ["backends", "clocks", "database", "disk", "journal index", "members", "one cluster", "owed replies", "unfinished turns", "versions", "workers"],
            report.Findings.Select(finding => finding.Check).Distinct().Order(StringComparer.Ordinal));
        // Other tests of this node have its backend fail.
        Assert.All(report.Findings.Where(finding => finding.Check is not ("backends" or "disk")), finding => Assert.True(finding.Severity == Severity.Good, finding.ToString()));
    }
}
