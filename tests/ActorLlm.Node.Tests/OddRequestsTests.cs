using ActorLlm.Gateway.Tests.Fuzzing;
using ActorLlm.Testing;

namespace ActorLlm.Node.Tests;

/// <summary>The odd requests of the gateway's own tests with all that lies behind it: what the gateway lets through must fit everything there.</summary>
public sealed class OddRequestsTests
{
    private const int Requests = 3000;
    private const int FirstSeed = 1_000_000;

    // 429: several of them ask the same conversation at once.
    private static readonly int[] Refusals = [400, 404, 405, 413, 415, 422, 429];

    [Fact]
    public async Task Every_odd_request_gets_a_reply_or_an_error_that_a_client_can_read()
    {
        await using var simulator = await SimulatorProcess.StartAsync("--Models", "sim-1,org/sim-2");
        await using var node = await NodeProcess.StartReadyAsync(new Dictionary<string, string>
        {
            ["ActorLlm:Postgres"] = await (await TestPostgres.SharedAsync()).CreateDatabaseAsync(),
            // Behind HTTP, so that the way of a request to a backend is one of those that are gone.
            ["ActorLlm:Backends:sim:Type"] = "OpenAI",
            ["ActorLlm:Backends:sim:Endpoint"] = simulator.Endpoint.AbsoluteUri,
            ["ActorLlm:Backends:sim:Models"] = "sim-1,org/sim-2",
        });
        using var client = OddAnswers.Client(node.Address);

        var seen = await OddAnswers.GatherAsync(client, Enumerable.Range(FirstSeed, Requests).Select(OddRequests.Of), Refusals);

        Assert.InRange(seen.Where(one => one.Key.Status == 200).Sum(one => one.Value), Requests / 5, Requests * 4 / 5);
    }
}
