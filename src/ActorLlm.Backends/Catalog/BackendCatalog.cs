using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using ActorLlm.Telemetry;

namespace ActorLlm.Backends;

/// <summary>All backends of this process. It is safe for any number of threads.</summary>
public sealed class BackendCatalog : IDisposable
{
    private readonly List<Backend> _backends = [];
    private readonly FrozenDictionary<string, Backend[]> _byModel;
    private readonly Random _random;
    private readonly Lock _randomLock = new();

    /// <param name="options">The backends, validated.</param>
    /// <param name="random">Chooses between equally loaded backends; used under a lock.</param>
    /// <param name="time">The clock of time limits and of the simulator.</param>
    /// <param name="services">Handed to the backends that a host registered in code.</param>
    internal BackendCatalog(BackendsOptions options, Random random, TimeProvider time, IServiceProvider? services)
    {
        Summary = options.Summary;
        _random = random;
        try
        {
            foreach (BackendOptions backend in options.Backends)
                _backends.Add(new Backend(backend, ProviderFactory.Create(backend, time, services), time));
        }
        catch
        {
            Dispose();
            throw;
        }
        _byModel = _backends
            .SelectMany(backend => backend.Options.Models.Distinct().Select(model => (model, backend)))
            .GroupBy(pair => pair.model, pair => pair.backend, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
        DefaultModel = options.DefaultModel ?? _backends[0].Options.Models[0];
        Models =
        [
            .. _backends.SelectMany(backend => backend.Options.Models).Distinct().Select(model => new ModelInfo(
                model, [.. _byModel[model].Select(backend => backend.Options.Name)], model == DefaultModel)
            {
                TakesImages = _byModel[model].Any(backend => backend.Options.Images),
                ReadsImageUrls = _byModel[model].Any(backend => backend.Options is { Images: true, ReadsImageUrls: true }),
            }),
        ];
        SomeTakeNoImages = _backends.Any(backend => !backend.Options.Images);
    }

    /// <summary>One sentence for people: which backends are used, why, and how to change that.</summary>
    public string Summary { get; }

    /// <summary>The backends' names, in order of configuration.</summary>
    public IReadOnlyList<string> BackendNames => [.. _backends.Select(backend => backend.Options.Name)];

    /// <summary>The places of each backend, and what was counted there: the calls of this whole process, embeddings and what is not stored among them.</summary>
    internal IEnumerable<(string Backend, int Places, StationCount Count)> Counts =>
        _backends.Select(backend => (backend.Options.Name, backend.Gate.Limit, backend.Gate.Count));

    /// <summary>The model of requests that name none.</summary>
    public string DefaultModel { get; }

    /// <summary>The models that can be asked for, in order of configuration.</summary>
    public IReadOnlyList<ModelInfo> Models { get; }

    /// <summary>Whether it matters to the choice of a backend that there are images.</summary>
    public bool SomeTakeNoImages { get; }

    /// <summary>Builds a catalog without a service container.</summary>
    /// <param name="options">The backends.</param>
    /// <param name="random">Chooses between equally loaded backends.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is wrong; the message names key, value and
    /// what is allowed.</exception>
    public static BackendCatalog Create(BackendsOptions options, Random random, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        BackendOptionsValidator.ThrowIfInvalid(options);
        return new BackendCatalog(options, random, time ?? TimeProvider.System, services: null);
    }

    /// <summary>
    /// Finds the client for a model. Where several backends serve it, the one with the fewest calls in flight for its weight is taken, and
    /// between equals one at random, in proportion to their weights. Ask once per attempt, so that the next one may go elsewhere.
    /// </summary>
    /// <param name="model">The model's name, case matters; null or empty: the default.</param>
    /// <param name="resolved">The client, and whose it is.</param>
    /// <returns>False when no backend serves the model.</returns>
    public bool TryResolve(string? model, out ResolvedBackend resolved) => TryResolve(model, images: false, out resolved);

    /// <summary>The same; where there are images, a backend that takes them comes before one that does not.</summary>
    /// <param name="model">The model's name, case matters; null or empty: the default.</param>
    /// <param name="images">Whether there are images.</param>
    /// <param name="resolved">The client, and whose it is.</param>
    /// <returns>False when no backend serves the model.</returns>
    public bool TryResolve(string? model, bool images, out ResolvedBackend resolved)
    {
        string name = string.IsNullOrEmpty(model) ? DefaultModel : model;
        if (!_byModel.TryGetValue(name, out Backend[]? candidates))
        {
            resolved = default;
            return false;
        }
        if (images && SomeTakeNoImages && candidates.Any(backend => backend.Options.Images))
            candidates = [.. candidates.Where(backend => backend.Options.Images)];
        Backend chosen = candidates.Length == 1 ? candidates[0] : LeastLoaded(candidates);
        resolved = new ResolvedBackend(chosen.Client(name), chosen.Options.Name, name)
        {
            ContinuesPrefix = chosen.Options.Continuation != ContinuationMode.None,
            TakesImages = chosen.Options.Images,
            ReadsImageUrls = chosen.Options.ReadsImageUrls,
        };
        return true;
    }

    /// <summary>Finds a backend for the embeddings of a model, as <see cref="TryResolve(string?, out ResolvedBackend)"/> does for a chat.</summary>
    /// <param name="model">The model's name, case matters. There is no default: whoever keeps vectors must know what made them.</param>
    /// <param name="resolved">The backend.</param>
    /// <returns>False when no backend that has embeddings serves the model: they are of the types OpenAI, AzureOpenAI and Simulator.</returns>
    public bool TryResolveEmbeddings(string model, [NotNullWhen(true)] out EmbeddingsBackend? resolved)
    {
        Backend[] candidates = _byModel.TryGetValue(model, out Backend[]? serving) ? [.. serving.Where(backend => backend.Embeddings is not null)] : [];
        resolved = candidates.Length == 0 ? null : LeastLoaded(candidates).Embeddings;
        return resolved is not null;
    }

    private Backend LeastLoaded(Backend[] candidates)
    {
        Backend best = candidates[0];
        double bestLoad = double.MaxValue;
        int weights = 0;
        foreach (Backend candidate in candidates)
        {
            double load = candidate.Gate.InFlight / (double)candidate.Options.Weight;
            if (load > bestLoad)
                continue;
            weights = load < bestLoad ? candidate.Options.Weight : weights + candidate.Options.Weight;
            bestLoad = load;
            // Of equals each is kept with a chance of its weight in all weights so far: one pass, no list.
            if (weights == candidate.Options.Weight || Draw(weights) < candidate.Options.Weight)
                best = candidate;
        }
        return best;
    }

    private int Draw(int below)
    {
        lock (_randomLock)
            return _random.Next(below);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Backend backend in _backends)
            backend.Dispose();
    }
}
