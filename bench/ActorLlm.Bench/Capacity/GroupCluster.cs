using System.Globalization;
using System.Runtime.CompilerServices;
using ActorLlm.Backends;
using ActorLlm.Cluster;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorLlm.Bench.Capacity;

/// <summary>A cluster with groups of places for the work, in one process: each group is a backend with a line of its own, or a worker node of its own behind the dispatcher.</summary>
internal sealed class GroupCluster : IAsyncDisposable
{
    private const int Plenty = 10_000;

    // So many that none is asked again before its last turn is over: turns of one conversation follow each other, and would not come at random. And so few that all are in memory after the warm-up.
    private const int Conversations = 2000;

    private readonly List<IHost> _hosts = [];

    public IInspection Inspection => _hosts[0].Services.GetRequiredService<IInspection>();

    public static async Task<GroupCluster> StartAsync(CapacityCase asked, string postgres)
    {
        var cluster = new GroupCluster();
        string[] models = asked.ByWorkers ? ["group"] : [.. Enumerable.Range(0, CapacityCase.Groups).Select(Model)];
        cluster._hosts.Add(Host(postgres, asked, models, asked.ByWorkers ? [Roles.Conversation, Roles.Gateway] : Roles.All, asked.ByWorkers ? 1 : Plenty, asked.ByWorkers ? Plenty : asked.Places));
        for (var i = 0; asked.ByWorkers && i < CapacityCase.Groups; i++) cluster._hosts.Add(Host(postgres, asked, models, [Roles.Worker], asked.Places, Plenty));
        foreach (var host in cluster._hosts) await host.StartAsync();
        var workers = asked.ByWorkers ? CapacityCase.Groups : 1;
        while (!await cluster.HasAsync(workers)) await Task.Delay(TimeSpan.FromMilliseconds(200));
        return cluster;
    }

    public async Task SendAsync(CapacityCase asked, Random random, int number)
    {
#pragma warning disable CA5394 // The same each time is what is wanted.
        var model = asked.ByWorkers ? "group" : Model(random.Next(CapacityCase.Groups));
        var service = asked.Constant ? CapacityCase.Service : CapacityCase.Service * -Math.Log(1 - random.NextDouble());
#pragma warning restore CA5394
        var settled = await _hosts[0].Services.GetRequiredService<IConversations>().CompleteAsync(new TurnRequest(
            ConversationId.Of((number % Conversations).ToString(CultureInfo.InvariantCulture)),
            TurnId.Parse(number.ToString(CultureInfo.InvariantCulture)),
            new TurnContent(model, [new Message(Role.User, Workload.Question)], GenerationSettings.Default)
            {
                // The service time travels as the seed, in microseconds.
                Settings = GenerationSettings.Default with { Seed = (long)service.TotalMicroseconds },
            }));
        if (settled.Outcome is not Outcome.Committed) throw new InvalidOperationException($"A turn was not committed: {settled.Outcome}");
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_hosts.Select(host => host.StopAsync()));
        foreach (var host in _hosts) host.Dispose();
    }

    private static string Model(int group) => string.Create(CultureInfo.InvariantCulture, $"group-{group}");

    private static IHost Host(string postgres, CapacityCase asked, string[] models, IReadOnlyList<string> roles, int workerPlaces, int backendPlaces)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        // Nodes that leave one after the other are missed by the rest, loudly.
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Akka", LogLevel.None).AddConsole();
        foreach (var model in models) builder.Services.AddBackend(model, _ => new TimedClient(), [model], options => options.Concurrency = backendPlaces);
        builder.AddActorLlm(options =>
        {
            options.Roles = roles;
            options.Worker.Concurrency = workerPlaces;
            options.Worker.TargetWait = asked.TargetWait;
            options.Postgres = postgres;
        });
        return builder.Build();
    }

    private async Task<bool> HasAsync(int workers)
    {
        try
        {
            return (await Inspection.GetWorkersAsync()).Workers.Count == workers;
        }
        catch (ConversationsUnavailableException)
        {
            // The coordinator is not there yet.
            return false;
        }
    }

    /// <summary>Answers after the time that the call asks for.</summary>
    private sealed class TimedClient : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Delay(TimeSpan.FromMicroseconds(options!.Seed!.Value), cancellationToken);
            yield return new ChatResponseUpdate(ChatRole.Assistant, Workload.Answer) { FinishReason = ChatFinishReason.Stop };
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
