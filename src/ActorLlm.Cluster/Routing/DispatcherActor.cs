using ActorLlm.Cluster.Conversations;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Routing;
using ActorLlm.Modules;
using ActorLlm.Telemetry;
using Akka.Actor;
using Akka.Cluster;

namespace ActorLlm.Cluster.Routing;

/// <summary>
/// Gives the attempts of this node's conversations to workers anywhere: follows membership and reachability, picks by load, keeps what no
/// worker has room for, and tells a conversation when the node of its worker is gone. What waits for a module holds up nothing else.
/// </summary>
internal sealed class DispatcherActor : UntypedActor, IWithTimers
{
    /// <summary>The actor's name on every node of role <c>conversation</c>.</summary>
    public const string Name = "actorllm-dispatcher";

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly Random _random;
    private readonly TimeProvider _time;
    private readonly Lane _chats = new(new WorkerTable<IActorRef>(), module: null);
    private readonly ModuleTables<IActorRef> _modules;
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly ModuleCatalog _registered;
    private readonly Dictionary<AttemptKey, Flight> _flights = [];
    private readonly Dictionary<Address, bool> _members = [];

    public DispatcherActor(Random random, TimeProvider time, ModuleCatalog registered)
    {
        _random = random;
        _time = time;
        _registered = registered;
        _modules = new ModuleTables<IActorRef>(registered.Modules.Select(module => module.Name));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _cluster.Subscribe(
            Self,
            ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent),
            typeof(ClusterEvent.IReachabilityEvent));
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, Limits.HeartbeatInterval);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RunAttempt run:
                Take(run);
                break;
            case AttemptClosed closed:
                Close(closed.Key);
                break;
            case AttachStream attach when _flights.TryGetValue(attach.Key, out var flight):
                if (flight.Worker is { } worker) worker.Forward(attach);
                else flight.Watch(Sender, attach);
                break;
            case StopAttempt stop when _flights.TryGetValue(stop.Key, out var flight):
                flight.Worker?.Tell(stop, Sender);
                break;
            case AttemptRefused refused:
                PutBack(refused.Key);
                break;
            case LoadReport report:
                Report(report);
                break;
            case ClusterEvent.MemberRemoved removed:
                Lose(removed.Member.Address);
                break;
            case ClusterEvent.IMemberEvent member:
                SetMember(member.Member.Address, member.Member.Status is MemberStatus.Up or MemberStatus.WeaklyUp);
                break;
            case ClusterEvent.UnreachableMember unreachable:
                SetMember(unreachable.Member.Address, reachable: false);
                break;
            case ClusterEvent.ReachableMember reachable:
                SetMember(reachable.Member.Address, reachable.Member.Status is MemberStatus.Up or MemberStatus.WeaklyUp);
                break;
            case Tick:
                Beat();
                Tell();
                break;
        }
    }

    private void Beat()
    {
        foreach (var lane in _lanes.Values) lane.WaitsFor = WaitsFor(lane);
        foreach (var (key, flight) in _flights)
        {
            if (flight.Worker is null) flight.Conversation.Tell(new Heartbeat(key, Queued: true) { WaitsFor = flight.Lane.WaitsFor });
        }
    }

    private string WaitsFor(Lane lane)
    {
        var on = _registered.TryGet(lane.Module!, out var module) && module.Options.Role.Length > 0 ? $", which runs on workers of the role '{module.Options.Role}'" : "";
        return lane.Workers.Workers.Values.Any(worker => worker is { Reachable: true, Capacity: > 0 })
            ? $"every worker that runs the module '{lane.Module}' is busy."
            : $"no worker of the cluster runs the module '{lane.Module}'{on}.";
    }

    private void Tell()
    {
        WorkerMetrics.Dispatcher(
            waiting: _flights.Values.Count(flight => flight.Worker is null),
            workers: _chats.Workers.Workers.Values.Count(worker => worker is { Reachable: true, Capacity: > 0 }));
        var state = _cluster.State;
        var up = state.Members.Count(member => member.Status is MemberStatus.Up or MemberStatus.WeaklyUp && !state.Unreachable.Contains(member));
        ClusterMetrics.Members(up, state.Unreachable.Count, state.Members.Count - state.Unreachable.Count - up);
    }

    private void Take(RunAttempt run)
    {
        var lane = LaneOf(run.Content.Model);
        if (lane.Waiting.Count >= Limits.MaxQueuedAttempts) DropClosed(lane);
        if (lane.Waiting.Count >= Limits.MaxQueuedAttempts)
        {
            Sender.Tell(new AttemptResult(run.Key, new AttemptEnd.Failed(
                FailureKind.Provider, $"{Limits.MaxQueuedAttempts} attempts already wait for a worker on this node.", null)));
            return;
        }

        var flight = _flights[run.Key] = new Flight(run, Sender, lane);
        lane.Waiting.Enqueue(run.Key);
        PlaceWaiting(lane);
        if (flight.Worker is null) flight.WaitsSince = _time.GetTimestamp();
    }

    private Lane LaneOf(string model)
    {
        if (_modules.Of(model) is not { } workers) return _chats;
        if (!_lanes.TryGetValue(model, out var lane)) _lanes[model] = lane = new Lane(workers, model);
        return lane;
    }

    /// <summary>Gives waiting attempts to workers, first come first served, as long as any worker has room.</summary>
    private void PlaceWaiting(Lane lane)
    {
        while (lane.Waiting.TryPeek(out var key))
        {
            if (_flights.TryGetValue(key, out var flight) && flight.Worker is null)
            {
                if (!lane.Workers.TryPick(_random, out var worker)) return;
                Place(flight, worker);
            }

            lane.Waiting.Dequeue();
        }
    }

    /// <summary>Attempts that were closed while they waited keep their place until it is needed.</summary>
    private void DropClosed(Lane lane)
    {
        for (var left = lane.Waiting.Count; left > 0; left--)
        {
            var key = lane.Waiting.Dequeue();
            if (_flights.TryGetValue(key, out var flight) && flight.Worker is null) lane.Waiting.Enqueue(key);
        }
    }

    private void Place(Flight flight, IActorRef worker)
    {
        flight.Worker = worker;
        flight.Lane.Workers.Count(worker, +1);
        worker.Tell(flight.WaitsSince is { } since
            ? flight.Run with { Waited = TimeSpan.FromMicroseconds(Math.Floor(_time.GetElapsedTime(since).TotalMicroseconds)) }
            : flight.Run);
        foreach (var (client, attach) in flight.Streams ?? []) worker.Tell(attach, client);
    }

    private void PutBack(AttemptKey key)
    {
        if (!_flights.TryGetValue(key, out var flight) || !Sender.Equals(flight.Worker)) return;
        flight.Lane.Workers.Count(Sender, -1);
        flight.Worker = null;
        // Not placed at once: it would go round and round until the worker's next report says that it is full.
        flight.Lane.Waiting.Enqueue(key);
    }

    private void Close(AttemptKey key)
    {
        if (!_flights.Remove(key, out var flight)) return;
        if (flight.Worker is { } worker) flight.Lane.Workers.Count(worker, -1);
        PlaceWaiting(flight.Lane);
    }

    private void Report(LoadReport report)
    {
        // A report that was under way when its node was removed must not bring the worker back.
        if (!_members.TryGetValue(_cluster.AddressOf(Sender), out var reachable)) return;
        _chats.Workers.Report(Sender, report.Capacity, report.InFlight, report.Latency);
        _chats.Workers.SetReachable(Sender, reachable);
        PlaceWaiting(_chats);
        _modules.Report(Sender, report.Modules);
        _modules.SetReachable(Sender, reachable);
        foreach (var lane in _lanes.Values) PlaceWaiting(lane);
    }

    private void SetMember(Address address, bool reachable)
    {
        _members[address] = reachable;
        foreach (var worker in WorkersAt(address))
        {
            _chats.Workers.SetReachable(worker, reachable);
            _modules.SetReachable(worker, reachable);
        }
    }

    private void Lose(Address address)
    {
        _members.Remove(address);
        foreach (var worker in WorkersAt(address))
        {
            _chats.Workers.Remove(worker);
            _modules.Remove(worker);
        }

        foreach (var (key, flight) in _flights.Where(pair => pair.Value.Worker is { } worker && _cluster.AddressOf(worker) == address).ToArray())
        {
            _flights.Remove(key);
            flight.Conversation.Tell(new AttemptResult(key, new AttemptEnd.Failed(
                FailureKind.WorkerLost, $"The worker's node {address} left the cluster.", null)
            {
                Trace = new AttemptTrace(address.Place()),
            }));
        }
    }

    private IActorRef[] WorkersAt(Address address) => [.. _chats.Workers.Workers.Keys.Where(worker => _cluster.AddressOf(worker) == address)];

    /// <summary>What waits for the same workers: chats, or the turns of one module.</summary>
    private sealed class Lane(WorkerTable<IActorRef> workers, string? module)
    {
        public WorkerTable<IActorRef> Workers { get; } = workers;

        public string? Module { get; } = module;

        public Queue<AttemptKey> Waiting { get; } = new();

        /// <summary>What is waited for, for people; empty where a free worker is all.</summary>
        public string WaitsFor { get; set; } = "";
    }

    private sealed class Flight(RunAttempt run, IActorRef conversation, Lane lane)
    {
        public Lane Lane { get; } = lane;

        public RunAttempt Run { get; } = run;

        /// <summary>Since when it waits for a worker, by <see cref="TimeProvider.GetTimestamp"/>; null where one took it at once.</summary>
        public long? WaitsSince { get; set; }

        public IActorRef Conversation { get; } = conversation;

        public IActorRef? Worker { get; set; }

        /// <summary>Who watches: the latest wish of each, handed on whenever a worker takes the attempt.</summary>
        public Dictionary<IActorRef, AttachStream>? Streams { get; private set; }

        public void Watch(IActorRef client, AttachStream attach) => (Streams ??= [])[client] = attach;
    }

    private sealed record Tick
    {
        public static Tick Instance { get; } = new();
    }
}
