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

        var result = await RunAsync(progress, new ChaosOptions { Minutes = 0.7, Conversations = 50, Faults = FaultCatalog.Parse("kill,kill-all,pause-5,db-lost-commits", out _) });

        Assert.True(result.Passed, Report.Write(result) + progress);
        Assert.Contains(result.Clients.Faults, fault => fault.Unfinished.Count > 0);
    }

    /// <summary>One round, as an upgrade goes; <c>./build.sh upgrade</c> makes many. Its rule is <see cref="ActorLlm.Chaos.Checking.DrainRule"/>.</summary>
    [Fact]
    public async Task Nodes_that_are_restarted_one_by_one_fail_no_request_and_repeat_no_turn()
    {
        using var progress = new StringWriter();

        var result = await RunAsync(progress, new ChaosOptions { Minutes = ChaosOptions.MinMinutes, Conversations = 30, Faults = FaultCatalog.Parse("rolling", out _) });

        Assert.True(result.Passed, Report.Write(result) + progress);
        Assert.Single(result.Clients.Faults, fault => fault.Unfinished.Count > 0);
        Assert.Empty(result.Servers.EndedByThemselves);
    }

    private async Task<ChaosResult> RunAsync(StringWriter progress, ChaosOptions options)
    {
        try
        {
            return await new ChaosRun(options, progress).RunAsync(CancellationToken.None);
        }
        finally
        {
            output.WriteLine(progress.ToString());
        }
    }
}
