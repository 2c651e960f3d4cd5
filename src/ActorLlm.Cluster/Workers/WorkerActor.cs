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
/// database that is down holds work back instead of piling results up. Each module has slots of its own.
/// </summary>
internal sealed class WorkerActor : UntypedActor, IWithTimers
{
    /// <summary>The actor's name on every node of role <c>worker</c>.</summary>
    public const string Name = "actorllm-worker";

    private const string ShuttingDown = "The worker's node is shutting down.";

    private readonly WorkerRuntime _runtime;
    private readonly BackendHealth _health;
    private readonly LoadBroadcast _broadcast;
    private readonly Dictionary<AttemptKey, Held> _held = [];
    private readonly Slots _chats;
    private readonly Dictionary<string, Slots> _modules;
    private IActorRef? _drainRequester;
    private bool _suspended;

    public WorkerActor(WorkerRuntime runtime)
    {
        _runtime = runtime;
        _health = new BackendHealth(Context.GetLogger(), runtime.Time);
        _broadcast = new LoadBroadcast(Context, runtime.Coordinator);
        _chats = new Slots(runtime.Concurrency, runtime.Time);
        _modules = runtime.Served.ToDictionary(served => served.Key, served => new Slots(served.Value.Options.Concurrency, runtime.Time, served.Value));
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
            case Vacated vacated:
                vacated.Slots.Vacate(vacated.Left);
                StartQueued(vacated.Slots);
                break;
            case Overdue overdue when !overdue.Left.IsCompleted:
                Stick(overdue);
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
        if (Draining || SlotsOf(run.Content.Model) is not { IsFull: false } slots)
        {
            Sender.Tell(new AttemptRefused(run.Key));
            return;
        }

        _held[run.Key] = new Held(run, slots, _runtime.Time.NowInMilliseconds(), _runtime.Node) { ArrivedAt = slots.Meter.Arrive(run.Waited) };
        slots.Held++;
        slots.Waiting.Enqueue(run.Key);
        StartQueued(slots);
    }

    /// <summary>Where a turn's attempts run; null where its module runs on other nodes.</summary>
    private Slots? SlotsOf(string model) =>
        _modules.Count > 0 && _modules.TryGetValue(model, out var slots) ? slots
        : _runtime.Modules.TryGet(model, out _) ? null
        : _chats;

    private void StartQueued(Slots slots)
    {
        while (slots.TryTake(out var key))
        {
            if (!_held.TryGetValue(key, out var held) || held.Run is not null || held.End is not null)
            {
                slots.GiveBack();
                continue;
            }

            WorkerMetrics.Waited(_runtime.Time.GetUtcNow() - held.TakenAt);
            var run = held.Start(_runtime, _health, slots.Meter.Begin(held.ArrivedAt));
            // Off this actor's thread: a client may compute before its first await.
            var work = Task.Run(run.ExecuteAsync);
            held.Work = work;
            work.PipeTo(
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
        if (ended.End is AttemptEnd.Succeeded) held.Slots.Measure(_runtime.Time.GetUtcNow() - held.TakenAt);
        Send(ended.Key, held);
    }

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
        held.Slots.Held--;
        if (held.Run is not { } run) held.Slots.Meter.GiveUp(held.ArrivedAt);
        else
        {
            held.Slots.Meter.End(held.StartedAt);
            run.Stop();
            Leave(held, run);
        }

        StartQueued(held.Slots);
        if (_held.Count == 0) _drainRequester?.Tell(Drained.Instance);
    }

    /// <summary>Gives a place back: at once, or when a module has returned that goes on though its attempt is over.</summary>
    private void Leave(Held held, AttemptRun run)
    {
        var slots = held.Slots;
        if (slots.Leave(held.Work, run) is not { } left) return;
        left.PipeTo(Self, success: () => new Vacated(left, slots));
        Task.Delay(Limits.ModuleLeavesWithin, _runtime.Time).PipeTo(Self, success: () => new Overdue(left, slots));
    }

    /// <summary>A module does not return. What waits for its place is handed back once there is no other, and more is taken only where there is one.</summary>
    private void Stick(Overdue overdue)
    {
        var slots = overdue.Slots;
        slots.Stick(overdue.Left);
        Context.GetLogger().Warning(
            "Module {Module} does not return, {Wait} after it was told to: {Stuck} of its {Places} places on this node are held by such calls.",
            slots.Module!.Name, Limits.ModuleLeavesWithin, slots.Stuck, slots.Concurrency);
        Report();
        if (slots.Usable == 0) InterruptWaiting($"All places of the module '{slots.Module.Name}' on its worker are held by calls that do not return.", slots);
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
        var modules = _modules.Select(module => new ModuleLoad(module.Key, Draining ? 0 : module.Value.Usable, module.Value.Held, module.Value.Latency));
        var load = new LoadReport(capacity, _chats.Held, _chats.Latency) { Modules = [.. modules] };
        _broadcast.Send(load, _health.Of(_runtime.Backends.BackendNames), Tallies.Of(capacity, _chats.Meter.Read(), _runtime.Backends));
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

    private void InterruptWaiting(string reason, Slots? of = null)
    {
        foreach (var (key, held) in _held)
        {
            if (held.Run is null && held.End is null && (of is null || held.Slots == of)) Interrupt(key, held, reason);
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

    /// <summary>Nothing works any more on a place that was left.</summary>
    private sealed record Vacated(Task Left, Slots Slots);

    /// <summary>By now a place that was left should be free.</summary>
    private sealed record Overdue(Task Left, Slots Slots);

    private sealed record Tick
    {
        public static Tick Instance { get; } = new();
    }

    private sealed record DrainDeadline
    {
        public static DrainDeadline Instance { get; } = new();
    }
}
