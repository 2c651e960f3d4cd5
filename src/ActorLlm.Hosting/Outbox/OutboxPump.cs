using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorLlm.Hosting;

/// <summary>
/// Delivers what the outbox holds and nobody works on: replies that were refused before, and those of a node that is gone. Each carrier has a loop and a number
/// of deliveries of its own, so that one whose receivers are slow holds up no other.
/// </summary>
internal sealed partial class OutboxPump(ReplyOutbox outbox, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<OutboxPump> log) : BackgroundService
{
    private static readonly TimeSpan ReleasePatience = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (outbox.Carriers.Count == 0) return;
        // With the node's conversations: what is held by a node that stops is worked on by none.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        await Task.WhenAll([RenewAsync(stop.Token), .. outbox.Carriers.Select(carrier => Task.Run(() => PumpAsync(carrier, stop.Token), CancellationToken.None))])
            .ConfigureAwait(false);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        if (outbox.Carriers.Count == 0) return;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(ReleasePatience);
            await outbox.ReleaseAsync(patience.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (DatabaseLoss.IsMeantBy(error) || error is OperationCanceledException)
        {
            LogAway(log, error.Message.ReplaceLineEndings(" "));
        }
    }

    private Task RenewAsync(CancellationToken stop) =>
        RepeatAsync(Limits.OutboxLease / 3, () => outbox.RenewAsync(stop), stop);

    private async Task PumpAsync(IReplyCarrier carrier, CancellationToken stop)
    {
        using var slots = new SemaphoreSlim(Limits.MaxRedeliveries);
        await RepeatAsync(Limits.OutboxInterval, () => DrainAsync(carrier, slots, stop), stop).ConfigureAwait(false);
    }

    private async Task DrainAsync(IReplyCarrier carrier, SemaphoreSlim slots, CancellationToken stop)
    {
        while (carrier.Ready && slots.CurrentCount > 0)
        {
            // Only this loop takes slots, so as many as are free stay free.
            var free = slots.CurrentCount;
            var claimed = await outbox.ClaimAsync(carrier, free, stop).ConfigureAwait(false);
            foreach (var owed in claimed)
            {
                await slots.WaitAsync(stop).ConfigureAwait(false);
                _ = DeliverAsync(owed, slots, stop);
            }

            if (claimed.Count < free) return;
            await slots.WaitAsync(stop).ConfigureAwait(false);
            slots.Release();
        }
    }

    private async Task DeliverAsync(OwedReply owed, SemaphoreSlim slots, CancellationToken stop)
    {
        try
        {
            await outbox.RedeliverAsync(owed, stop).ConfigureAwait(false);
        }
        finally
        {
            Release(slots);
        }
    }

    private static void Release(SemaphoreSlim slots)
    {
        try
        {
            slots.Release();
        }
        catch (ObjectDisposedException)
        {
            // The node stops.
        }
    }

    private async Task RepeatAsync(TimeSpan interval, Func<Task> work, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                try
                {
                    await work().ConfigureAwait(false);
                }
                catch (Exception error) when (DatabaseLoss.IsMeantBy(error))
                {
                    LogAway(log, error.Message.ReplaceLineEndings(" "));
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    [LoggerMessage(EventId = 523, Level = LogLevel.Warning, Message = "The outbox's database does not answer: {Reason}")]
    private static partial void LogAway(ILogger log, string reason);
}
