using System.Reflection;
using ActorLlm.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ActorLlm.Node;

/// <summary>Where the node's traces, metrics and logs go: to a collector by OpenTelemetry's own variables, to a Prometheus that reads them, or nowhere.</summary>
internal static class NodeTelemetry
{
    private const string HttpMeter = "Microsoft.AspNetCore.Hosting";

    // Each signal may have an address of its own.
    private static readonly string[] OtlpEndpoints =
    [
        "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
    ];

    /// <summary>Adds what the configuration asks for; without any, nothing listens and nothing is paid.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var otlp = OtlpEndpoints.Any(name => !string.IsNullOrEmpty(builder.Configuration[name]));
        var prometheus = builder.Configuration[$"{ActorLlmOptions.Section}:{nameof(ActorLlmOptions.Telemetry)}:{nameof(TelemetryOptions.Prometheus)}:{nameof(PrometheusOptions.Url)}"];
        if (!otlp && prometheus is null) return;
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(
                builder.Configuration["OTEL_SERVICE_NAME"] ?? "actorllm", serviceVersion: Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(ActorLlmTelemetry.MeterName, HttpMeter).AddRuntimeInstrumentation();
                if (prometheus is not null) metrics.AddPrometheusExporter();
            });
        if (prometheus is not null) builder.Services.AddHostedService<PrometheusListener>();
        if (!otlp) return;
        builder.Logging.AddOpenTelemetry(logs => (logs.IncludeScopes, logs.IncludeFormattedMessage) = (true, true));
        telemetry
            .WithTracing(traces => traces.AddSource(ActorLlmTelemetry.SourceName).AddAspNetCoreInstrumentation(
                // Probes come every few seconds and tell nothing.
                requests => requests.Filter = http => !http.Request.Path.StartsWithSegments("/healthz", StringComparison.Ordinal)))
            .UseOtlpExporter();
    }
}
