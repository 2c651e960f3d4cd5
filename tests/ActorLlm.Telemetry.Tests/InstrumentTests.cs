using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace ActorLlm.Telemetry.Tests;

/// <summary>What is measured, and what the page about it says.</summary>
public sealed partial class InstrumentTests
{
    private static readonly Dictionary<string, string> Described = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "telemetry.md"))
        .Select(line => Row().Match(line)).Where(row => row.Success).ToDictionary(row => row.Groups["name"].Value, row => row.Groups["unit"].Value);

    public static TheoryData<string> Names => [.. Instruments().Select(instrument => instrument.Name)];

    [Fact]
    public void There_is_no_instrument_that_the_page_leaves_out_and_none_that_it_makes_up() =>
        Assert.Equal(Instruments().Select(instrument => instrument.Name).Order(StringComparer.Ordinal), Described.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void An_instrument_says_what_it_measures_and_its_unit_as_the_page_does(string name)
    {
        var instrument = Instruments().Single(known => known.Name == name);

        Assert.Equal(Described[name], instrument.Unit);
        Assert.EndsWith(".", instrument.Description, StringComparison.Ordinal);
        Assert.Matches("^(gen_ai|actorllm)(\\.[a-z_]+)+$", name);
    }

    private static List<Instrument> Instruments()
    {
        foreach (var type in typeof(Sources).Assembly.GetTypes()) RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        var found = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == Sources.Name) found.Add(instrument);
            },
        };
        listener.Start();
        return found;
    }

    // A row of a table of metrics: its second cell is a unit.
    [GeneratedRegex(@"^\| `(?<name>[a-z_.]+)` \| (?<unit>s|By|\{[a-z]+\}) \|", RegexOptions.ExplicitCapture)]
    private static partial Regex Row();
}
