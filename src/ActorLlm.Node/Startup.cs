using System.Net.Sockets;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Hosting;
using Microsoft.Extensions.Options;

namespace ActorLlm.Node;

/// <summary>Runs the node; what keeps it from starting is said in one message, without a stack trace.</summary>
internal static class Startup
{
    private const int StartFailed = 1;
    private const int Downed = 2;

    /// <summary>Runs the node to its end: 0 after an ordinary stop, 1 when it could not start, 2 when the cluster put it out.</summary>
    /// <param name="run">Runs it, and says whether the cluster put it out.</param>
    public static async Task<int> RunAsync(Func<Task<bool>> run)
    {
        try
        {
            if (!await run()) return 0;
            await Console.Error.WriteLineAsync(
                "actorllm-node: the cluster put this node out, as it was cut off or silent for too long, or did not let it in. Start it again; nothing that was accepted is lost.");
            return Downed;
        }
        catch (Exception error) when (MessageOf(error) is { } message)
        {
            await Console.Error.WriteLineAsync($"actorllm-node: {message}");
            return StartFailed;
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

    private static string? MessageOf(Exception error) => error switch
    {
        OptionsValidationException invalid => $"the configuration is not valid.\n  {string.Join("\n  ", invalid.Failures)}",
        JournalUnusableException unusable => unusable.Message,
        AggregateException { InnerException: { } inner } => MessageOf(inner),
        IOException { InnerException: not null } port when IsAddressInUse(port) => $"{port.Message} Stop the other process, or choose another address with --urls http://127.0.0.1:8090.",
        _ when IsAddressInUse(error) => "The port for other nodes is in use. Stop the other process, or choose another one with ActorLlm:Cluster:Port.",
        // What the configuration binder throws for a value of the wrong type; the message names the key.
        InvalidOperationException { InnerException: FormatException or ArgumentException or OverflowException } => $"the configuration is not valid. {error.Message}",
        InvalidDataException or FormatException => $"the configuration is not valid. {error.Message} {error.InnerException?.Message}",
        _ => null,
    };

    private static bool IsAddressInUse(Exception error) =>
        error is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } || (error.InnerException is { } inner && IsAddressInUse(inner));
}
