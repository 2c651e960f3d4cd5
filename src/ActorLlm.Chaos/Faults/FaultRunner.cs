using System.Globalization;
using ActorLlm.Chaos.Ledger;
using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Faults;

/// <summary>Carries out the plan, one fault at a time: the next one comes when all nodes are ready again.</summary>
internal sealed class FaultRunner(IServers servers, ClientLedger ledger, TextWriter output)
{
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(120);

    /// <summary>Injects until the time is over.</summary>
    /// <returns>Null; or why it ended early: a node that did not come back though nothing hinders it, or a fault that could not be injected.</returns>
    public async Task<string?> RunAsync(IEnumerable<PlannedFault> plan, TimeSpan length, CancellationToken cancellationToken)
    {
        var end = servers.Time.GetUtcNow() + length;
        var last = servers.Time.GetUtcNow();
        foreach (var planned in plan)
        {
            var due = last + planned.Gap;
            // At least one, however short the run is.
            if (due > end && ledger.Faults.Count > 0)
                break;
            if (due - servers.Time.GetUtcNow() is { Ticks: > 0 } wait)
                await Task.Delay(wait, servers.Time, cancellationToken);
            if (await CarryOutAsync(planned, cancellationToken) is { } trouble)
                return trouble;
            // What lies between two faults is for the system to recover in: without it a row of long ones would be one outage.
            last = servers.Time.GetUtcNow();
        }
        if (end - servers.Time.GetUtcNow() is { Ticks: > 0 } rest)
            await Task.Delay(rest, servers.Time, cancellationToken);
        return null;
    }

    private async Task<string?> CarryOutAsync(PlannedFault planned, CancellationToken cancellationToken)
    {
        var fault = planned.Make(servers);
        var record = new FaultRecord(planned.Kind.Name, fault.Target, servers.Time.GetUtcNow(), ledger.Unfinished());
        ledger.Add(record);
        Tell($"{record.Kind}: {fault.Target} ({planned.Length.TotalSeconds:0.0} s), with {record.Unfinished.Count} turns unfinished");
        try
        {
            try
            {
                await fault.InjectAsync(cancellationToken);
                record.Missed = fault.Missed;
                if (!fault.Missed)
                    await Task.Delay(planned.Length, servers.Time, cancellationToken);
            }
            finally
            {
                await fault.HealAsync(cancellationToken);
                record.HealedAfter = servers.Time.GetUtcNow() - record.At;
            }
            await servers.WaitReadyAsync(ReadyDeadline, cancellationToken);
        }
        catch (UserErrorException problem)
        {
            return $"after {record.Kind} of {record.Target}: {problem.Message.Split('\n')[0]}";
        }
        record.ReadyAfter = servers.Time.GetUtcNow() - record.At - record.HealedAfter;
        Tell($"all nodes ready {record.ReadyAfter.TotalSeconds:0.0} s after it was undone");
        return null;
    }

    private void Tell(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
