using ActorLlm.Cluster.Conversations;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Delivery;
using ActorLlm.Domain.Routing;
using ActorLlm.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorLlm.Cluster.Workers;

/// <summary>
/// Runs attempts, a bounded number at once, and sends each result until it is acknowledged. An attempt keeps its slot until then, so that a
/// database that is down holds work back instead of piling results up.
/// </summary>
internal sealed class WorkerActor : UntypedActor, IWithTimers
{
    /// <summary>The actor's name on every node of role <c>worker</c>.</summary>
    public const string Name = "actorllm-worker";

    /// <summary>Attempts held for each one that runs: the dispatchers together may overshoot what each of them believes.</summary>
    private const int HeldPerSlot = 4;

    private const string ShuttingDown = "The worker's node is shutting down.";

    private readonly WorkerRuntime _runtime;
    private readonly BackendHealth _health;
    private readonly LoadBroadcast _broadcast;
    private readonly StationMeter _places;
    private readonly Dictionary<AttemptKey, Held> _held = [];
    private readonly Queue<AttemptKey> _queue = new();
    private int _running;
    private double _latencyMs;
    private IActorRef? _drainRequester;
    private bool _suspended;

    public WorkerActor(WorkerRuntime runtime)
    {
        _runtime = runtime;
        _health = new BackendHealth(Context.GetLogger(), runtime.Time);
        _places = new StationMeter(runtime.Time);
        _broadcast = new LoadBroadcast(Context, runtime.Coordinator);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Whether it takes nothing new: its node ends, or an operator said so.</summary>
    private bool Draining => _drainRequester is not null || _suspended;

    protected override void PreStart()
    {
        _broadcast.Subscribe();
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, Limits.HeartbeatInterval);
        foreach (var backend in _runtime.Backends.Models.SelectMany(model => model.Backends).Distinct()) WorkerMetrics.Failures(backend, 0);
    }

    protected override void PostStop()
    {
        _broadcast.Unsubscribe();
        foreach (var held in _held.Values) held.Run?.Stop();
        WorkerMetrics.Load(capacity: 0, draining: false);
        WorkerMetrics.Held(waiting: 0, running: 0, unacknowledged: 0);
    }

    protected override void OnReceive(object message)
    {
        if (_broadcast.Handle(message))
        {
            Report();
            return;
        }

        switch (message)
        {
            case RunAttempt run:
                Take(run);
                break;
            case Ended ended:
                Finish(ended);
                break;
            case ResultAck ack:
                // The reply is in the journal; what was shown of it is of no more use.
                if (_held.TryGetValue(ack.Key, out var done) && done.End is AttemptEnd.Succeeded) done.Run?.ForgetStream();
                Release(ack.Key);
                break;
            case StopAttempt stop:
                Release(stop.Key);
                break;
            case AttachStream attach when _held.TryGetValue(attach.Key, out var held):
                held.Attach(Sender, attach.FromOffset);
                break;
            case Tick:
                Beat();
                Report();
                break;
            case DrainNode or ResumeNode or GetNodeStanding:
                Steer(message);
                break;
            case Drain drain:
                StartDraining(drain);
                break;
            case DrainDeadline:
                InterruptAll();
                break;
        }
    }

    private void Take(RunAttempt run)
    {
        if (_held.ContainsKey(run.Key)) return;
        if (Draining || _held.Count >= _runtime.Concurrency * HeldPerSlot)
        {
            Sender.Tell(new AttemptRefused(run.Key));
            return;
        }

        _held[run.Key] = new Held(run, _runtime.Time.NowInMilliseconds(), _runtime.Node) { ArrivedAt = _places.Arrive(run.Waited) };
        _queue.Enqueue(run.Key);
        StartQueued();
    }

    private void StartQueued()
    {
        while (_running < _runtime.Concurrency && _queue.TryDequeue(out var key))
        {
            if (!_held.TryGetValue(key, out var held) || held.Run is not null || held.End is not null) continue;
            _running++;
            WorkerMetrics.Waited(_runtime.Time.GetUtcNow() - held.TakenAt);
            var run = held.Start(_runtime, _health, _places.Begin(held.ArrivedAt));
            // Off this actor's thread: a client may compute before its first await.
            Task.Run(run.ExecuteAsync).PipeTo(
                Self,
                success: end => new Ended(key, run, end),
                // A listener to spans may throw, a host's own among them: the attempt ends all the same, and the turn is tried again.
                failure: error => new Ended(key, run, new AttemptEnd.Failed(FailureKind.Interrupted, error.Message, null)));
        }
    }

