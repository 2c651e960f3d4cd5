using System.Collections.Concurrent;
using System.Diagnostics;

namespace ActorLlm.Hosting.Tests;

/// <summary>Records the spans of this process, as an exporter would; the tests beside it are told apart by their traces.</summary>
internal sealed class RecordedSpans : IDisposable
{
    private const string Name = "test";

    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivitySource _source = new($"{Name}-{Guid.CreateVersion7()}");
    private readonly ActivityListener _listener;

    public RecordedSpans(ActivitySamplingResult sampling = ActivitySamplingResult.AllDataAndRecorded)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ActorLlmTelemetry.SourceName || source == _source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => sampling,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyList<Activity> All => [.. _ended];

    /// <summary>Begins the request that brings a turn, as the HTTP server does.</summary>
    public Activity BeginRequest() => _source.StartActivity("request", ActivityKind.Server)!;

    /// <summary>The ended spans of a trace, in the order of their beginning.</summary>
    public IReadOnlyList<Activity> Of(Activity request) =>
        [.. _ended.Where(span => span.TraceId == request.TraceId && span != request).OrderBy(span => span.StartTimeUtc)];

    /// <summary>The ended spans of a trace with a name, in the order of their beginning.</summary>
    public IReadOnlyList<Activity> Of(Activity request, string name) => [.. Of(request).Where(span => span.OperationName == name)];

    /// <summary>Waits for as many spans of a name, and gives them.</summary>
    public async Task<IReadOnlyList<Activity>> AwaitAsync(Activity request, string name, int count)
    {
        await Eventually.HoldsAsync($"{count} spans '{name}' have ended", () => Of(request, name).Count >= count);
        var spans = Of(request, name);
        Assert.Equal(count, spans.Count);
        return spans;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _source.Dispose();
    }
}
