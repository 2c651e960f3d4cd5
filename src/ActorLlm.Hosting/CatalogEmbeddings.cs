using ActorLlm.Backends;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Hosting;

/// <summary>Embeddings through this node's catalog.</summary>
internal sealed class CatalogEmbeddings(BackendCatalog catalog) : IEmbeddings
{
    public async Task<ReadOnlyMemory<byte>> CallAsync(string model, ReadOnlyMemory<byte> request, CancellationToken cancellationToken = default)
    {
        if (!catalog.TryResolveEmbeddings(model, out var backend))
            throw new DirectCallException(FailureKind.Content, $"No backend of this node that has embeddings serves the model '{model}'.", status: 404);
        try
        {
            return (await backend.CallAsync(model, BinaryData.FromBytes(request), cancellationToken).ConfigureAwait(false)).ToMemory();
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && DirectFailure.Of(error) is { } failure)
        {
            throw failure;
        }
    }
}
