using ActorLlm.Domain.Capacity;

namespace ActorLlm.Domain.Tests.Capacity;

public sealed class ErlangTests
{
    [Theory]
    // M/M/1/1 and closed forms.
    [InlineData(1, 0.5, 1.0 / 3)]
    [InlineData(2, 1, 0.2)]
    // Published tables of Erlang's B: the load of 1% loss.
    [InlineData(5, 1.361, 0.01)]
    [InlineData(10, 4.461, 0.01)]
    [InlineData(20, 12.031, 0.01)]
    [InlineData(50, 37.901, 0.01)]
    [InlineData(100, 84.064, 0.01)]
    public void The_chance_of_loss_is_that_of_the_tables(int servers, double load, double expected) =>
        Assert.Equal(expected, Erlang.B(servers, load), 1e-5);

    [Theory]
    // One server waits for whoever is there; two in closed form, 2ρ²/(1+ρ).
    [InlineData(1, 0.9, 0.9)]
    [InlineData(2, 1, 1.0 / 3)]
    // Published values of Erlang's C.
    [InlineData(3, 2, 0.444444)]
    [InlineData(5, 4, 0.554113)]
    [InlineData(10, 8, 0.409180)]
    [InlineData(11, 10, 0.682118)]
    [InlineData(13, 10, 0.285)]
    public void The_chance_to_wait_is_that_of_the_tables(int servers, double load, double expected) =>
        Assert.Equal(expected, Erlang.C(servers, load), expected == 0.285 ? 0.001 : 1e-6);

    [Fact]
    public void Servers_without_load_are_free_and_none_at_all_are_never()
    {
        Assert.Equal((0.0, 0.0, 1.0), (Erlang.B(3, 0), Erlang.C(3, 0), Erlang.B(0, 0)));
        Assert.Equal(1, Erlang.B(0, 7));
    }

    [Fact]
    public void A_load_of_all_servers_or_more_makes_everybody_wait() => Assert.Equal((1.0, 1.0), (Erlang.C(10, 10), Erlang.C(10, 11)));

    [Fact]
    public void A_hundred_thousand_servers_neither_overflow_nor_underflow()
    {
        Assert.InRange(Erlang.C(100_000, 99_900), 0.6, 0.8);
        Assert.Equal(0, Erlang.C(100_000, 1));
    }

    [Fact]
    public void The_two_formulas_agree_with_their_sums()
    {
        // The definition, with powers and factorials, for as few servers as they can be told for.
        for (var servers = 1; servers <= 20; servers++)
        {
            for (var load = 0.5; load < servers; load += 0.7)
            {
                double term = 1, sum = 1;
                for (var k = 1; k < servers; k++) sum += term *= load / k;
                var last = term * load / servers * servers / (servers - load);
                Assert.Equal(last / (sum + last), Erlang.C(servers, load), 1e-12);
            }
        }
    }
}
