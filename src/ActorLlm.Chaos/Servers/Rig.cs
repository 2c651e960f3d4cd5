namespace ActorLlm.Chaos.Servers;

/// <summary>All that a run starts, for the faults to strike.</summary>
/// <param name="Cluster">The nodes.</param>
/// <param name="Database">Their PostgreSQL.</param>
/// <param name="Model">The simulated model.</param>
/// <param name="Time">The clock.</param>
internal sealed record Rig(NodeCluster Cluster, DatabaseServer Database, ModelServer Model, TimeProvider Time);
