using ActorLlm.Domain;
using ActorLlm.Domain.Capacity;
using ActorLlm.Domain.Routing;
using ActorLlm.Telemetry;
using Akka.Actor;
using Akka.Cluster;

namespace ActorLlm.Cluster.Coordination;

/// <summary>
/// The cluster's one coordinator: the registry of workers and of what they counted, and the parent of the watch over unfinished conversations and of the sweep over old streams. No
/// message of a turn passes through it, so a turn never waits for it to move.
/// </summary>
internal sealed class CoordinatorActor : UntypedActor, IWithTimers
{
    /// <summary>The singleton's name.</summary>
    public const string Name = "actorllm-coordinator";

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly Dictionary<IActorRef, LoadReport> _workers = [];
    private readonly CapacityBook<IActorRef> _capacity = new();
    private readonly TimeSpan _targetWait;
    private readonly IActorRef _unfinished;

    public CoordinatorActor(Props watch, Props sweep, TimeSpan targetWait)
    {
        _targetWait = targetWait;
        _unfinished = Context.ActorOf(watch, "unfinished");
        Context.ActorOf(sweep, "streams");
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, typeof(ClusterEvent.MemberRemoved));
        Timers.StartPeriodicTimer(nameof(Reckon), Reckon.Instance, Limits.CapacityInterval);
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        // Another node's coordinator tells of it from now on.
        CapacityMetrics.Wanted(0);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            // A report that was under way when its node was removed must not bring the worker back.
            case LoadReport report when _cluster.State.Members.Any(member => member.Address == _cluster.AddressOf(Sender)):
                _workers[Sender] = report;
                _capacity.Report(Sender, report.Stations);
                break;
            case Reckon when CapacityMetrics.IsWanted:
                CapacityMetrics.Wanted(_capacity.Wanted(_targetWait));
                break;
            case GetCapacity:
                Sender.Tell(new CapacityReport(_targetWait, _capacity.Wanted(_targetWait), _capacity.Read()));
                break;
            case GetWorkers:
                Sender.Tell(new WorkerList(
                    [.. _workers.Select(worker => new WorkerEntry(_cluster.AddressOf(worker.Key).ToString(), worker.Value)).OrderBy(entry => entry.Address, StringComparer.Ordinal)]));
                break;
            case GetUnfinished or GetAsking:
                _unfinished.Forward(message);
                break;
            case ClusterEvent.MemberRemoved removed:
                foreach (var worker in _workers.Keys.Where(worker => _cluster.AddressOf(worker) == removed.Member.Address).ToArray())
                {
                    _workers.Remove(worker);
                    _capacity.Remove(worker);
                }

                break;
        }
    }

    private sealed record Reckon
    {
        public static Reckon Instance { get; } = new();
    }
}
