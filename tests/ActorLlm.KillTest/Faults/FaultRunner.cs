using ActorLlm.KillTest.Ledger;
using ActorLlm.KillTest.Servers;

namespace ActorLlm.KillTest.Faults;

/// <summary>Carries out the plan: never a second victim before the first one is ready again, save where all die at once.</summary>
internal sealed class FaultRunner(TestCluster cluster, ClientLedger ledger, TimeProvider time, TextWriter output)
{
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(90);

    /// <summary>Kills until the time is over, and at least until there was a kill of one node and one of all.</summary>
    /// <exception cref="Cli.UserErrorException">A node did not become ready again.</exception>
    public async Task RunAsync(int seed, TimeSpan length, CancellationToken cancellationToken)
    {
        var end = time.GetUtcNow() + length;
        var lastKill = time.GetUtcNow();
        foreach (var fault in FaultPlan.Make(seed, cluster.Nodes.Count))
        {
            var due = lastKill + fault.Gap;
            if (due > end && HasBothKinds())
                break;
            if (due - time.GetUtcNow() is { Ticks: > 0 } wait)
                await Task.Delay(wait, time, cancellationToken);
            lastKill = time.GetUtcNow();
            await CarryOutAsync(fault, cancellationToken);
        }
        if (end - time.GetUtcNow() is { Ticks: > 0 } rest)
            await Task.Delay(rest, time, cancellationToken);
    }

    private bool HasBothKinds() =>
        ledger.Kills.Any(kill => kill.Victims.Count == 1) && ledger.Kills.Any(kill => kill.Victims.Count > 1);

    private async Task CarryOutAsync(Fault fault, CancellationToken cancellationToken)
    {
        var kill = new KillRecord(fault.Victims, time.GetUtcNow(), ledger.Unfinished());
        ledger.Add(kill);
        output.WriteLine($"kill -9 of node {string.Join(", ", fault.Victims)} with {kill.Unfinished.Count} turns unfinished");
        await Task.WhenAll(fault.Victims.Select(victim => cluster.Nodes[victim - 1].KillAsync()));
        await Task.WhenAll(fault.Victims.Zip(fault.Downtimes, async (victim, downtime) =>
        {
            await Task.Delay(downtime, time, cancellationToken);
            cluster.Nodes[victim - 1].Start();
        }));
        kill.Downtime = time.GetUtcNow() - kill.At;
        await cluster.WaitReadyAsync(ReadyDeadline, cancellationToken);
        kill.ReadyAfter = time.GetUtcNow() - kill.At - kill.Downtime;
        output.WriteLine($"all nodes ready {kill.ReadyAfter.TotalSeconds:0.0} s after the restart");
    }
}
