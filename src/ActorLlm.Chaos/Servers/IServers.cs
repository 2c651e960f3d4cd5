namespace ActorLlm.Chaos.Servers;

/// <summary>The servers of a run: those that it started itself (<see cref="Rig"/>), or a cluster that was there before.</summary>
internal interface IServers : IAsyncDisposable
{
    TimeProvider Time { get; }

    /// <summary>Where the nodes take requests.</summary>
    IReadOnlyList<Uri> Nodes { get; }

    /// <summary>Those of them whose processes run, as far as it is known; never none.</summary>
    IReadOnlyList<Uri> Running { get; }

    /// <summary>To the nodes' database, past everything that a fault puts between it and the nodes.</summary>
    string Database { get; }

    /// <summary>Whether a time that a node wrote can be held against a time of the clients.</summary>
    bool IsComparable(DateTimeOffset written);

    /// <summary>Waits until every node is ready.</summary>
    /// <exception cref="UserErrorException">One was not in time.</exception>
    Task WaitReadyAsync(TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>What the model was asked in this run.</summary>
    Task<ModelCalls> ReadCallsAsync(CancellationToken cancellationToken);
}
