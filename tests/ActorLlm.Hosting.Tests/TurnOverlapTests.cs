using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using static ActorLlm.Hosting.Tests.Turns;

namespace ActorLlm.Hosting.Tests;

/// <summary>What becomes of turns of one conversation that overlap.</summary>
[Collection(OneNode.Collection)]
public sealed class TurnOverlapTests(OneNode node)
{
    private IConversations Conversations => node.Host.Conversations;

    [Fact]
    public async Task Turns_that_overlap_wait_for_each_other_and_the_model_is_told_what_was_said_before()
    {
        var gate = node.GateOf("order-1");
        var first = Conversations.CompleteAsync(Turn("order", "1", "held order-1"));
        await node.CalledAsync("held order-1");
        var standing = await Conversations.SubmitAsync(Turn("order", "2", "echo order-2"));
        Assert.Equal(1, Assert.IsType<TurnPending>(standing).Ahead);
        Assert.Empty(node.Log.Of("echo order-2"));

        gate.Open();
        await first.InTime();
        await Conversations.CompleteAsync(Turn("order", "2", "echo order-2")).InTime();

        var told = Assert.Single(node.Log.Of("echo order-2")).Messages.Select(message => message.Text);
        Assert.Equal(["held order-1", "held order-1!", "echo order-2"], told);
        Assert.Single(node.Log.Of("held order-1"));
    }

    [Fact]
    public async Task A_turn_that_rejects_overlap_is_refused_while_another_runs_and_leaves_no_trace()
    {
        var running = Conversations.CompleteAsync(Turn("reject", "1", "held reject-1"));
        await node.CalledAsync("held reject-1");

        var refused = await Assert.ThrowsAsync<TurnRejectedException>(() => Conversations.CompleteAsync(
            Turn("reject", "2", "echo reject-2") with { Overlap = OverlapPolicy.Reject }));

        Assert.Equal(RejectionCode.Busy, refused.Code);
        node.GateOf("reject-1").Open();
        await running.InTime();
        Assert.Equal("echo reject-2!", (await Conversations.CompleteAsync(Turn("reject", "2", "echo reject-2")).InTime()).ReplyText());
    }

    [Fact]
    public async Task A_turn_that_interrupts_cancels_what_runs_and_what_waits()
    {
        var running = Conversations.CompleteAsync(Turn("interrupt", "1", "held interrupt-1"));
        await node.CalledAsync("held interrupt-1");
        var waiting = Conversations.CompleteAsync(Turn("interrupt", "2", "echo interrupt-2"));
        await Eventually.HoldsAsync("two turns pend", async () =>
            (await Conversations.GetAsync(ConversationId.Of("interrupt"))).Pending.Length == 2);

        var last = await Conversations.CompleteAsync(
            Turn("interrupt", "3", "echo interrupt-3") with { Overlap = OverlapPolicy.Interrupt }).InTime();

        Assert.Equal("echo interrupt-3!", last.ReplyText());
        var cancelled = new Outcome.Cancelled(CancelledBy.LaterTurn);
        Assert.Equal(cancelled, (await running.InTime()).Outcome);
        Assert.Equal(cancelled, (await waiting.InTime()).Outcome);
        Assert.Empty(node.Log.Of("echo interrupt-2"));
        await Eventually.HoldsAsync("the interrupted call was broken off", () => node.BrokenOff.Contains("held interrupt-1"));
    }
}
