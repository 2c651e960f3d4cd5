using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using static ActorLlm.Hosting.Tests.Turns;

namespace ActorLlm.Hosting.Tests;

/// <summary>What a caller may do with a turn: repeat it, cancel it, leave it, acknowledge it.</summary>
[Collection(OneNode.Collection)]
public sealed class TurnCallerTests(OneNode node)
{
    private IConversations Conversations => node.Host.Conversations;

    [Fact]
    public async Task A_reply_that_comes_after_the_turn_was_cancelled_is_dropped()
    {
        var request = Turn("late", "1", "deaf late-1");
        var caller = Conversations.CompleteAsync(request);
        await node.CalledAsync("deaf late-1");

        var cancelled = await Conversations.CancelAsync(request.Conversation, request.Turn);
        node.GateOf("late-1").Open();
        await Eventually.HoldsAsync("the late reply was made", () => node.Finished.Contains("deaf late-1"));

        Assert.Equal(new Outcome.Cancelled(CancelledBy.Client), Assert.IsType<TurnSettled>(cancelled).Outcome);
        Assert.Equal(new Outcome.Cancelled(CancelledBy.Client), (await caller.InTime()).Outcome);
        Assert.Equal("echo late-2!", (await Conversations.CompleteAsync(Turn("late", "2", "echo late-2")).InTime()).ReplyText());
        var view = await Conversations.GetAsync(request.Conversation);
        Assert.Equal(["2"], view.History.Select(exchange => exchange.Turn.Value));
        Assert.Equal(2, view.TurnsSettled);
    }

    [Fact]
    public async Task Giving_up_the_wait_does_not_give_up_the_turn()
    {
        var request = Turn("impatient", "1", "held impatient-1");
        using var stop = new CancellationTokenSource();
        var caller = Conversations.CompleteAsync(request, stop.Token);
        await node.CalledAsync("held impatient-1");

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller);
        node.GateOf("impatient-1").Open();

        Assert.Equal("held impatient-1!", (await Conversations.CompleteAsync(request).InTime()).ReplyText());
        Assert.Single(node.Log.Of("held impatient-1"));
    }

    [Fact]
    public async Task A_turn_id_used_again_with_other_content_is_refused_while_it_runs_and_afterwards()
    {
        var running = Conversations.CompleteAsync(Turn("reuse", "1", "held reuse-1"));
        await node.CalledAsync("held reuse-1");

        var during = await Assert.ThrowsAsync<TurnRejectedException>(() => Conversations.CompleteAsync(Turn("reuse", "1", "echo other")));
        node.GateOf("reuse-1").Open();
        await running.InTime();
        var after = await Assert.ThrowsAsync<TurnRejectedException>(() => Conversations.SubmitAsync(Turn("reuse", "1", "echo other")));

        Assert.Equal((RejectionCode.TurnIdReused, RejectionCode.TurnIdReused), (during.Code, after.Code));
        Assert.Empty(node.Log.Of("echo other"));
    }

    [Fact]
    public async Task An_acknowledgement_is_durable_and_may_be_repeated()
    {
        var request = Turn("ack", "1", "echo ack-1");
        Assert.False((await Conversations.CompleteAsync(request).InTime()).Acknowledged);

        await Conversations.AcknowledgeAsync(request.Conversation, request.Turn);
        await Conversations.AcknowledgeAsync(request.Conversation, request.Turn);

        Assert.True(Assert.IsType<TurnSettled>(await Conversations.GetAsync(request.Conversation, request.Turn)).Acknowledged);
        var unknown = await Assert.ThrowsAsync<TurnRejectedException>(() =>
            Conversations.AcknowledgeAsync(request.Conversation, TurnId.Parse("other")));
        Assert.Equal(RejectionCode.NotFound, unknown.Code);
    }
}
