using ActorLlm.Domain.Capacity;

namespace ActorLlm.Domain.Tests.Capacity;

public sealed class QueueModelTests
{
    private const int Arrivals = 400_000;

    public static TheoryData<int, double, double> Simulated
    {
        get
        {
            var cases = new TheoryData<int, double, double>();
            foreach (var servers in (int[])[1, 2, 5, 13, 50])
            {
                foreach (var utilisation in (double[])[0.5, 0.7, 0.8, 0.9])
                {
                    // Where few wait, a simulation of this length says little of how long.
                    if (Erlang.C(servers, servers * utilisation) < 0.05) continue;
                    foreach (var variation in (double[])[0, 0.25, 1, 4]) cases.Add(servers, utilisation, variation);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Simulated))]
    public void The_mean_wait_is_that_of_a_queue_that_is_lived_through(int servers, double utilisation, double variation)
    {
        var rate = servers * utilisation / 0.1;
        var lived = QueueSimulation.Run(rate, servers, QueueSimulation.Service(0.1, variation), Arrivals, seed: 1);

        var model = new QueueModel(rate, 0.1, variation, servers);

        Assert.InRange(model.MeanWait / lived.MeanWait, variation <= 1 ? 0.92 : 0.8, variation <= 1 ? 1.08 : 1.2);
        Assert.InRange(model.ChanceToWait / lived.ChanceToWait, 0.89, 1.125);
        if (variation <= 1) Assert.InRange(lived.WaitWithin(0.99) / model.WaitWithin(0.99), 0.8, 1.3);
    }

    [Fact]
    public void One_server_waits_as_Pollaczek_and_Khinchine_say()
    {
        var constant = new QueueModel(0.8, 1, Variation: 0, Servers: 1);
        var wide = constant with { Variation = 4 };

        Assert.Equal(0.8 / (2 * 0.2), constant.MeanWait, 1e-9);
        Assert.Equal(5 * 0.8 / (2 * 0.2), wide.MeanWait, 1e-9);
    }

    [Theory]
    [InlineData(2, 0.5)]
    [InlineData(2, 0.9)]
    [InlineData(5, 0.7)]
    [InlineData(13, 0.5)]
    [InlineData(13, 0.77)]
    [InlineData(26, 0.77)]
    public void Constant_service_waits_as_Crommelins_equations_say(int servers, double utilisation)
    {
        var model = new QueueModel(servers * utilisation, 1, Variation: 0, servers);

        Assert.InRange(model.MeanWait / ConstantWait(servers, servers * utilisation), 0.97, 1.03);
    }

    [Theory]
    [InlineData(5, 4, 0.554113)]
    [InlineData(10, 8, 0.409180)]
    public void Exponential_service_waits_as_M_M_c(int servers, double load, double chance)
    {
        var model = new QueueModel(load / 0.1, 0.1, Variation: 1, servers);

        Assert.Equal(chance * 0.1 / (servers - load), model.MeanWait, 1e-7);
        Assert.Equal(model.MeanWaitExponential, model.MeanWait, 1e-12);
        Assert.Equal(model.ArrivalRate * model.MeanWait, model.MeanWaiting, 1e-12);
    }

    [Fact]
    public void A_line_without_servers_enough_grows_without_end()
    {
        var model = new QueueModel(2000, 0.1, 1, 100);

        Assert.False(model.IsStable);
        Assert.Equal(2, model.Utilisation, 1e-12);
        Assert.Equal((1.0, double.PositiveInfinity, double.PositiveInfinity), (model.ChanceToWait, model.MeanWait, model.WaitWithin(0.99)));
        Assert.False((model with { Servers = 200 }).IsStable);
        Assert.True((model with { Servers = 201 }).IsStable);
    }

    [Fact]
    public void The_share_that_does_not_wait_at_all_waits_for_no_time()
    {
        var model = new QueueModel(8, 1, 1, 10);

        Assert.Equal(0, model.WaitWithin(1 - model.ChanceToWait - 0.001));
        // M/M/c's own tail: P(W > t) = C·exp(-(c - a)t/T).
        var p99 = model.WaitWithin(0.99);
        Assert.Equal(0.01, model.ChanceToWait * Math.Exp(-2 * p99), 1e-9);
    }

    [Theory]
    [InlineData(1000, 0.1, 1, 0.05)]
    [InlineData(2000, 0.1, 0, 0.01)]
    [InlineData(3, 20, 4, 1)]
    [InlineData(0.001, 0.1, 1, 0.001)]
    public void The_servers_for_a_target_meet_it_and_one_fewer_does_not(double rate, double service, double variation, double target)
    {
        var model = new QueueModel(rate, service, variation, 1);

        var servers = model.ServersFor(0.99, target)!.Value;

        Assert.True((model with { Servers = servers }).WaitWithin(0.99) <= target);
        Assert.True(servers == 1 || (model with { Servers = servers - 1 }).WaitWithin(0.99) > target);
    }

    [Fact]
    public void More_than_can_be_had_is_not_promised()
    {
        Assert.Null(new QueueModel(1e9, 1, 1, 1).ServersFor(0.99, 1));
        Assert.Null(new QueueModel(Limits.MaxModelServers - 0.5, 1, 1, 1).ServersFor(0.99, 0));
    }

    [Fact]
    public void The_articles_formula_is_Littles_law_solved_for_the_nodes()
    {
        Assert.Equal(10, ArticleFormula.Nodes(1000, 0.1, 10), 1e-12);
        Assert.Equal(20, ArticleFormula.Nodes(2000, 0.1, 10), 1e-12);
        // Just as many nodes have a line that grows without end.
        Assert.False(new QueueModel(1000, 0.1, 1, 10 * 10).IsStable);
    }

    /// <summary>
    /// M/D/c exactly, for a service time of 1: whoever is inside one service time later is who waited, and who came meanwhile. C. D. Crommelin, "Delay Probability Formulae When the Holding Times Are
    /// Constant", P.O. Electrical Engineers' Journal 25, 1932.
    /// </summary>
    private static double ConstantWait(int servers, double load)
    {
        const int states = 400;
        var came = new double[states];
        came[0] = Math.Exp(-load);
        for (var k = 1; k < states; k++) came[k] = came[k - 1] * load / k;
        var inside = new double[states];
        inside[0] = 1;
        for (var round = 0; round < 2000; round++)
        {
            var next = new double[states];
            for (var before = 0; before < states; before++)
            {
                var waited = Math.Max(0, before - servers);
                for (var k = 0; waited + k < states; k++) next[waited + k] += inside[before] * came[k];
            }

            inside = next;
        }

        return inside.Select((chance, number) => chance * Math.Max(0, number - servers)).Sum() / load;
    }
}
