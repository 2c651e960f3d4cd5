using ActorLlm.Domain.Tests.Properties;

namespace ActorLlm.Serialization.Tests;

/// <summary>
/// What was ever written must be read for ever, and is written the same. A file holds one line for each value: its name and its bytes in
/// hex. Lines are only ever added.
/// </summary>
public class GoldenBytesTests
{
    private static readonly Dictionary<string, Dictionary<string, string>> Files = Directory
        .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "golden"), "*.hex")
        .ToDictionary(
            file => Path.GetFileNameWithoutExtension(file),
            file => File.ReadLines(file).Select(line => line.Split(' ')).ToDictionary(parts => parts[0], parts => parts.ElementAtOrDefault(1) ?? ""));

    public static TheoryData<string, string> Lines
    {
        get
        {
            var lines = new TheoryData<string, string>();
            foreach (var (manifest, name, _) in GoldenValues.All) lines.Add(manifest, name);
            return lines;
        }
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void The_bytes_are_as_golden_as_ever(string manifest, string name)
    {
        var value = GoldenValues.All.Single(golden => (golden.Manifest, golden.Name) == (manifest, name)).Value;
        var bytes = Convert.ToHexStringLower(Wire.Write(value));
        var line = Files.GetValueOrDefault(manifest)?.GetValueOrDefault(name);
        Assert.True(line is not null, $"golden/{manifest}.hex has no line for a new value; add: {name} {bytes}");

        Assert.Equal(line, bytes);
        Structure.Equal(value, Wire.Read(Convert.FromHexString(line), manifest));
    }

    [Fact]
    public void Every_type_in_the_table_has_golden_bytes() =>
        Assert.Empty(WireTypes.All.Select(type => type.Manifest).Except(Files.Keys));

    [Fact]
    public void No_golden_file_is_of_a_manifest_that_is_gone() =>
        Assert.Empty(Files.Keys.Except(WireTypes.All.Select(type => type.Manifest)));

    [Fact]
    public void No_golden_bytes_are_without_their_value() =>
        Assert.Empty(Files.SelectMany(file => file.Value.Keys.Select(name => (file.Key, name)))
            .Except(GoldenValues.All.Select(golden => (golden.Manifest, golden.Name))));
}
