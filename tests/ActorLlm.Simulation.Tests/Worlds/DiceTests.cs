using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Tests.Worlds;

public sealed class DiceTests
{
    [Fact]
    public void The_numbers_are_those_of_splitmix64()
    {
        // The first three of seed 1234567, as published with the algorithm.
        var dice = new Dice(1234567);

        Assert.Equal([6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL], new[] { dice.Next(), dice.Next(), dice.Next() });
    }

    [Fact]
    public void Dice_for_two_purposes_differ()
    {
        Assert.NotEqual(Dice.For(1, 1).Next(), Dice.For(1, 2).Next());
        Assert.NotEqual(Dice.For(1, 1).Next(), Dice.For(2, 1).Next());
    }

    [Fact]
    public void Every_number_of_a_range_comes_up_and_no_other()
    {
        var dice = new Dice(7);

        var drawn = Enumerable.Range(0, 1000).Select(_ => dice.Between(3, 7)).Distinct().Order();

        Assert.Equal([3, 4, 5, 6, 7], drawn);
    }

    [Fact]
    public void Deliveries_come_by_time_and_then_by_number()
    {
        var dice = new Dice(3);
        var queue = new EventQueue();
        var keys = Enumerable.Range(0, 500).Select(n => Delivery.KeyOf(dice.Below(20), (uint)n)).ToArray();
        foreach (var key in keys) queue.Add(new Delivery(key, null!, "", null));

        var taken = new List<ulong>();
        while (queue.TryTake(out var next)) taken.Add(next.Key);

        Assert.Equal(keys.Order(), taken);
    }
}
