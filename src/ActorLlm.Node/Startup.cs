using System.Net.Sockets;
using ActorLlm.Admin;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Gateway;
using ActorLlm.Hosting;
using Microsoft.Extensions.Options;

namespace ActorLlm.Node;

/// <summary>Runs the node; what keeps it from starting is said in one message, without a stack trace.</summary>
internal static class Startup
{
    /// <summary>The exit code of a node that could not start.</summary>
    public const int StartFailed = 1;

    private const int Downed = 2;

    /// <summary>Runs the node to its end: 0 after an ordinary stop, 1 when it could not start, 2 when the cluster put it out.</summary>
    /// <param name="build">Makes the node, not yet started.</param>
    public static async Task<int> RunAsync(Func<WebApplication> build)
    {
        WebApplication? app = null;
        try
        {
            try
            {
                app = build();
                Addresses.CheckUrls(UrlsOf(app));
                Addresses.CheckExposure(app.Configuration, app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value);
                await Addresses.CheckClusterAsync(app.Services.GetRequiredService<IOptions<ActorLlmOptions>>().Value.Cluster);
                await app.StartAsync();
            }
            catch (OperationCanceledException) when (app is not null && app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                return 0; // told to stop while it started
            }
            catch (Exception error)
            {
                await TellAsync(MessageOf(error, app is null ? "" : UrlsOf(app)));
                return StartFailed;
            }

            var health = app.Services.GetRequiredService<INodeHealth>();
            await app.WaitForShutdownAsync();
            if (!health.WasDowned) return 0;
            await TellAsync(
                "the cluster put this node out, as it was cut off or silent for too long, or did not let it in. Start it again; nothing that was accepted is lost.");
            return Downed;
        }
        finally
        {
            if (app is not null) await app.DisposeAsync();
        }
    }

    /// <summary>Says, once the node listens, where it does, where it stores and which backends it calls.</summary>
    public static void AnnounceAtStart(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<ActorLlmOptions>>().Value;
        app.Lifetime.ApplicationStarted.Register(() => app.Logger.LogInformation(
            "ActorLlm listens on {Urls}; conversations are stored in {Database}; roles {Roles}",
            string.Join(", ", app.Urls),
            options.Place,
            string.Join(", ", options.Roles)));
    }

    /// <summary>Writes one message for the one who started the node.</summary>
    public static Task TellAsync(string message) => Console.Error.WriteLineAsync($"actorllm-node: {message}");

    /// <summary>Where the node is told to listen.</summary>
    public static string Urls(this IConfiguration configuration) => configuration["urls"] ?? "http://127.0.0.1:8080";

    private static string UrlsOf(WebApplication app) => app.Configuration.Urls();

    private static string MessageOf(Exception error, string urls) => error switch
    {
        UnusableAddressException or AdminAddressException or JournalUnusableException => error.Message,
        OptionsValidationException invalid when invalid.Failures.Count() == 1 => $"the configuration is not valid. {invalid.Message}",
        OptionsValidationException invalid => $"the configuration is not valid.\n  {string.Join("\n  ", invalid.Failures)}",
        AggregateException { InnerException: { } inner } => MessageOf(inner, urls),
        IOException when IsAddressInUse(error) => $"{error.Message} Stop the other process, or choose another address with --urls http://127.0.0.1:8090.",
        _ when IsAddressInUse(error) => "The port for other nodes is in use. Stop the other process, or choose another one with ActorLlm:Cluster:Port.",
        // The HTTP server's, as the address for other nodes was tried before.
        SocketException { SocketErrorCode: SocketError.AccessDenied } => CannotListen(error, urls, "Choose a port from 1024 on"),
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => CannotListen(error, urls, "Choose an address of this machine"),
        // What the configuration binder throws for a value of the wrong type; the message names the key.
        InvalidOperationException { InnerException: FormatException or ArgumentException or OverflowException } => $"the configuration is not valid. {error.Message}",
        InvalidDataException or FormatException => $"the configuration is not valid. {error.Message} {error.InnerException?.Message}",
        { InnerException: { } inner } => MessageOf(inner, urls),
        _ => $"the node could not start: {OneLine(error.Message)} ({error.GetType().FullName})",
    };

    private static string CannotListen(Exception error, string urls, string wayOut) =>
        $"cannot listen on {urls}: {OneLine(error.Message)}. {wayOut}, for example with --urls http://127.0.0.1:8090.";

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static bool IsAddressInUse(Exception error) =>
        error is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } || (error.InnerException is { } inner && IsAddressInUse(inner));
}
