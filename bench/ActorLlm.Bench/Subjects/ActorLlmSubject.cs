using System.Globalization;
using System.Runtime.CompilerServices;
using ActorLlm.Backends;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorLlm.Bench.Subjects;

/// <summary>The product as an application embeds it, with every promise on.</summary>
internal sealed class ActorLlmSubject : ISubject
{
    private readonly IHost _host;
    private readonly IConversations _conversations;

    private readonly Listener? _listener;

    // Subjects of several names share a database, and a turn that was there before would be answered without being run.
    private readonly string _prefix;

    private ActorLlmSubject(IHost host, string name, Listener? listener)
    {
        (_host, Name, _listener) = (host, name, listener);
        _prefix = string.Concat(name.Where(char.IsLetterOrDigit)) + "-";
        _conversations = host.Services.GetRequiredService<IConversations>();
    }

    public string Name { get; }

    /// <param name="name">What to call it.</param>
    /// <param name="traced">The share of turns that are traced, beside metrics; null for no telemetry at all.</param>
    /// <param name="configure">Sets the database.</param>
    /// <param name="service">The model's time.</param>
    public static async Task<ActorLlmSubject> StartAsync(string name, double? traced, Action<ActorLlmOptions> configure, ServiceTime service)
    {
        var listener = traced is { } share ? new Listener(share) : null;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole();
        builder.Services.AddBackend("bench", _ => new BenchClient(service), ["bench"], options => options.Concurrency = 10_000);
        builder.AddActorLlm(options =>
        {
            options.Worker.Concurrency = 10_000;
            configure(options);
        });
        var host = builder.Build();
        await host.StartAsync();
        return new ActorLlmSubject(host, name, listener);
    }

    public async Task TurnAsync(int conversation, int turn)
    {
        var settled = await _conversations.CompleteAsync(new TurnRequest(
            ConversationId.Of($"{_prefix}{conversation}"),
            TurnId.Parse(turn.ToString(CultureInfo.InvariantCulture)),
            new TurnContent($"{BenchClient.Model}", [new Message(Role.User, Workload.Question)], GenerationSettings.Default)
            {
                // The call's number travels as the seed, so that the model's time is the same for every subject.
                Settings = GenerationSettings.Default with { Seed = ((long)conversation << 32) | (uint)turn },
            }));
        if (settled.Outcome is not Outcome.Committed) throw new InvalidOperationException($"A turn was not committed: {settled.Outcome}");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _listener?.Dispose();
    }

    private sealed class BenchClient(ServiceTime service) : IChatClient
    {
        public const string Model = "bench";

        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var call = options!.Seed!.Value;
            var wait = service.Of((int)(call >> 32), (int)call);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, cancellationToken);
            yield return new ChatResponseUpdate(ChatRole.Assistant, Workload.Answer) { FinishReason = ChatFinishReason.Stop };
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
