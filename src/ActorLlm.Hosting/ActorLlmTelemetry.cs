using ActorLlm.Telemetry;

namespace ActorLlm.Hosting;

/// <summary>
/// What a host listens to, for example with OpenTelemetry's <c>AddSource</c> and <c>AddMeter</c>. Nothing is recorded, sent or stored while nobody does.
/// docs/telemetry.md tells of every span and every measurement.
/// </summary>
public static class ActorLlmTelemetry
{
    /// <summary>The name of the <see cref="System.Diagnostics.ActivitySource"/>.</summary>
    public const string SourceName = Sources.Name;

    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/>.</summary>
    public const string MeterName = Sources.Name;
}

/// <summary>What the node tells of itself: <c>ActorLlm:Telemetry</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>
    /// Whether the text of messages and replies stands on the spans of attempts, as <c>gen_ai.input.messages</c> and <c>gen_ai.output.messages</c>: whoever
    /// reads traces then reads conversations. Default false. It is never in logs.
    /// </summary>
    public bool CaptureContent { get; set; }

    /// <summary>Where Prometheus reads.</summary>
    public PrometheusOptions Prometheus { get; set; } = new();
}

/// <summary>Where Prometheus reads: <c>ActorLlm:Telemetry:Prometheus</c>. The ready-made node serves it; another host brings an exporter of its own.</summary>
public sealed class PrometheusOptions
{
    /// <summary>
    /// The address of a listener of its own, such as <c>http://127.0.0.1:9464</c>, that serves <c>/metrics</c> and nothing else to whoever reaches it. Null, the
    /// default, for none.
    /// </summary>
    public string? Url { get; set; }
}
