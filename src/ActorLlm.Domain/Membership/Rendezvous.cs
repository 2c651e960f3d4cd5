namespace ActorLlm.Domain.Membership;

/// <summary>One process at an address.</summary>
/// <param name="Address">Where other nodes reach it: <c>host:port</c>.</param>
/// <param name="Incarnation">Tells it from earlier and later processes there.</param>
public readonly record struct NodeId(string Address, long Incarnation);

/// <summary>A node that said in the database that it is in a cluster.</summary>
/// <param name="Id">The node.</param>
/// <param name="Members">How many nodes it saw up, itself among them.</param>
/// <param name="Age">How long ago it said so, by the database's clock.</param>
public sealed record KnownNode(NodeId Id, int Members, TimeSpan Age)
{
    /// <summary>Whether it can be taken to be alive.</summary>
    public bool IsFresh => Age < Limits.NodeFreshFor;
}

/// <summary>What a node that is in no cluster does next.</summary>
public abstract record JoinStep
{
    private JoinStep()
    {
    }

    /// <summary>Joins the cluster of any of these nodes, and never forms one of its own meanwhile.</summary>
    public sealed record Join(IReadOnlyList<string> Addresses) : JoinStep;

    /// <summary>Forms a new cluster, if no other node does so first.</summary>
    public sealed record Form : JoinStep;
}

/// <summary>
/// How the nodes of one database become one cluster, and stay one. With a fixed first seed node, one that starts while it cannot reach the
/// others forms a second cluster, which lasts when it can reach them again; and without that node no cluster can start. The database, which every
/// node needs anyway, knows better who is there.
/// </summary>
public static class Rendezvous
{
    /// <summary>What a node does that is in no cluster yet.</summary>
    /// <param name="others">What the database says of the other nodes.</param>
    /// <param name="watched">How long the database has been answering this node without a break.</param>
    public static JoinStep Next(IReadOnlyCollection<KnownNode> others, TimeSpan watched)
    {
        ArgumentNullException.ThrowIfNull(others);
        // Nodes that have been silent for a while may only have been without the database, as this one may have been.
        var alone = others.Count == 0 || (watched >= Limits.WatchBeforeForming && !others.Any(other => other.IsFresh));
        return alone ? new JoinStep.Form() : new JoinStep.Join([.. others.Select(other => other.Id.Address).Order(StringComparer.Ordinal)]);
    }

    /// <summary>
    /// Whom a node asks to be let in that looks for others by a list, by DNS or by another service: those who were found and whom the database knows
    /// besides. A node that was found and that the database does not know has another database or is in no cluster, and is not joined; one that
    /// was not found is not joined either. Whether a cluster may be formed is for <see cref="Next"/> alone to say.
    /// </summary>
    /// <param name="known">The nodes' addresses in the database, without this node's.</param>
    /// <param name="found">What was found, in any order, this node itself perhaps among it.</param>
    public static IReadOnlyList<string> Contacts(IEnumerable<string> known, IEnumerable<Contact> found)
    {
        var addresses = found.Select(contact => contact.ToString()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. known.Where(addresses.Contains)];
    }

    /// <summary>The nodes that are in a cluster which is not this node's.</summary>
    /// <param name="others">What the database says of the other nodes.</param>
    /// <param name="members">All members that this node knows, in whatever state.</param>
    public static IReadOnlyList<KnownNode> Strangers(IEnumerable<KnownNode> others, IReadOnlySet<NodeId> members) =>
        [.. others.Where(other => other.IsFresh && !members.Contains(other.Id))];

    /// <summary>
    /// Whether this node's cluster is the one of two that ends, so that its nodes join the other: the smaller one. This is for two clusters that have
    /// both been speaking all along; a node that has been silent for <see cref="Limits.NodeFreshFor"/> ends as soon as it finds a stranger, as the
    /// other cluster was formed because of its silence.
    /// </summary>
    /// <param name="up">The addresses of the members that are up, this node's among them.</param>
    /// <param name="strangers">Nodes of the other cluster, at least one.</param>
    public static bool Yields(IReadOnlyCollection<string> up, IReadOnlyCollection<KnownNode> strangers)
    {
        ArgumentNullException.ThrowIfNull(up);
        ArgumentNullException.ThrowIfNull(strangers);
        var theirs = strangers.Max(stranger => stranger.Members);
        return theirs != up.Count
            ? theirs > up.Count
            : string.CompareOrdinal(strangers.Select(stranger => stranger.Id.Address).Min(StringComparer.Ordinal), up.Min(StringComparer.Ordinal)) < 0;
    }
}
