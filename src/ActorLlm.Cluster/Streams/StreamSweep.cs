using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using ActorLlm.Serialization.AtRest;
using Akka.Actor;
using Akka.Event;

namespace ActorLlm.Cluster.Streams;

/// <summary>Drops, now and then, what is left of streams whose turns ended without a commit by the attempt that wrote them.</summary>
internal sealed class StreamSweep : UntypedActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private readonly StreamTable _table;
    private readonly CancellationTokenSource _stop = new();

    public StreamSweep(JournalSettings journal) => _table = new StreamTable(journal, ContentCipher.None);

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Sweep), Sweep.Instance, Interval);

    protected override void PostStop()
    {
        _stop.Cancel();
        _ = _table.DisposeAsync().AsTask();
    }

    protected override void OnReceive(object message)
    {
        if (message is Sweep) _table.DeleteOlderAsync(Limits.KeepStreamsFor, _stop.Token).PipeTo(Self, failure: error => new Failed(error));
        else if (message is Failed failed) Context.GetLogger().Info("Old streams could not be dropped; trying again in {0}: {1}", Interval, failed.Cause.Message);
    }

    private sealed record Sweep
    {
        public static Sweep Instance { get; } = new();
    }

    private sealed record Failed(Exception Cause);
}
