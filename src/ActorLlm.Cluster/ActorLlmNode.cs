using ActorLlm.Backends;
using ActorLlm.Cluster.Clients;
using ActorLlm.Cluster.Conversations;
using ActorLlm.Cluster.Coordination;
using ActorLlm.Cluster.Images;
using ActorLlm.Cluster.Inspection;
using ActorLlm.Cluster.Membership;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Cluster.Routing;
using ActorLlm.Cluster.Streams;
using ActorLlm.Cluster.Workers;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Modules;
using ActorLlm.Serialization.AtRest;
using ActorLlm.Telemetry;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;

namespace ActorLlm.Cluster;

/// <summary>What a node of the cluster is made of.</summary>
/// <param name="Journal">Where conversations are stored.</param>
/// <param name="Policy">The operator's settings about conversations.</param>
/// <param name="WorkerConcurrency">Attempts at once on this node, those of modules aside: 1 to 100,000.</param>
/// <param name="Streams">What of a streamed reply is stored before it is shown.</param>
/// <param name="DrainTimeout">How long attempts that run may go on when the node shuts down.</param>
/// <param name="AcceptTimeout">How long a turn is sent without an answer before its caller is told that its acceptance is unknown.</param>
/// <param name="Time">The clock.</param>
public sealed record NodeSettings(
    JournalSettings Journal,
    ConversationPolicy Policy,
    int WorkerConcurrency,
    StreamDurability Streams,
    TimeSpan DrainTimeout,
    TimeSpan AcceptTimeout,
    TimeProvider Time)
{
    /// <summary>The wait for a worker's place that 99 of 100 attempts are not to exceed: what the places are counted for that the cluster is said to want.</summary>
    public TimeSpan TargetWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether the text of messages stands on the spans of attempts.</summary>
    public bool CaptureContent { get; init; }

    /// <summary>Images at addresses.</summary>
    public ImageOptions Images { get; init; } = new();
}

/// <summary>The way into the cluster from this process.</summary>
/// <param name="Region">The way to every conversation.</param>
/// <param name="Client">Speaks for this node's callers.</param>
/// <param name="Coordinator">The way to the coordinator.</param>
/// <param name="ShardWatch">Remembers how shards moved.</param>
/// <param name="Drain">Whether an operator drains this node.</param>
public sealed record NodeRefs(IActorRef Region, IActorRef Client, IActorRef Coordinator, IActorRef ShardWatch, NodeDrain Drain);

/// <summary>Starts the actors that a node's roles call for.</summary>
public static class ActorLlmNode
{
    internal const string RegionName = "conversation";

    // The actors' source of randomness: safe for any number of threads, as several of them share it. The backends have one of their own.
#pragma warning disable RS0030
    private static readonly Random Dice = Random.Shared;
#pragma warning restore RS0030

    /// <summary>Starts them. The cluster may still be forming: what is sent meanwhile waits.</summary>
    public static NodeRefs Start(ActorSystem system, NodeSettings settings, BackendCatalog backends, ModuleCatalog modules)
    {
        settings = settings with { Time = new SteadyTime(settings.Time) };
        TurnMetrics.ShowZeros();
        ClusterMetrics.ShowZeros();
        var roles = Akka.Cluster.Cluster.Get(system).SelfRoles;
        var region = roles.Contains(Roles.Conversation) ? StartConversations(system, settings, modules) : StartProxy(system);
        if (roles.Contains(Roles.Conversation)) StartCoordinator(system, settings, region);
        var coordinator = system.ActorOf(
            ClusterSingletonProxy.Props(
                $"/user/{CoordinatorActor.Name}", ClusterSingletonProxySettings.Create(system).WithRole(Roles.Conversation)),
            $"{CoordinatorActor.Name}-proxy");
        var worker = roles.Contains(Roles.Worker) ? StartWorker(system, settings, backends, modules, region, coordinator) : ActorRefs.Nobody;
        var drain = new NodeDrain();
        system.ActorOf(Props.Create(() => new NodeActor(drain, worker, settings.Time)), NodeActor.Name);
        var client = system.ActorOf(
            Props.Create(() => new ClientActor(new ClientRuntime(region, settings.AcceptTimeout, settings.Time, Dice))), "actorllm-client");
        var shards = system.ActorOf(Props.Create(() => new ShardWatch(settings.Time)), ShardWatch.Name);
        // Their turns may run on other nodes, and so outlast what this node's worker has.
        OnDrain(system, "actorllm-finish-calls", () => client.Ask<Akka.Done>(FinishCalls.Instance, settings.DrainTimeout));
        return new NodeRefs(region, client, coordinator, shards, drain);
    }

