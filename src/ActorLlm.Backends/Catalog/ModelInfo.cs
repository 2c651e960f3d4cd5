using Microsoft.Extensions.AI;

namespace ActorLlm.Backends;

/// <summary>A model that can be asked for.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Backends">The names of the backends that serve it.</param>
/// <param name="IsDefault">Whether it answers requests that name no model.</param>
public sealed record ModelInfo(string Id, IReadOnlyList<string> Backends, bool IsDefault)
{
    /// <summary>Whether any of its backends takes images.</summary>
    public bool TakesImages { get; init; }

    /// <summary>Whether any of them reads images at addresses itself.</summary>
    public bool ReadsImageUrls { get; init; }
}

/// <summary>Where a call goes.</summary>
/// <param name="Client">The client, bound to the model; the catalog owns it, so do not dispose of it.</param>
/// <param name="Backend">The backend's name.</param>
/// <param name="Model">The model's name.</param>
public readonly record struct ResolvedBackend(IChatClient Client, string Backend, string Model)
{
    /// <summary>Whether it can go on from the beginning of an answer, see <see cref="Continuation"/>.</summary>
    public bool ContinuesPrefix { get; init; }

    /// <summary>Whether it takes images.</summary>
    public bool TakesImages { get; init; }

    /// <summary>Whether it reads images at addresses itself.</summary>
    public bool ReadsImageUrls { get; init; }
}
