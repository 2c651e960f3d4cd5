using ActorLlm.Backends;
using ActorLlm.Cluster.Images;
using ActorLlm.Cluster.Workers;
using Akka.Actor;

namespace ActorLlm.Cluster.Tests;

/// <summary>What a worker works with, where a test has no cluster.</summary>
internal static class Runtimes
{
    public static WorkerRuntime Of(BackendCatalog backends, TimeProvider? time = null) =>
        new(ActorRefs.Nobody, ActorRefs.Nobody, backends, Streams: null, Concurrency: 1, time ?? TimeProvider.System, new Random(711), "a:1")
        {
            Spans = new AttemptSpans("a:1", CaptureContent: false),
            Images = new ImageFetcher(new ImageOptions(), TimeProvider.System),
        };
}
