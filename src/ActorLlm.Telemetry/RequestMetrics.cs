using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ActorLlm.Telemetry;

/// <summary>Requests of clients, at the HTTP face.</summary>
internal static class RequestMetrics
{
    private static readonly Histogram<double> Duration = Sources.Meter.CreateHistogram(
        "gen_ai.server.request.duration", "s", "Time of a request to its last byte.", tags: null, Buckets.Operation);

    private static readonly Histogram<double> FirstToken = Sources.Meter.CreateHistogram(
        "gen_ai.server.time_to_first_token", "s", "Time of a streamed request to its first text.", tags: null, Buckets.FirstToken);

    private static readonly Histogram<double> PerToken = Sources.Meter.CreateHistogram(
        "gen_ai.server.time_per_output_token", "s", "Time between two tokens of a stream after the first.", tags: null, Buckets.PerToken);

    private static readonly UpDownCounter<int> Streams = Sources.Meter.CreateUpDownCounter<int>(
        "actorllm.streams.open", "{stream}", "Replies that are being streamed to clients.");

    private static readonly Counter<long> DirectCalls = Sources.Meter.CreateCounter<long>(
        "actorllm.direct.calls", "{call}", "Requests with store: false, whose replies are kept nowhere.");

    private static readonly Counter<long> RateLimited = Sources.Meter.CreateCounter<long>(
        "actorllm.requests.rate_limited", "{request}", "Requests answered with 429.");

    /// <summary>Whether anybody listens to the times of requests.</summary>
    public static bool Wanted => Duration.Enabled || FirstToken.Enabled || PerToken.Enabled;

    public static void Answered(string operation, string model, TimeSpan took, string? error)
    {
        var tags = Tags(operation, model);
        if (error is not null) tags.Add(Names.ErrorType, error);
        Duration.Record(took.TotalSeconds, tags);
    }

    public static void FirstText(string operation, string model, TimeSpan after) => FirstToken.Record(after.TotalSeconds, Tags(operation, model));

    public static void Streamed(string operation, string model, TimeSpan sinceFirst, long tokens)
    {
        if (tokens > 1) PerToken.Record(sinceFirst.TotalSeconds / (tokens - 1), Tags(operation, model));
    }

    public static void StreamOpened() => Streams.Add(1);

    public static void StreamClosed() => Streams.Add(-1);

    public static void CalledDirectly(string operation) => DirectCalls.Add(1, new KeyValuePair<string, object?>(Names.Operation, operation));

    public static void Refused(string code) => RateLimited.Add(1, new KeyValuePair<string, object?>(Names.ErrorCode, code));

    private static TagList Tags(string operation, string model) => new()
    {
        { Names.Operation, operation },
        { Names.RequestModel, model },
    };
}
