using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ActorLlm.Telemetry;

/// <summary>A node's worker and its dispatcher.</summary>
internal static class WorkerMetrics
{
    private static readonly Gauge<int> CapacityGauge = Sources.Meter.CreateGauge<int>(
        "actorllm.worker.capacity", "{attempt}", "Attempts that the worker runs at once; 0 while it takes none.");

    private static readonly Gauge<int> HeldGauge = Sources.Meter.CreateGauge<int>(
        "actorllm.worker.attempts", "{attempt}", "Attempts that the worker holds: waiting for a place, running, or ended and not acknowledged yet.");

    private static readonly Gauge<int> DrainingGauge = Sources.Meter.CreateGauge<int>(
        "actorllm.worker.draining", "{flag}", "1 while the worker takes no new attempts and finishes those it has.");

    private static readonly Histogram<double> WaitTime = Sources.Meter.CreateHistogram(
        "actorllm.attempt.wait", "s", "Time that an attempt waits at the worker for a place.", tags: null, Buckets.Short);

    private static readonly Histogram<double> ServiceTime = Sources.Meter.CreateHistogram(
        "actorllm.attempt.duration", "s", "Time that an attempt runs: the service time.", tags: null, Buckets.Operation);

    private static readonly Gauge<int> FailuresGauge = Sources.Meter.CreateGauge<int>(
        "actorllm.backend.failures", "{attempt}", "Attempts in a row that a backend has failed since it last answered this worker.");

    private static readonly Gauge<int> QueuedGauge = Sources.Meter.CreateGauge<int>(
        "actorllm.dispatcher.waiting", "{attempt}", "Attempts of this node's conversations that no worker has room for.");

    private static readonly Gauge<int> WorkersGauge = Sources.Meter.CreateGauge<int>(
        "actorllm.dispatcher.workers", "{worker}", "Workers that this node can give attempts to.");

    public static void Load(int capacity, bool draining)
    {
        CapacityGauge.Record(capacity);
        DrainingGauge.Record(draining ? 1 : 0);
    }

    public static void Held(int waiting, int running, int unacknowledged)
    {
        HeldGauge.Record(waiting, new KeyValuePair<string, object?>(Names.State, "waiting"));
        HeldGauge.Record(running, new KeyValuePair<string, object?>(Names.State, "running"));
        HeldGauge.Record(unacknowledged, new KeyValuePair<string, object?>(Names.State, "unacknowledged"));
    }

    public static void Waited(TimeSpan wait) => WaitTime.Record(wait.TotalSeconds);

    public static void Ran(TimeSpan took, string outcome, string backend)
    {
        if (!ServiceTime.Enabled) return;
        var tags = new TagList { { Names.Outcome, outcome }, { Names.Backend, backend } };
        ServiceTime.Record(took.TotalSeconds, tags);
    }

    public static void Failures(string backend, int inARow) => FailuresGauge.Record(inARow, new KeyValuePair<string, object?>(Names.Backend, backend));

    public static void Dispatcher(int waiting, int workers)
    {
        QueuedGauge.Record(waiting);
        WorkersGauge.Record(workers);
    }
}
