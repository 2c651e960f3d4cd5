using ActorLlm.Chaos.Faults;
using ActorLlm.Chaos.Reporting;
using Xunit.Abstractions;

namespace ActorLlm.Chaos.Tests;

public sealed class ChaosRunTests(ITestOutputHelper output)
{
    /// <summary>The run itself, for about a minute. What it wrote is shown when it fails; <c>./build.sh chaos</c> runs it for longer.</summary>
    [Fact]
    public async Task Nothing_is_lost_duplicated_or_reordered_while_faults_are_injected()
    {
        using var progress = new StringWriter();

        var result = await RunAsync(progress);

        Assert.True(result.Passed, Report.Write(result) + progress);
        Assert.Contains(result.Clients.Faults, fault => fault.Unfinished.Count > 0);
    }

    private async Task<ChaosResult> RunAsync(StringWriter progress)
    {
        try
        {
            var options = new ChaosOptions { Minutes = 0.7, Conversations = 50, Faults = FaultCatalog.Parse("kill,kill-all,pause-5,db-lost-commits", out _) };
            return await new ChaosRun(options, progress).RunAsync(CancellationToken.None);
        }
        finally
        {
            output.WriteLine(progress.ToString());
        }
    }
}
