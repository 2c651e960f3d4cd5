using ActorLlm.Backends;
using ActorLlm.Cluster.Images;
using ActorLlm.Cluster.Streams;
using ActorLlm.Domain.Conversations;
using ActorLlm.Modules;
using Akka.Actor;

namespace ActorLlm.Cluster.Workers;

/// <summary>An attempt that a worker has taken and that its conversation has not released yet.</summary>
internal sealed class Held(RunAttempt request, Slots slots, DateTimeOffset takenAt, string node)
{
    private readonly RunTrace _trace = new(node, takenAt);

    private Dictionary<IActorRef, int>? _waitingStreams;

    public DateTimeOffset TakenAt { get; } = takenAt;

    /// <summary>Where its place is.</summary>
    public Slots Slots { get; } = slots;

    /// <summary>The attempt at work; null while it waits for a slot.</summary>
    public AttemptRun? Run { get; private set; }

    /// <summary>Its run; done when it has ended.</summary>
    public Task Work { get; set; } = Task.CompletedTask;

    /// <summary>How it ended; null until then.</summary>
    public AttemptEnd? End { get; set; }

    public int Sends { get; set; }

    public DateTimeOffset ResendAt { get; set; }

    /// <summary>When it came here, by <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long ArrivedAt { get; init; }

    /// <summary>When it came to work, by <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long StartedAt { get; private set; }

    public AttemptRun Start(WorkerRuntime runtime, BackendHealth health, long now)
    {
        StartedAt = now;
        Run = new AttemptRun(request, runtime, health, _trace, Slots.Module);
        foreach (var (client, offset) in _waitingStreams ?? []) Run.Attach(client, offset);
        _waitingStreams = null;
        return Run;
    }

    /// <summary>Ends it without a reply, and without waiting for it.</summary>
    public void Interrupt(string reason, DateTimeOffset now) =>
        End = new AttemptEnd.Failed(FailureKind.Interrupted, reason, null) { Trace = _trace.Until(now, replied: false) };

    public void Attach(IActorRef client, int offset)
    {
        if (Run is { } run) run.Attach(client, offset);
        else (_waitingStreams ??= [])[client] = offset;
    }
}

/// <summary>What a worker needs to work.</summary>
/// <param name="Region">Where results and heartbeats for conversations go.</param>
/// <param name="Coordinator">The coordinator, wherever it is.</param>
/// <param name="Backends">The node's backends.</param>
/// <param name="Streams">Where streamed replies are stored before they are shown; null where they are not.</param>
/// <param name="Concurrency">Attempts at once, those of modules aside: 1 to 100,000.</param>
/// <param name="Time">The clock.</param>
/// <param name="Random">For jitter.</param>
/// <param name="Node">The node, <c>host:port</c>.</param>
internal sealed record WorkerRuntime(
    IActorRef Region, IActorRef Coordinator, BackendCatalog Backends, StreamStore? Streams, int Concurrency, TimeProvider Time, Random Random, string Node)
{
    /// <summary>How it tells of its attempts.</summary>
    public AttemptSpans Spans { get; init; } = new("", CaptureContent: false);

    /// <summary>Reads images for backends that do not do so themselves.</summary>
    public required ImageFetcher Images { get; init; }

    /// <summary>Speaks to conversations about the steps of their turns.</summary>
    public IActorRef Steps { get; init; } = ActorRefs.Nobody;

    /// <summary>The node's modules, those of other nodes' roles too.</summary>
    public ModuleCatalog Modules { get; init; } = ModuleCatalog.Empty;

    /// <summary>The modules that it runs, by name.</summary>
    public IReadOnlyDictionary<string, ServedModule> Served { get; init; } = new Dictionary<string, ServedModule>();
}

/// <summary>Take nothing new, finish what runs within the patience given, hand the rest back; answered by <see cref="Drained"/>.</summary>
internal sealed record Drain(TimeSpan Patience);

/// <summary>The worker holds nothing any more.</summary>
internal sealed record Drained
{
    public static Drained Instance { get; } = new();
}
