using System.Collections.Immutable;

namespace ActorLlm.Domain.Routing;

/// <summary>
/// The workers that serve each module, as one dispatcher knows them: a <see cref="WorkerTable{TWorker}"/> of its own for each, as each has places of its own on a
/// worker. A module's turn goes to a worker that serves it, and to no other.
/// </summary>
/// <typeparam name="TWorker">How a worker is addressed.</typeparam>
/// <param name="registered">The modules that are known before any worker says that it serves them.</param>
public sealed class ModuleTables<TWorker>(IEnumerable<string> registered) where TWorker : notnull
{
    private readonly Dictionary<string, WorkerTable<TWorker>> _tables =
        registered.ToDictionary(name => name, _ => new WorkerTable<TWorker>(), StringComparer.Ordinal);

    /// <summary>The modules' names.</summary>
    public IReadOnlyCollection<string> Modules => _tables.Keys;

    /// <summary>The workers of a module; null where nobody knows a module of this name.</summary>
    public WorkerTable<TWorker>? Of(string module) => _tables.Count == 0 ? null : _tables.GetValueOrDefault(module);

    /// <summary>Takes a worker's report of the modules that it serves: all of them, so that others are no longer served there.</summary>
    public void Report(TWorker worker, ImmutableArray<ModuleLoad> modules)
    {
        foreach (var (name, table) in _tables)
        {
            if (table.Workers.ContainsKey(worker) && !modules.Any(module => module.Module == name)) table.Remove(worker);
        }

        foreach (var module in modules)
        {
            if (!_tables.TryGetValue(module.Module, out var table)) _tables[module.Module] = table = new WorkerTable<TWorker>();
            table.Report(worker, module.Capacity, module.InFlight, module.Latency);
        }
    }

    /// <summary>Notes that a worker's node became reachable or unreachable.</summary>
    public void SetReachable(TWorker worker, bool reachable)
    {
        foreach (var table in _tables.Values)
        {
            if (table.Workers.ContainsKey(worker)) table.SetReachable(worker, reachable);
        }
    }

    /// <summary>Forgets a worker.</summary>
    public void Remove(TWorker worker)
    {
        foreach (var table in _tables.Values) table.Remove(worker);
    }
}
