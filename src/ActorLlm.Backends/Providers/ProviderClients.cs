using Microsoft.Extensions.AI;

namespace ActorLlm.Backends;

/// <summary>How to get a provider's client for a model.</summary>
/// <param name="For">Makes the client of a model.</param>
/// <param name="Owned">What they share and what must be disposed of after them.</param>
internal sealed record ProviderClients(Func<string, IChatClient> For, IDisposable? Owned = null);
