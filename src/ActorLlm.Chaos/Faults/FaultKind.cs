using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Faults;

/// <summary>What a kind of fault needs beyond the processes that every run has.</summary>
[Flags]
internal enum Needs
{
    None = 0,

    /// <summary>Each node in a network namespace of its own.</summary>
    Namespaces = 1,

    /// <summary>Connections to the database that pass through this program.</summary>
    DatabaseProxy = 2,

    /// <summary>Servers that this program started itself.</summary>
    OwnServers = 4,

    /// <summary>Nodes whose clocks can be set apart from the machine's.</summary>
    FakeClocks = 8,

    /// <summary>A file system that the database has for itself.</summary>
    SmallDisk = 16,

    /// <summary>Calls of the model that pass through this program.</summary>
    ModelProxy = 32,

    /// <summary>A program of the user, for a cluster of the user.</summary>
    FaultCommand = 64,
}

/// <summary>A kind of fault that can be asked for.</summary>
/// <param name="Name">What it is called on the command line and in the report.</param>
/// <param name="Group">The word that asks for it together with its kin.</param>
/// <param name="Description">What happens, in a few words.</param>
/// <param name="Lengths">How long it lasts before it is undone: from the first to the second, in seconds.</param>
/// <param name="Needs">What must be set up for it.</param>
/// <param name="Make">Makes one such fault from the plan.</param>
internal sealed record FaultKind(
    string Name, string Group, string Description, (double Least, double Most) Lengths, Needs Needs, Func<IServers, Random, IFault> Make)
{
    /// <summary>Whether it comes only when it is asked for by its own name.</summary>
    public bool OnlyByName { get; init; }

    /// <summary>Whether no node is lost by it: each ends when it is told to, and in its own time.</summary>
    public bool IsOrderly { get; init; }

    /// <summary>How often it is drawn, against the others.</summary>
    public int Weight { get; init; } = 2;
}

/// <summary>One fault of the plan.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Gap">From when the last fault was undone and all nodes were ready again to this one.</param>
/// <param name="Length">How long it lasts before it is undone.</param>
/// <param name="Seed">Of what else is left to chance in it.</param>
internal sealed record PlannedFault(FaultKind Kind, TimeSpan Gap, TimeSpan Length, int Seed)
{
    public IFault Make(IServers servers) => Kind.Make(servers, new Random(Seed));
}
