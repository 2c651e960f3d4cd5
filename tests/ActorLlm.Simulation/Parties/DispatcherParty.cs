using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Routing;
using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Parties;

/// <summary>A node is up and reachable, or not; or it is no member any more: cluster to dispatcher and worker.</summary>
internal sealed record MemberIs(int Id, bool Reachable);

/// <summary>A node was removed from the cluster.</summary>
internal sealed record MemberRemoved(int Id);

/// <summary>Mirrors DispatcherActor: gives attempts to workers by the domain's table, and tells a conversation when its worker's node is gone.</summary>
internal sealed class DispatcherParty(World world, Node node) : Party(world, node, "dispatcher")
{
    private readonly WorkerTable<Party> _workers = new();
    private readonly Dictionary<AttemptKey, Flight> _flights = [];
    private readonly Queue<AttemptKey> _waiting = new();
    private readonly Dictionary<int, bool> _members = [];
    private bool _ticking;

    public override void Receive(object message, Party? sender)
    {
        switch (message)
        {
            case RunAttempt run:
                _flights[run.Key] = new Flight(run, sender!);
                _waiting.Enqueue(run.Key);
                PlaceWaiting();
                StartTicking();
                break;
            case AttemptClosed closed:
                Close(closed.Key);
                PlaceWaiting();
                break;
            case AttachStream attach when _flights.TryGetValue(attach.Key, out var flight):
                if (flight.Worker is { } worker) Tell(worker, attach, sender!);
                else flight.Streams.Add((sender!, attach));
                break;
            case StopAttempt stop when _flights.TryGetValue(stop.Key, out var flight):
                if (flight.Worker is { } stopped) Tell(stopped, stop, sender!);
                break;
            case AttemptRefused refused:
                PutBack(refused.Key, sender!);
                break;
            case LoadReport report:
                Report(report, sender!);
                break;
            case MemberRemoved removed:
                Lose(removed.Id);
                break;
            case MemberIs member:
                SetMember(member.Id, member.Reachable);
                break;
            case Tick:
                Beat();
                break;
        }
    }

    private void PlaceWaiting()
    {
        while (_waiting.TryPeek(out var key))
        {
            if (_flights.TryGetValue(key, out var flight) && flight.Worker is null)
            {
                if (!_workers.TryPick(World.Random, out var worker)) return;
                flight.Worker = worker;
                _workers.Count(worker, +1);
                Tell(worker, flight.Run, this);
                foreach (var (client, attach) in flight.Streams) Tell(worker, attach, client);
            }

            _waiting.Dequeue();
        }
    }

    private void PutBack(AttemptKey key, Party worker)
    {
        if (!_flights.TryGetValue(key, out var flight) || worker != flight.Worker) return;
        _workers.Count(worker, -1);
        flight.Worker = null;
        _waiting.Enqueue(key);
        StartTicking();
    }

    private void Close(AttemptKey key)
    {
        if (_flights.Remove(key, out var flight) && flight.Worker is { } worker) _workers.Count(worker, -1);
    }

    private void Report(LoadReport report, Party worker)
    {
        if (!_members.TryGetValue(worker.Node!.Id, out var reachable)) return;
        _workers.Report(worker, report.Capacity, report.InFlight, report.Latency);
        _workers.SetReachable(worker, reachable);
        PlaceWaiting();
    }

    private void SetMember(int id, bool reachable)
    {
        _members[id] = reachable;
        foreach (var worker in WorkersAt(id)) _workers.SetReachable(worker, reachable);
    }

    private void Lose(int id)
    {
        _members.Remove(id);
        foreach (var worker in WorkersAt(id)) _workers.Remove(worker);
        foreach (var (key, flight) in _flights.Where(pair => pair.Value.Worker?.Node!.Id == id).ToArray())
        {
            _flights.Remove(key);
            Tell(flight.Conversation, new AttemptResult(key, new AttemptEnd.Failed(FailureKind.WorkerLost, $"The worker's node {id} left the cluster.", null)), this);
        }
    }

    private Party[] WorkersAt(int id) => [.. _workers.Workers.Keys.Where(worker => worker.Node!.Id == id)];

    // The actor ticks always; with nothing waiting a tick does nothing.
    private void StartTicking()
    {
        if (_ticking || _waiting.Count == 0) return;
        _ticking = true;
        World.Post(this, Tick.Instance, this, (long)Limits.HeartbeatInterval.TotalMilliseconds);
    }

    private void Beat()
    {
        foreach (var (key, flight) in _flights)
        {
            if (flight.Worker is null) Tell(flight.Conversation, new Heartbeat(key, Queued: true), this);
        }

        _ticking = false;
        StartTicking();
    }

    private void Tell(Party to, object message, Party sender) => World.Network.Send(Node, to, message, sender);

    private sealed class Flight(RunAttempt run, Party conversation)
    {
        public RunAttempt Run { get; } = run;

        public Party Conversation { get; } = conversation;

        public Party? Worker { get; set; }

        public List<(Party Client, AttachStream Attach)> Streams { get; } = [];
    }

    private sealed record Tick
    {
        public static Tick Instance { get; } = new();
    }
}
