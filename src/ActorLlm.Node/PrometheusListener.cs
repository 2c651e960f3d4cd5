using ActorLlm.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace ActorLlm.Node;

/// <summary>Serves <c>/metrics</c> on a listener of its own: what operators read is not behind the API's port, and not behind its keys.</summary>
internal sealed class PrometheusListener(IOptions<ActorLlmOptions> options, MeterProvider metrics, ILogger<PrometheusListener> log) : IHostedService, IAsyncDisposable
{
    private WebApplication? _app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var url = options.Value.Telemetry.Prometheus.Url!;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(url);
        _app = builder.Build();
        _app.UseOpenTelemetryPrometheusScrapingEndpoint(metrics, predicate: null, path: "/metrics", configureBranchedPipeline: null, optionsName: null);
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException)
        {
            throw new UnusableAddressException(
                $"ActorLlm:Telemetry:Prometheus:Url is '{url}', where the node cannot listen: {error.Message.ReplaceLineEndings(" ")} Choose another address, or leave the key out.",
                error);
        }

        log.LogInformation("Prometheus reads metrics at {Urls}/metrics", string.Join(", ", _app.Urls));
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
    }
}
