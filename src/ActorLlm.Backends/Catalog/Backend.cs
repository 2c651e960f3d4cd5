using Microsoft.Extensions.AI;

namespace ActorLlm.Backends;

/// <summary>One backend at work: its places, one client for each of its models, and its embeddings.</summary>
internal sealed class Backend : IDisposable
{
    private readonly Dictionary<string, IChatClient> _clients = new(StringComparer.Ordinal);
    private readonly IDisposable? _owned;

    public Backend(BackendOptions options, ProviderClients provider, TimeProvider time)
    {
        Options = options;
        Gate = new ConcurrencyGate(options.Concurrency, time);
        _owned = provider.Owned;
        if (provider.Embed is { } embed)
            Embeddings = new EmbeddingsBackend(embed, Gate, TimeSpan.FromSeconds(options.ResponseTimeoutSeconds), time, Identity(""));
        foreach (string model in options.Models)
            _clients[model] = Decorate(provider.For(model), Identity(model), time);
    }

    public BackendOptions Options { get; }

    public ConcurrencyGate Gate { get; }

    /// <summary>Null where it has none.</summary>
    public EmbeddingsBackend? Embeddings { get; }

    public IChatClient Client(string model) => _clients[model];

    /// <summary>From the outside in: waiting for a place is not silence, and what was translated is not translated again.</summary>
    private IChatClient Decorate(IChatClient provider, CallIdentity identity, TimeProvider time)
    {
        ChatClientBuilder builder = new ChatClientBuilder(provider)
            .UseConcurrencyLimit(Gate)
            .Use(inner => new TelemetryChatClient(inner, identity, time))
            .UseInactivityLimit(
                TimeSpan.FromSeconds(Options.InactivityTimeoutSeconds), TimeSpan.FromSeconds(Options.ResponseTimeoutSeconds), time)
            .UseRequiredEnd();
        // What a host's own client throws is the host's business, not an answer that could not be read.
        return Options.Type == BackendType.Custom ? builder.Build() : builder.UseAnswerTranslation().Build();
    }

    private CallIdentity Identity(string model) => new(CallIdentity.ProviderOf(Options.Type), Options.Name, model);

    public void Dispose()
    {
        foreach (IChatClient client in _clients.Values)
            client.Dispose();
        _owned?.Dispose();
        // Not the gate: calls that still run give their places back, and it holds nothing but memory.
    }
}