    private void Finish(Ended ended)
    {
        if (!_held.TryGetValue(ended.Key, out var held) || held.Run != ended.Run || held.End is not null) return;
        held.End = ended.End;
        WorkerMetrics.Ran(_runtime.Time.GetElapsedTime(held.StartedAt), Outcomes.Of(ended.End), ended.Run.Backend);
        if (ended.End is AttemptEnd.Succeeded) Measure(_runtime.Time.GetUtcNow() - held.TakenAt);
        Send(ended.Key, held);
    }

    /// <summary>Only attempts that succeed count: a worker whose backend refuses everything at once is not a fast one.</summary>
    private void Measure(TimeSpan took) =>
        _latencyMs = _latencyMs == 0 ? took.TotalMilliseconds : _latencyMs + (took.TotalMilliseconds - _latencyMs) / 16;

    private void Send(AttemptKey key, Held held)
    {
        if (++held.Sends > 1) TurnMetrics.ResultResent();
        held.ResendAt = _runtime.Time.GetUtcNow()
            + Backoff.Delay(held.Sends, Limits.ResendMin, Limits.ResendMax, _runtime.Random.NextDouble());
        _runtime.Region.Tell(new AttemptResult(key, held.End!) { SpanId = held.Run?.SpanId, BackendTime = held.Run?.BackendTime }, Self);
    }

    private void Release(AttemptKey key)
    {
        if (!_held.Remove(key, out var held)) return;
        if (held.Run is { } run)
        {
            _running--;
            _places.End(held.StartedAt);
            run.Stop();
        }
        else
        {
            _places.GiveUp(held.ArrivedAt);
        }

        StartQueued();
        if (_held.Count == 0) _drainRequester?.Tell(Drained.Instance);
    }

    private void Beat()
    {
        var now = _runtime.Time.GetUtcNow();
        foreach (var (key, held) in _held)
        {
            if (held.End is not null)
            {
                if (held.ResendAt <= now) Send(key, held);
            }
            else if (held.TakenAt + Limits.FirstHeartbeatAfter <= now)
            {
                _runtime.Region.Tell(new Heartbeat(key, Queued: held.Run is null), Self);
            }
        }
    }

    private void Report()
    {
        var capacity = Draining ? 0 : _runtime.Concurrency;
        _broadcast.Send(
            new LoadReport(capacity, _held.Count, TimeSpan.FromMilliseconds(_latencyMs)), _health.Of(_runtime.Backends.BackendNames),
            Tallies.Of(capacity, _places.Read(), _runtime.Backends));
        WorkerMetrics.Load(capacity, Draining);
        var ended = _held.Values.Count(held => held.End is not null);
        var waiting = _held.Values.Count(held => held is { End: null, Run: null });
        WorkerMetrics.Held(waiting, _held.Count - ended - waiting, ended);
    }

    /// <summary>What an operator asks of it. Attempts that wait here are handed back; those that run go on to their end.</summary>
    private void Steer(object order)
    {
        if (order is not GetNodeStanding && _suspended != order is DrainNode)
        {
            _suspended = order is DrainNode;
            Report();
            if (_suspended) InterruptWaiting("The worker's node is being drained.");
        }

        Sender.Tell(new NodeStanding(_runtime.Time.NowInMilliseconds(), _held.Count, Draining));
    }

    private void StartDraining(Drain drain)
    {
        _drainRequester = Sender;
        Report();
        Timers.StartSingleTimer(nameof(DrainDeadline), DrainDeadline.Instance, drain.Patience);
        InterruptWaiting(ShuttingDown);
        if (_held.Count == 0) Sender.Tell(Drained.Instance);
    }

    private void InterruptWaiting(string reason)
    {
        foreach (var (key, held) in _held)
        {
            if (held.Run is null && held.End is null) Interrupt(key, held, reason);
        }
    }

    private void InterruptAll()
    {
        foreach (var (key, held) in _held)
        {
            held.Run?.Stop();
            if (held.End is null) Interrupt(key, held, ShuttingDown);
        }
    }

    private void Interrupt(AttemptKey key, Held held, string reason)
    {
        held.Interrupt(reason, _runtime.Time.NowInMilliseconds());
        Send(key, held);
    }

    private sealed record Ended(AttemptKey Key, AttemptRun Run, AttemptEnd End);

    private sealed record Tick
    {
        public static Tick Instance { get; } = new();
    }

    private sealed record DrainDeadline
    {
        public static DrainDeadline Instance { get; } = new();
    }
}