    private static IActorRef StartConversations(ActorSystem system, NodeSettings settings, ModuleCatalog modules)
    {
        var dispatcher = system.ActorOf(Props.Create(() => new DispatcherActor(Dice, settings.Time, modules)), DispatcherActor.Name);
        var archive = new JournalReplyArchive(new RecoveryReader(settings.Journal), system.Serialization);
        var runtime = new ConversationRuntime(settings.Policy, settings.Time, Dice, dispatcher, archive, Akka.Cluster.Cluster.Get(system).SelfAddress.Place())
        {
            Region = () => ClusterSharding.Get(system).ShardRegion(RegionName),
        };
        var region = ClusterSharding.Get(system).Start(
            RegionName,
            entityId => ConversationProps.Of(ConversationId.Parse(entityId), runtime),
            ClusterShardingSettings.Create(system).WithRole(Roles.Conversation),
            new ConversationExtractor(),
            ShardAllocationStrategy.LeastShardAllocationStrategy(absoluteLimit: 50, relativeLimit: 0.1),
            StopConversation.Instance);
        system.ActorOf(Props.Create(() => new ShardCount(region)), ShardCount.Name);
        return region;
    }

    private static IActorRef StartProxy(ActorSystem system) =>
        ClusterSharding.Get(system).StartProxy(RegionName, Roles.Conversation, new ConversationExtractor());

    private static void StartCoordinator(ActorSystem system, NodeSettings settings, IActorRef region)
    {
        var watch = Props.Create(() => new UnfinishedWatch(region, settings.Journal, settings.Time));
        var sweep = Props.Create(() => new StreamSweep(settings.Journal));
        system.ActorOf(
            ClusterSingletonManager.Props(
                Props.Create(() => new CoordinatorActor(watch, sweep, settings.TargetWait)),
                PoisonPill.Instance,
                ClusterSingletonManagerSettings.Create(system).WithRole(Roles.Conversation)),
            CoordinatorActor.Name);
    }

    private static IActorRef StartWorker(
        ActorSystem system, NodeSettings settings, BackendCatalog backends, ModuleCatalog modules, IActorRef region, IActorRef coordinator)
    {
        var streams = settings.Streams == StreamDurability.None
            ? null
            : new StreamStore(settings.Journal, EncryptionSetup.Of(system), settings.Streams == StreamDurability.Batched ? Limits.StreamBatch : TimeSpan.Zero);
        if (streams is not null) system.RegisterOnTermination(() => _ = streams.DisposeAsync().AsTask());
        var images = new ImageFetcher(settings.Images, settings.Time);
        system.RegisterOnTermination(images.Dispose);
        var node = Akka.Cluster.Cluster.Get(system).SelfAddress.Place();
        var runtime = new WorkerRuntime(region, coordinator, backends, streams, settings.WorkerConcurrency, settings.Time, Dice, node)
        {
            Spans = new AttemptSpans(node, settings.CaptureContent),
            Images = images,
            Modules = modules,
            Steps = system.ActorOf(Props.Create(() => new StepActor(region, settings.Time, Dice)), "actorllm-steps"),
            Served = ServedModule.Of(modules, Akka.Cluster.Cluster.Get(system).SelfRoles),
        };
        var worker = system.ActorOf(Props.Create(() => new WorkerActor(runtime)), WorkerActor.Name);
        // A little longer than the patience: results that were interrupted still have to be acknowledged.
        OnDrain(system, "actorllm-drain", () => worker.Ask<Drained>(new Drain(settings.DrainTimeout), settings.DrainTimeout + TimeSpan.FromSeconds(5)));
        return worker;
    }

    /// <summary>Does something before the node leaves: what this node's callers wait for, and what its worker runs, may come to its end.</summary>
    private static void OnDrain(ActorSystem system, string name, Func<Task> drain) =>
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, name, async () =>
        {
            // Conversations live elsewhere by now, and take no results from a node that the cluster has put out.
            if (ClusterMembership.WasDowned(system)) return Akka.Done.Instance;
            try
            {
                await drain().ConfigureAwait(false);
            }
            catch (AskTimeoutException)
            {
                // What takes longer than the operator's patience is broken off; it goes on elsewhere.
            }

            return Akka.Done.Instance;
        });

    private sealed class ConversationExtractor() : HashCodeMessageExtractor(Limits.Shards)
    {
        public override string EntityId(object message) => message is IWithConversationId to ? to.Conversation.Value : null!;
    }
}
