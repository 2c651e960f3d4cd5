using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Faults;

/// <summary>Every kind of fault that there is.</summary>
internal static class FaultCatalog
{
    // The proxy tells the nodes by the addresses that they have in networks of their own.
    private const Needs JournalSteps = Needs.Namespaces | Needs.DatabaseProxy;
    private const Needs ModelSteps = Needs.Namespaces | Needs.ModelProxy;

    // As in the journal's column manifest.
    private const string Accepted = "ta1";
    private const string Replied = "rc1";

    public static IReadOnlyList<FaultKind> All { get; } =
    [
        Own("kill", "kill", "kill -9 of one node", (1, 10), Needs.None, (rig, random) => new KillFault(rig, [AnyNode(rig, random)], random)) with { Weight = 8 },
        Own("kill-oldest", "kill", "kill -9 of the oldest node, which holds the cluster's singletons", (1, 10), Needs.None, (rig, random) => new KillFault(rig, [rig.Cluster.Oldest], random)) with { Weight = 4 },
        Own("kill-before-accept", "step", "kill -9 of a node whose acceptance of a turn is on its way to the database", (1, 10), JournalSteps, (rig, random) => StepKillFault.AtJournal(rig, AnyNode(rig, random), Accepted, committed: false)),
        Own("kill-after-accept", "step", "kill -9 of a node whose acceptance of a turn is committed, before it hears of it", (1, 10), JournalSteps, (rig, random) => StepKillFault.AtJournal(rig, AnyNode(rig, random), Accepted, committed: true)),
        Own("kill-before-commit", "step", "kill -9 of a node whose reply is on its way to the database", (1, 10), JournalSteps, (rig, random) => StepKillFault.AtJournal(rig, AnyNode(rig, random), Replied, committed: false)),
        Own("kill-after-commit", "step", "kill -9 of a node whose reply is committed, before it hears of it", (1, 10), JournalSteps, (rig, random) => StepKillFault.AtJournal(rig, AnyNode(rig, random), Replied, committed: true)),
        Own("kill-at-call", "step", "kill -9 of a node whose call the model has and begins to answer", (1, 10), ModelSteps, (rig, random) => StepKillFault.AtModel(rig, AnyNode(rig, random), pieces: 0)),
        Own("kill-mid-stream", "step", "kill -9 of a node that has some pieces of the model's answer", (1, 10), ModelSteps, (rig, random) => StepKillFault.AtModel(rig, AnyNode(rig, random), random.Next(1, 5))),
        Own("kill-all", "kill-all", "kill -9 of all nodes", (1, 8), Needs.None, (rig, random) => new KillFault(rig, rig.Cluster.Nodes, random)),
        Own("pause-5", "pause", "SIGSTOP of a node for 5 s", (5, 5), Needs.None, (rig, random) => new PauseFault(AnyNode(rig, random))) with { Weight = 3 },
        Own("pause-30", "pause", "SIGSTOP of a node for 30 s", (30, 30), Needs.None, (rig, random) => new PauseFault(AnyNode(rig, random))),
        Own("pause-90", "pause", "SIGSTOP of a node for 90 s", (90, 90), Needs.None, (rig, random) => new PauseFault(AnyNode(rig, random))) with { Weight = 1 },
        Own("isolate", "partition", "one node reaches nothing", (5, 90), Needs.Namespaces, (rig, random) => new PartitionFault(rig, PartitionShape.Isolate, random)),
        Own("split", "partition", "two groups of nodes do not reach each other", (5, 90), Needs.Namespaces, (rig, random) => new PartitionFault(rig, PartitionShape.Split, random)) with { Weight = 3 },
        Own("deaf", "partition", "a node does not hear the others", (5, 30), Needs.Namespaces, (rig, random) => new PartitionFault(rig, PartitionShape.Deaf, random)),
        Own("mute", "partition", "a node is not heard by the others", (5, 30), Needs.Namespaces, (rig, random) => new PartitionFault(rig, PartitionShape.Mute, random)),
        Own("flapping", "partition", "a partition that comes and goes", (10, 30), Needs.Namespaces, (rig, random) => new PartitionFault(rig, PartitionShape.Flapping, random)),
        new("db-terminate", "database", "pg_terminate_backend of all connections", (0, 0), Needs.None, (servers, _) => DatabaseFault.Terminate(servers)),
        Own("db-restart", "database", "PostgreSQL is stopped (fast), and started", (0, 10), Needs.None, (rig, _) => DatabaseFault.Restart(rig)),
        Own("db-crash", "database", "PostgreSQL is stopped (immediate), and recovers", (0, 10), Needs.None, (rig, _) => DatabaseFault.Crash(rig)),
        Own("db-lost-commits", "database", "connections are cut after a commit, before its answer", (2, 8), Needs.DatabaseProxy, (rig, _) => DatabaseFault.Proxy(rig, ProxyMode.LoseCommits, "answers to commits")),
        Own("db-refused", "database", "no connection to PostgreSQL", (5, 20), Needs.DatabaseProxy, (rig, _) => DatabaseFault.Proxy(rig, ProxyMode.Refuse, "connections")),
        Own("db-silent", "database", "connections to PostgreSQL stay, and no byte passes", (5, 30), Needs.DatabaseProxy, (rig, _) => DatabaseFault.Proxy(rig, ProxyMode.Hold, "bytes")),
        Own("db-full", "database", "the disk that PostgreSQL writes to is full", (5, 20), Needs.SmallDisk, (rig, _) => DatabaseFault.FullDisk(rig)),
        Own("model-refused", "model", "nothing listens at the model's address", (5, 20), Needs.None, (rig, _) => ModelFault.Refused(rig)),
        Own("model-hang", "model", "the model takes connections and says nothing", (5, 30), Needs.None, (rig, _) => ModelFault.Hang(rig)),
        Own("model-429", "model", "the model answers 429 with Retry-After", (5, 20), Needs.None, (rig, _) => ModelFault.Words(rig, "status=429 retry-after=2")),
        Own("model-500", "model", "the model answers 500", (5, 20), Needs.None, (rig, _) => ModelFault.Words(rig, "status=500")),
        Own("model-cut", "model", "the model's streams break off in the middle", (5, 20), Needs.None, (rig, _) => ModelFault.Words(rig, "cut=6 p=0.7")),
        Own("rolling", "rolling", "SIGTERM and a start of one node after the other, of the other version where --from names one", (0, 0), Needs.None, (rig, _) => new RollingRestartFault(rig)) with { Weight = 1, IsOrderly = true },
        Own("clock-jump", "clock", "a node's clock jumps by 10 s to 1 h, and back", (5, 30), Needs.FakeClocks, (rig, random) => new ClockFault(rig, AnyNode(rig, random), random)),
        new("command", "command", "whatever a program of the user does to a cluster of the user", (5, 30), Needs.FaultCommand, (servers, _) => new CommandFault((GivenCluster)servers)) { OnlyByName = true },
        new("upgrade", "upgrade", "a program of the user restarts the nodes of a cluster of the user one by one, as in an upgrade", (0, 0), Needs.FaultCommand, (servers, _) => new CommandFault((GivenCluster)servers)) { OnlyByName = true, IsOrderly = true },
        new("none", "none", "nothing, for comparison", (5, 30), Needs.None, (_, _) => new NoFault()) { OnlyByName = true },
    ];

