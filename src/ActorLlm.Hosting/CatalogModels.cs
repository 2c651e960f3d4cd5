using ActorLlm.Backends;

namespace ActorLlm.Hosting;

/// <summary>The models of this node's configuration, which is the same on every node.</summary>
internal sealed class CatalogModels(BackendCatalog catalog) : IModels
{
    public IReadOnlyList<string> Names { get; } =
        [.. catalog.Models.OrderByDescending(model => model.IsDefault).Select(model => model.Id)];
}
