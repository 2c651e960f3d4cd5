using ActorLlm.KillTest.Reporting;
using Xunit.Abstractions;

namespace ActorLlm.KillTest.Tests;

public sealed class KillTestRunTests(ITestOutputHelper output)
{
    /// <summary>The kill test itself, for about a minute. What it wrote is shown when it fails; <c>./build.sh kill-test</c> runs it for longer.</summary>
    [Fact]
    public async Task Nothing_is_lost_duplicated_or_reordered_while_nodes_are_killed()
    {
        using var progress = new StringWriter();

        var result = await RunAsync(progress);

        Assert.True(result.Passed, Report.Write(result) + progress);
    }

    private async Task<KillTestResult> RunAsync(StringWriter progress)
    {
        try
        {
            return await new KillTestRun(new KillTestOptions { Minutes = 0.8 }, progress).RunAsync(CancellationToken.None);
        }
        finally
        {
            output.WriteLine(progress.ToString());
        }
    }
}
