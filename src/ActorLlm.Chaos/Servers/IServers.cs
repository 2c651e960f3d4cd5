using ActorLlm.Chaos.Journal;

namespace ActorLlm.Chaos.Servers;

/// <summary>The servers of a run: those that it started itself (<see cref="Rig"/>), or a cluster that was there before (<see cref="GivenCluster"/>).</summary>
internal interface IServers : IAsyncDisposable
{
    TimeProvider Time { get; }

    /// <summary>Where the nodes take requests.</summary>
    IReadOnlyList<Uri> Nodes { get; }

    /// <summary>Those of them whose processes run, as far as it is known; never none.</summary>
    IReadOnlyList<Uri> Running { get; }

    /// <summary>To the nodes' database, past everything that a fault puts between it and the nodes.</summary>
    string Database { get; }

    /// <summary>What of the journal belongs to the run.</summary>
    JournalScope Scope { get; }

    /// <summary>The key that requests bring; null for none.</summary>
    string? ApiKey { get; }

    /// <summary>The model that requests name; null for the cluster's default.</summary>
    string? Model { get; }

    /// <summary>Whether the model is the simulator, whose answer to anything is known.</summary>
    bool HasSimulatedModel { get; }

    /// <summary>Whether a time that a node wrote can be held against a time of the clients.</summary>
    bool IsComparable(DateTimeOffset written);

    /// <summary>Waits until every node is ready.</summary>
    /// <exception cref="UserErrorException">One was not in time.</exception>
    Task WaitReadyAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>What the servers know of the run.</summary>
    Task<ServersReport> ReportAsync(CancellationToken cancellationToken);
}

/// <summary>What servers know of a run.</summary>
/// <param name="Calls">What the model was asked; null where nobody can tell.</param>
/// <param name="EndedByThemselves">The exit codes of nodes that nobody here had ended; 2 is the cluster's decision to do without one.</param>
/// <param name="CommitsLost">How many answers to a commit were kept from the nodes; null where nothing could keep them.</param>
internal sealed record ServersReport(ModelCalls? Calls, IReadOnlyList<int> EndedByThemselves, int? CommitsLost);
