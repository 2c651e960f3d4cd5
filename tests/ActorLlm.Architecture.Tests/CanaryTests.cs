using ActorLlm.Processes;

namespace ActorLlm.Architecture.Tests;

/// <summary>The deliberate defects under <c>canaries/</c>, which <c>./build.sh canaries</c> builds and runs.</summary>
public sealed class CanaryTests
{
    public static TheoryData<string> Patches =>
        [.. SourceTree.Files("canaries").Where(file => file.EndsWith(".patch", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Patches))]
    public async Task A_canary_still_fits_the_source(string patch)
    {
        var apply = await CommandRunner.RunAsync(["git", "-C", SourceTree.Root, "apply", "--check", patch]);

        Assert.True(apply.ExitCode == 0, $"{patch} does not apply any more: {apply.Output}");
    }

    [Theory]
    [MemberData(nameof(Patches))]
    public void A_canary_says_what_it_breaks_and_how_to_run_it(string patch)
    {
        var lines = File.ReadAllLines(Path.Combine(SourceTree.Root, patch));

        Assert.Matches("^# (defect|control): .{20}", lines[0]);
        Assert.Single(lines, line => line.StartsWith("# run: --faults ", StringComparison.Ordinal));
    }
}
