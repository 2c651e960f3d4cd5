using System.Net;
using ActorLlm.Hosting;
using ActorLlm.Processes;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace ActorLlm.Bench.Subjects;

/// <summary>
/// Listens to all that the product tells and sends it by OTLP every 5 s to a collector that throws it away. The collector is in this process, so its own work is
/// counted too.
/// </summary>
internal sealed class Listener : IDisposable
{
    private const int ExportEveryMs = 5000;

    private readonly HttpListener _collector = new();
    private readonly MeterProvider _meters;
    private readonly TracerProvider? _traces;

    /// <param name="traced">The share of turns that are traced: 0 for metrics alone.</param>
    public Listener(double traced)
    {
        var address = $"http://127.0.0.1:{LoopbackPorts.Free()[0]}/";
        _collector.Prefixes.Add(address);
        _collector.Start();
        _ = TakeAsync();
        _meters = Sdk.CreateMeterProviderBuilder().AddMeter(ActorLlmTelemetry.MeterName).AddOtlpExporter((exporter, reader) =>
        {
            Send(exporter, new Uri($"{address}v1/metrics"));
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = ExportEveryMs;
        }).Build();
        if (traced == 0) return;
        _traces = Sdk.CreateTracerProviderBuilder()
            .AddSource(ActorLlmTelemetry.SourceName)
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(traced)))
            .AddOtlpExporter(exporter => Send(exporter, new Uri($"{address}v1/traces")))
            .Build();
    }

    public void Dispose()
    {
        _traces?.Dispose();
        _meters.Dispose();
        _collector.Close();
    }

    private static void Send(OtlpExporterOptions exporter, Uri to) => (exporter.Protocol, exporter.Endpoint) = (OtlpExportProtocol.HttpProtobuf, to);

    private async Task TakeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _collector.GetContextAsync();
                await context.Request.InputStream.CopyToAsync(Stream.Null);
                context.Response.Close();
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
