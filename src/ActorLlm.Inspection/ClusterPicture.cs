namespace ActorLlm.Inspection;

/// <summary>The members of the cluster, as the asked node sees them.</summary>
/// <param name="AskedNode">The node that answered, <c>host:port</c> of its place in the cluster.</param>
/// <param name="Leader">The node that lets members in and puts them out; null while there is none.</param>
/// <param name="Coordinator">The node of the coordinator: the oldest of role <c>conversation</c>; null while there is none.</param>
/// <param name="Members">All members, the oldest first.</param>
public sealed record ClusterPicture(string AskedNode, string? Leader, string? Coordinator, IReadOnlyList<MemberPicture> Members);

/// <summary>One member of the cluster.</summary>
/// <param name="Node">Its address, <c>host:port</c>.</param>
/// <param name="Status">Akka's word for where it is in its life: Joining, WeaklyUp, Up, Leaving, Exiting, Down, Removed.</param>
/// <param name="Reachable">Whether the asked node's failure detectors hear it.</param>
/// <param name="Roles">What it does.</param>
/// <param name="Version">The version of its program.</param>
/// <param name="Draining">Whether its worker takes no new attempts.</param>
public sealed record MemberPicture(string Node, string Status, bool Reachable, IReadOnlyList<string> Roles, string Version, bool Draining);
