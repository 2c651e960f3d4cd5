using ActorLlm.Backends;
using ActorLlm.Modules;

namespace ActorLlm.Hosting;

/// <summary>The models and the modules of this node's configuration, which is the same on every node.</summary>
internal sealed class CatalogModels(BackendCatalog catalog, ModuleCatalog modules) : IModels
{
    public IReadOnlyList<string> Names { get; } =
    [
        .. catalog.Models.OrderByDescending(model => model.IsDefault).Select(model => model.Id),
        .. modules.Modules.Select(module => module.Name),
    ];
}
