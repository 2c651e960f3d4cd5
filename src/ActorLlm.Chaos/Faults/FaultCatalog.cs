using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Faults;

/// <summary>Every kind of fault that there is.</summary>
internal static class FaultCatalog
{
    public static IReadOnlyList<FaultKind> All { get; } =
    [
        new("kill", "kill", "kill -9 of one node", (1, 10), Needs.None, (rig, random) => new KillFault(rig, [AnyNode(rig, random)], random)) { Weight = 8 },
        new("kill-oldest", "kill", "kill -9 of the oldest node, which holds the cluster's singletons", (1, 10), Needs.None, (rig, random) => new KillFault(rig, [rig.Cluster.Oldest], random)) { Weight = 4 },
        new("kill-all", "kill-all", "kill -9 of all nodes", (1, 8), Needs.None, (rig, random) => new KillFault(rig, rig.Cluster.Nodes, random)),
    ];

    /// <summary>The words that can be asked for: groups, and kinds that are no group.</summary>
    public static IEnumerable<string> Words => All.Select(kind => kind.Group).Concat(All.Select(kind => kind.Name)).Distinct();

    /// <summary>The kinds that words ask for.</summary>
    /// <param name="words">Groups and kinds, separated by commas; <c>all</c> for all of them.</param>
    /// <param name="problem">What is wrong with them.</param>
    /// <returns>In the order of <see cref="All"/>; null when a word is not known.</returns>
    public static IReadOnlyList<FaultKind>? Parse(string words, out string problem)
    {
        problem = "";
        var asked = words.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet();
        var unknown = asked.Where(word => word != "all" && !Words.Contains(word)).ToArray();
        if (unknown.Length > 0 || asked.Count == 0)
        {
            problem = $"{(asked.Count == 0 ? "no fault is named" : $"there is no fault '{string.Join("', '", unknown)}'")}: give some of {string.Join(", ", Words)}, with commas between them, or all";
            return null;
        }
        return [.. All.Where(kind => asked.Contains("all") || asked.Contains(kind.Group) || asked.Contains(kind.Name))];
    }

    private static ClusterNode AnyNode(Rig rig, Random random) => rig.Cluster.Nodes[random.Next(rig.Cluster.Nodes.Count)];
}
