namespace ActorLlm.Inspection;

/// <summary>The workers of the cluster, by the coordinator's registry.</summary>
/// <param name="Workers">By node.</param>
public sealed record WorkersPicture(IReadOnlyList<WorkerPicture> Workers);

/// <summary>One worker.</summary>
/// <param name="Node">Its node, <c>host:port</c>.</param>
/// <param name="Capacity">Attempts it runs at once; 0 while it takes none.</param>
/// <param name="InFlight">Attempts it holds: running, waiting and unacknowledged.</param>
/// <param name="LatencyMs">Smoothed time of its successful attempts in milliseconds; 0 while none has succeeded.</param>
/// <param name="Backends">The backends it calls, by name.</param>
public sealed record WorkerPicture(string Node, int Capacity, int InFlight, double LatencyMs, IReadOnlyList<BackendPicture> Backends);

/// <summary>One backend as a worker sees it.</summary>
/// <param name="Backend">Its configured name.</param>
/// <param name="FailuresInARow">Attempts that failed there since it last answered.</param>
/// <param name="LastError">Why the last of them failed; empty where none did.</param>
public sealed record BackendPicture(string Backend, int FailuresInARow, string LastError);
