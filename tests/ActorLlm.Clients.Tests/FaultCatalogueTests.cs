using ActorLlm.Clients.Tests.Support;

namespace ActorLlm.Clients.Tests;

/// <summary>The catalogue of a backend's faults itself; the clients hold it against what they see.</summary>
public sealed class FaultCatalogueTests
{
    private static readonly string Manual = Path.Combine(NpmPackages.Folder, "..", "..", "..", "docs", "faults.md");

    [Fact]
    public void The_manual_has_the_catalogue_as_it_is()
    {
        // Its first table; others follow.
        var rows = File.ReadLines(Manual).SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|')).Skip(2);

        Assert.Equal(FaultCase.All.Select(fault => $"| {fault.Fault} | {fault.Expected(codeOfBrokenIsSeen: true)} |"), rows);
    }

    [Fact]
    public void Every_way_of_every_fault_is_said_and_no_cut_answer_is_taken_for_a_whole_one()
    {
        Assert.All(FaultCase.All, fault => Assert.Equal(FaultCase.Ways.Select(way => way.Name), fault.Seen.Keys));
        Assert.Equal(FaultCase.All.Count, FaultCase.All.Select(fault => fault.Name).Distinct().Count());
        // A client that gets a whole reply all the same got it from another call than the one that was cut.
        Assert.All(FaultCase.All.Where(fault => fault.Ask.Contains("cut", StringComparison.Ordinal)), fault => Assert.NotEqual("whole", $"{fault.Seen["directStreamed"]}"));
    }
}
