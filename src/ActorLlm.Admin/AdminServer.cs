using System.Net.Sockets;
using ActorLlm.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ActorLlm.Admin;

/// <summary>The configured address of the admin endpoint cannot be listened on; the message is for people.</summary>
public sealed class AdminAddressException(string message, Exception cause) : Exception(message, cause);

/// <summary>
/// The admin endpoint: a web server of its own within the node, so that its paths are on no other listener. It listens before the node joins the cluster
/// and until it has left it, so that a node in trouble can be asked.
/// </summary>
internal sealed partial class AdminServer(
    IOptions<AdminOptions> options, IInspection inspection, ISteering steering, IConversationExport export, IAuditLog audit, IReplyOutbox outbox,
    TimeProvider time, ILoggerFactory loggers)
    : IHostedLifecycleService, IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly ILogger _log = loggers.CreateLogger<AdminServer>();
    private WebApplication? _app;

    /// <summary>Where it listens; null where it does not.</summary>
    public string? Url { get; private set; }

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Url is { Length: 0 }) return;
        var url = options.Value.Url ?? AdminOptions.DefaultUrl;
        var app = Build(url);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            await app.DisposeAsync();
            if (options.Value.Url is not null) throw Unusable(url, error);
            LogNone(_log, url, error.Message);
            return;
        }

        _app = app;
        Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        LogListens(_log, Url);
    }

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (_app is not { } app) return;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StopPatience);
        await app.StopAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _app, null) is { } app) await app.DisposeAsync();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private WebApplication Build(string url)
    {
        // The empty builder reads no configuration: what is set for the node's public listener must not move this one.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().UseUrls(url).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Beyond its own limit the server would close the connection under a caller that is still sending, who then never reads why.
            kestrel.Limits.MaxRequestBodySize = null;
        });
        builder.Services.AddSingleton(loggers);
        // Signals are the node's to answer.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var app = builder.Build();
        var watch = new ClusterWatch(inspection, time);
        var carrying = new Audit(new OrderAudit(audit, loggers.CreateLogger<OrderAudit>()));
        var endpoint = new Endpoint(
            new Admission(options.Value, AdminAddress.TryParse(url, out _)!),
            new Questions(inspection, audit, outbox),
            new Orders(inspection, steering, outbox, carrying),
            new Export(export, carrying),
            http => watch.RunAsync(http, app.Lifetime.ApplicationStopping),
            loggers.CreateLogger<Endpoint>());
        app.Run(endpoint.HandleAsync);
        return app;
    }

    private static AdminAddressException Unusable(string url, Exception error) => new(
        IsInUse(error)
            ? $"{AdminOptions.Section}:{nameof(AdminOptions.Url)} is {url}, which is in use by another program. End that one, choose another port, or set it to nothing for no admin endpoint."
            : $"{AdminOptions.Section}:{nameof(AdminOptions.Url)} is {url}, where the node cannot listen: {error.Message.ReplaceLineEndings(" ").TrimEnd('.')}. Choose an address of this machine and a port from 1024 on.",
        error);

    private static bool IsInUse(Exception error) =>
        error is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } || (error.InnerException is { } inner && IsInUse(inner));

    [LoggerMessage(EventId = 510, Level = LogLevel.Information, Message = "The admin endpoint listens on {Url}")]
    private static partial void LogListens(ILogger log, string url);

    [LoggerMessage(
        EventId = 511, Level = LogLevel.Warning,
        Message = "This node has no admin endpoint: {Url} cannot be listened on ({Problem}). Where several nodes share a machine, give each an address with ActorLlm:Admin:Url, or set it to nothing.")]
    private static partial void LogNone(ILogger log, string url, string problem);

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
