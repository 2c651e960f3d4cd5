using ActorLlm.Cluster.Persistence;
using ActorLlm.Telemetry;
using Microsoft.Extensions.Hosting;

namespace ActorLlm.Hosting;

/// <summary>Asks, where anybody wants to know, whether the database answers this node.</summary>
internal sealed class DatabaseWatch(JournalProbe journal, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                if (ClusterMetrics.DatabaseWanted) ClusterMetrics.Database(await journal.AnswersAsync(stoppingToken).ConfigureAwait(false));
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }
}
