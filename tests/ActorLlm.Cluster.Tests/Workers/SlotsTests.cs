using ActorLlm.Cluster.Workers;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Cluster.Tests.Workers;

public sealed class SlotsTests
{
    [Fact]
    public void So_many_run_at_once_and_no_more()
    {
        var slots = new Slots(2, TimeProvider.System);
        foreach (var n in Enumerable.Range(1, 3)) slots.Waiting.Enqueue(Key(n));

        Assert.True(slots.TryTake(out var first));
        Assert.True(slots.TryTake(out _));
        Assert.False(slots.TryTake(out _));
        slots.GiveBack();
        Assert.True(slots.TryTake(out var third));
        Assert.Equal((Key(1), Key(3)), (first, third));
    }

    [Fact]
    public void Four_times_as_many_as_run_are_held_and_no_more()
    {
        var slots = new Slots(2, TimeProvider.System) { Held = 7 };
        Assert.False(slots.IsFull);
        slots.Held++;
        Assert.True(slots.IsFull);
    }

    [Fact]
    public void A_place_that_a_module_does_not_leave_is_of_no_use_until_it_does_and_none_is_taken_once_all_are()
    {
        var slots = new Slots(2, TimeProvider.System);
        foreach (var n in Enumerable.Range(1, 4)) slots.Waiting.Enqueue(Key(n));
        Assert.True(slots.TryTake(out _));
        Assert.True(slots.TryTake(out _));
        Task[] left = [new TaskCompletionSource().Task, new TaskCompletionSource().Task];

        slots.Stick(left[0]);
        Assert.Equal((1, 1, false), (slots.Stuck, slots.Usable, slots.IsFull));
        slots.Stick(left[1]);
        Assert.Equal((2, 0, true), (slots.Stuck, slots.Usable, slots.IsFull));
        Assert.False(slots.TryTake(out _));

        slots.Vacate(left[0]);
        Assert.Equal((1, 1, false), (slots.Stuck, slots.Usable, slots.IsFull));
        Assert.True(slots.TryTake(out _));
        Assert.False(slots.TryTake(out _));
    }

    private static AttemptKey Key(int n) => new(ConversationId.Of("talk"), TurnId.Parse($"turn-{n}"), 1);
}