    /// <summary>What a run injects that asks for nothing in particular.</summary>
    public static IEnumerable<FaultKind> Default => All.Where(kind => !kind.OnlyByName);

    /// <summary>What can be injected into a cluster that was not started here.</summary>
    public static IEnumerable<FaultKind> ForAnyCluster => All.Where(kind => !kind.Needs.HasFlag(Needs.OwnServers));

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
        return [.. All.Where(kind => (asked.Contains("all") && !kind.OnlyByName) || asked.Contains(kind.Group) || asked.Contains(kind.Name))];
    }

    /// <summary>What is injected into a cluster that was not started here when nothing in particular is asked for.</summary>
    /// <param name="withCommand">Whether there is a program of the user.</param>
    public static IReadOnlyList<FaultKind> DefaultForAnyCluster(bool withCommand) =>
        [.. ForAnyCluster.Where(kind => !kind.OnlyByName || (withCommand && kind.Needs.HasFlag(Needs.FaultCommand) && !kind.IsOrderly))];

    /// <summary>A kind that strikes what the run itself started.</summary>
    private static FaultKind Own(
        string name, string group, string description, (double Least, double Most) lengths, Needs needs, Func<Rig, Random, IFault> make) =>
        new(name, group, description, lengths, needs | Needs.OwnServers, (servers, random) => make((Rig)servers, random));

    private static ClusterNode AnyNode(Rig rig, Random random) => rig.Cluster.Nodes[random.Next(rig.Cluster.Nodes.Count)];
}
