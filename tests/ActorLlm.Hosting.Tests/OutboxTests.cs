using System.Collections.Concurrent;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Delivery;
using ActorLlm.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace ActorLlm.Hosting.Tests;

/// <summary>Replies that are owed, with a carrier that the test answers for.</summary>
public sealed class OutboxTests
{
    private static readonly ReplyTarget Target = new("pigeon", "roof");

    [Fact]
    public async Task A_reply_is_carried_and_then_acknowledged_and_owed_no_more()
    {
        var pigeon = new Pigeon(_ => new Carriage.Delivered());
        await using var host = await StartAsync(pigeon);

        var owed = await host.Outbox().OweAsync(Turns.Turn("c", "t", "hello"), Target, follow: true);
        await host.Outbox().FollowAsync(owed, Turns.Turn("c", "t", "hello"));

        Assert.Equal("echo: hello", Assert.Single(pigeon.Flights).Settled.ReplyText());
        Assert.True(Assert.IsType<TurnSettled>(await host.Conversations.GetAsync(owed.Conversation, owed.Turn)).Acknowledged);
        Assert.Empty(await host.Outbox().ListAsync(parked: false, 10));
    }

    [Fact]
    public async Task One_that_nobody_follows_is_delivered_by_itself()
    {
        var pigeon = new Pigeon(_ => new Carriage.Delivered());
        await using var host = await StartAsync(pigeon);

        await host.Outbox().OweAsync(Turns.Turn("c", "t", "hello"), Target, follow: false);

        await Eventually.HoldsAsync("it is delivered", async () => pigeon.Flights.Count == 1 && (await host.Outbox().ListAsync(parked: false, 10)).Count == 0);
    }

    [Fact]
    public async Task What_was_owed_when_the_node_ended_on_the_spot_is_delivered_by_the_next()
    {
        using var folder = new TempFolder();
        var before = new Pigeon(_ => new Carriage.Delivered());
        var host = await StartAsync(before, folder);
        await host.Outbox().OweAsync(Turns.Turn("c", "t", "hello"), Target, follow: true);
        await host.AbortAsync();
        await host.DisposeAsync();

        var pigeon = new Pigeon(_ => new Carriage.Delivered());
        await using var next = await StartAsync(pigeon, folder);

        await Eventually.HoldsAsync("it is delivered", () => pigeon.Flights.Count == 1);
        Assert.Empty(before.Flights);
    }

    [Fact]
    public async Task A_refused_reply_is_tried_up_to_the_bound_then_parked_with_its_reason_and_tried_again_when_told()
    {
        var open = false;
        var pigeon = new Pigeon(_ => Volatile.Read(ref open) ? new Carriage.Delivered() : new Carriage.Refused("cat on the roof"));
        await using var host = await StartAsync(pigeon);

        await host.Outbox().OweAsync(Turns.Turn("c", "t", "hello"), Target, follow: false);
        await Eventually.HoldsAsync("it is parked", async () => (await host.Outbox().ListAsync(parked: true, 10)).Count == 1);
        var parked = Assert.Single(await host.Outbox().ListAsync(parked: true, 10));
        Assert.Equal(3, pigeon.Flights.Count);
        Assert.Equal("cat on the roof (refused 3 times)", parked.Reason);

        Volatile.Write(ref open, true);
        await host.Outbox().RetryAsync([parked.Id]);
        await Eventually.HoldsAsync("it is delivered", async () =>
            pigeon.Flights.Count == 4 && (await host.Outbox().ListAsync(parked: true, 10)).Count + (await host.Outbox().ListAsync(parked: false, 10)).Count == 0);
    }

    [Fact]
    public async Task A_way_that_is_closed_counts_for_no_refusal_however_often()
    {
        var attempts = 0;
        var pigeon = new Pigeon(_ => Interlocked.Increment(ref attempts) <= 5 ? new Carriage.Later("storm", TimeSpan.Zero) : new Carriage.Delivered());
        await using var host = await StartAsync(pigeon);

        await host.Outbox().OweAsync(Turns.Turn("c", "t", "hello"), Target, follow: false);

        await Eventually.HoldsAsync("it is delivered", async () => attempts == 6 && (await host.Outbox().ListAsync(parked: false, 10)).Count == 0);
        Assert.Empty(await host.Outbox().ListAsync(parked: true, 10));
    }

    [Fact]
    public async Task What_a_conversation_refuses_is_not_owed()
    {
        await using var host = await StartAsync(new Pigeon(_ => new Carriage.Delivered()));
        await host.Conversations.CompleteAsync(Turns.Turn("c", "t", "hello"));

        await Assert.ThrowsAsync<TurnRejectedException>(() => host.Outbox().OweAsync(Turns.Turn("c", "t", "something else"), Target, follow: true));

        Assert.Empty(await host.Outbox().ListAsync(parked: false, 10));
    }

    private static Task<TestHost> StartAsync(Pigeon pigeon, TempFolder? folder = null) =>
        TestHost.StartAsync(ScriptedChatClient.Echo(), folder, services: services => services.AddSingleton<IReplyCarrier>(pigeon));

    private sealed class Pigeon(Func<OwedReply, Carriage> answer) : IReplyCarrier
    {
        public ConcurrentQueue<(OwedReply Owed, TurnSettled Settled)> Flights { get; } = new();

        public string Name => "pigeon";

        public bool Ready => true;

        public OutboxRule Rule { get; } = new(3, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(10));

        public Task<Carriage> CarryAsync(OwedReply owed, TurnSettled settled, CancellationToken cancellationToken)
        {
            Flights.Enqueue((owed, settled));
            return Task.FromResult(answer(owed));
        }

        public Task<bool> PutAsideAsync(OwedReply owed, TurnSettled settled, string reason, CancellationToken cancellationToken) => Task.FromResult(false);
    }
}

internal static class OutboxOf
{
    public static IReplyOutbox Outbox(this TestHost host) => host.Services.GetRequiredService<IReplyOutbox>();
}
