using ActorLlm.Hosting;

namespace ActorLlm.Gateway.Tests.Fuzzing;

/// <summary>Whatever comes in, a client gets a reply or an error that it can read, and gets it soon.</summary>
public sealed class RequestFuzzTests
{
    private const int Requests = 10_000;
    private const int FirstSeed = 20_261_124;
    // Those that the gateway has for what is wrong with a request. OpenAI's clients send again after 409 by themselves: it must never come.
    private static readonly int[] Refusals = [400, 404, 405, 413, 415, 422];

    [Fact]
    public async Task Every_odd_request_gets_a_reply_or_an_error_in_the_shape_of_openai()
    {
        var seen = await SendAsync(Enumerable.Range(FirstSeed, Requests).Select(OddRequests.Of));

        AssertManyKinds(seen);
    }

    [Fact]
    public async Task Every_odd_value_in_every_place_gets_a_reply_or_an_error_in_the_shape_of_openai()
    {
        var seen = await SendAsync(OddRequests.Sweep());

        Assert.True(seen.Values.Sum() > Requests, "There are few places, or few values.");
        Assert.All(seen.Keys.GroupBy(one => one.Kind), kind => Assert.True(kind.Select(one => one.Status).Distinct().Count() > 1, $"All requests of kind {kind.Key} got the same status."));
    }

    [Fact]
    public void The_same_seed_makes_the_same_request()
    {
        Assert.All(Enumerable.Range(1, 200), seed => Assert.Equal($"{OddRequests.Of(seed)}", $"{OddRequests.Of(seed)}"));
        Assert.True(Enumerable.Range(1, 200).Select(seed => OddRequests.Of(seed).ToString().Split('\n', 2)[1]).Distinct().Count() > 150);
    }

    private static async Task<IReadOnlyDictionary<(OddKind Kind, int Status), int>> SendAsync(IEnumerable<OddRequest> requests)
    {
        await using var server = await GatewayServer.StartAsync(options => options.MaxRequestBytes = 2 * 1024 * 1024, real: new DecidedConversations());
        server.Direct.Script = _ => [new DirectUpdate.Text("Hello."), FakeDirectCalls.Ended()];
        using var client = OddAnswers.Client(server.Address);
        return await OddAnswers.GatherAsync(client, requests, Refusals);
    }

    // Without this, a generator of nothing but garbage, or of nothing but sense, would pass.
    private static void AssertManyKinds(IReadOnlyDictionary<(OddKind Kind, int Status), int> seen)
    {
        int Count(Func<(OddKind Kind, int Status), bool> of) => seen.Where(entry => of(entry.Key)).Sum(entry => entry.Value);
        Assert.Equal(Requests, Count(_ => true));
        Assert.All(Enum.GetValues<OddKind>(), kind => Assert.True(Count(one => one.Kind == kind) > Requests / 100, $"Too few requests of kind {kind}."));
        Assert.All(Refusals, status => Assert.True(Count(one => one.Status == status) > 0, $"No request got {status}."));
        Assert.InRange(Count(one => one.Status == 200), Requests / 5, Requests * 4 / 5);
        // What is odd in the middle of a valid request is now this, now that.
        Assert.All(
            [OddKind.DroppedField, OddKind.DuplicatedField, OddKind.RetypedField, OddKind.NullField, OddKind.OddNumber, OddKind.OddText, OddKind.OddName, OddKind.DeepNesting, OddKind.KeyHeader],
            kind => Assert.True(seen.Keys.Count(one => one.Kind == kind) > 1, $"All requests of kind {kind} got the same status."));
        Assert.Equal(Count(one => one.Kind == OddKind.Nothing), Count(one => one is { Kind: OddKind.Nothing, Status: 200 }));
    }
}
