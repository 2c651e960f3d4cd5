using ActorLlm.Chaos.Network;

namespace ActorLlm.Chaos.Servers;

/// <summary>All that a run starts, for the faults to strike.</summary>
/// <param name="Cluster">The nodes.</param>
/// <param name="Database">Their PostgreSQL.</param>
/// <param name="Model">The simulated model.</param>
/// <param name="Network">The nodes' networks; null where all is on loopback.</param>
/// <param name="Time">The clock.</param>
internal sealed record Rig(NodeCluster Cluster, DatabaseServer Database, ModelServer Model, NodeNetwork? Network, TimeProvider Time);
