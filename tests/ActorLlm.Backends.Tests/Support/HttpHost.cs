using ActorLlm.Simulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ActorLlm.Backends.Tests.Support;

/// <summary>A server on a free loopback port, in this process.</summary>
public sealed class HttpHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HttpHost(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>The simulator's own server.</summary>
    public static Task<HttpHost> Simulator(params string[] settings) =>
        Start(SimulatorServer.Build(["--urls", "http://127.0.0.1:0", .. settings]));

    /// <summary>A server that answers everything in one way, for what the simulator does not do.</summary>
    public static Task<HttpHost> Answering(RequestDelegate answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.MapFallback(answer);
        return Start(app);
    }

    /// <summary>A server that answers everything with these bytes and closes in good order.</summary>
    public static Task<HttpHost> Answering(string contentType, string body) => Answering(context =>
    {
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(body);
    });

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static async Task<HttpHost> Start(WebApplication app)
    {
        await app.StartAsync();
        return new HttpHost(app);
    }
}
