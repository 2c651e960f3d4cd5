using System.Runtime.CompilerServices;
using ActorLlm.Backends;
using ActorLlm.Cluster.Images;
using Microsoft.Extensions.AI;

namespace ActorLlm.Cluster.Workers;

/// <summary>The chat client of one attempt of a module. It finds a backend for each call, and adds up what they count.</summary>
/// <param name="backends">The node's backends.</param>
/// <param name="fetcher">Reads images for backends that do not do so themselves.</param>
/// <param name="model">The model of calls that name none.</param>
internal sealed class ModuleClient(BackendCatalog backends, ImageFetcher fetcher, string model) : IChatClient
{
    private readonly Lock _gate = new();
    private UsageDetails? _usage;

    /// <summary>What all calls used; null where no backend has counted.</summary>
    public UsageDetails? Usage
    {
        get
        {
            lock (_gate) return _usage;
        }
    }

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var asked = messages.ToArray();
        var (backend, bound) = Resolve(asked, options);
        try
        {
            var fit = await ImageMessages.ForAsync(backend, asked, fetcher, cancellationToken).ConfigureAwait(false);
            var response = await backend.Client.GetResponseAsync(fit, bound, cancellationToken).ConfigureAwait(false);
            if (response.Usage is { } usage) Count(usage);
            return response;
        }
        catch (Exception error) when (Translate(error, cancellationToken) is { } translated)
        {
            throw translated;
        }
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var asked = messages.ToArray();
        var (backend, bound) = Resolve(asked, options);
        var fit = await ImageMessages.ForAsync(backend, asked, fetcher, cancellationToken).ConfigureAwait(false);
        await using var updates = backend.Client.GetStreamingResponseAsync(fit, bound, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await MoveAsync(updates, cancellationToken).ConfigureAwait(false))
        {
            foreach (var counted in updates.Current.Contents.OfType<UsageContent>()) Count(counted.Details);
            yield return updates.Current;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }

    private (ResolvedBackend Backend, ChatOptions Options) Resolve(ChatMessage[] messages, ChatOptions? options)
    {
        var wanted = string.IsNullOrEmpty(options?.ModelId) ? model : options.ModelId;
        var images = messages.Any(message => message.Contents.Any(content => content.IsImage()));
        if (!backends.TryResolve(wanted, images, out var backend))
            throw new ArgumentException($"No backend of the worker's node serves the model '{wanted}'.", nameof(options));
        var bound = options?.Clone() ?? new ChatOptions();
        bound.ModelId = backend.Model;
        return (backend, bound);
    }

    private void Count(UsageDetails usage)
    {
        lock (_gate) (_usage ??= new UsageDetails()).Add(usage);
    }

    private static async ValueTask<bool> MoveAsync(IAsyncEnumerator<ChatResponseUpdate> updates, CancellationToken cancellationToken)
    {
        try
        {
            return await updates.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (Translate(error, cancellationToken) is { } translated)
        {
            throw translated;
        }
    }

    // Marks what is a backend's failure and not the module's own.
    private static BackendException? Translate(Exception error, CancellationToken cancellationToken) =>
        error is not BackendException && !cancellationToken.IsCancellationRequested && BackendFailures.Classify(error) is { Unforeseen: false } failure
            ? new BackendException(failure, error)
            : null;
}
