using Microsoft.Extensions.AI;

namespace ActorLlm.Backends;

/// <summary>How to get a provider's client for a model, and its embeddings.</summary>
/// <param name="For">Makes the client of a model.</param>
/// <param name="Owned">What they share and what must be disposed of after them.</param>
/// <param name="Embed">The embeddings of all its models, each of which the request names; null where it has none.</param>
internal sealed record ProviderClients(Func<string, IChatClient> For, IDisposable? Owned = null, ProviderEmbeddings? Embed = null);
