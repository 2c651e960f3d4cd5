using ActorLlm.Simulation.Canaries;
using Xunit.Abstractions;

namespace ActorLlm.Simulation.Tests.Canaries;

public sealed class CanaryTests(ITestOutputHelper output)
{
    private const int MostSeeds = 3000;

    public static TheoryData<string> All => [.. CanaryHunt.All.Select(canary => canary.ToString())];

    [Theory]
    [MemberData(nameof(All))]
    public void A_deliberate_defect_is_caught(string name)
    {
        var caught = CanaryHunt.Find(Enum.Parse<Canary>(name), 1, MostSeeds, TimeProvider.System);

        Assert.True(caught is not null, $"{name} was not caught by {MostSeeds} seeds: the proof has a hole.");
        output.WriteLine($"{name}: seed {caught.Seed}, {caught.Took.TotalSeconds:0.00} s, {caught.Violation}");
    }

    [Fact]
    public void There_are_at_least_fifteen() => Assert.True(CanaryHunt.All.Count() >= 15);
}
