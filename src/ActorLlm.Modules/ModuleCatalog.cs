using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace ActorLlm.Modules;

/// <summary>A module of this node's configuration, whether this node runs it or not.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Options">How it is run, validated.</param>
/// <param name="Handler">Gives the module; called once, on a node that runs it.</param>
public sealed record RegisteredModule(string Name, ModuleOptions Options, Func<IModule> Handler);

/// <summary>The modules of this node's configuration, which is the same on every node: gateways list them, dispatchers route by them, workers run those of their roles.</summary>
public sealed class ModuleCatalog(IEnumerable<RegisteredModule> modules)
{
    private readonly FrozenDictionary<string, RegisteredModule> _modules =
        modules.ToFrozenDictionary(module => module.Name, StringComparer.Ordinal);

    /// <summary>None at all.</summary>
    public static ModuleCatalog Empty { get; } = new([]);

    /// <summary>The modules, by the alphabet of their names.</summary>
    public IReadOnlyList<RegisteredModule> Modules { get; } = [.. modules.OrderBy(module => module.Name, StringComparer.Ordinal)];

    /// <summary>Finds the module that a turn names as its model.</summary>
    public bool TryGet(string model, [NotNullWhen(true)] out RegisteredModule? module)
    {
        module = null;
        return _modules.Count > 0 && _modules.TryGetValue(model, out module);
    }
}
