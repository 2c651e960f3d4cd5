using ActorLlm.Domain.Delivery;

namespace ActorLlm.Domain.Tests.Delivery;

public sealed class OutboxRuleTests
{
    private static readonly OutboxRule Rule = new(4, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));

    [Fact]
    public void Pauses_grow_up_to_the_longest_and_end_at_the_bound()
    {
        Assert.Equal([0.5, 1, 1.5], new[] { 1, 2, 3 }.Select(refusals => Rule.NextAttempt(refusals, 0)!.Value.TotalSeconds));
        Assert.Null(Rule.NextAttempt(4, 0));
        Assert.Null(Rule.NextAttempt(5, 0));
    }

    [Fact]
    public void A_turn_that_is_long_unfinished_is_looked_at_more_rarely()
    {
        Assert.Equal(Limits.OutboxLookMin, OutboxRule.NextLook(TimeSpan.Zero, 0.5));
        Assert.Equal(TimeSpan.FromSeconds(10), OutboxRule.NextLook(TimeSpan.FromSeconds(80), 0.5));
        Assert.Equal(Limits.OutboxLookMax, OutboxRule.NextLook(TimeSpan.FromHours(1), 0.5));
        Assert.True(OutboxRule.NextLook(TimeSpan.FromHours(1), 0) < OutboxRule.NextLook(TimeSpan.FromHours(1), 0.9));
    }
}
