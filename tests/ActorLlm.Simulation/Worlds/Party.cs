namespace ActorLlm.Simulation.Worlds;

/// <summary>
/// Whoever takes messages: what an actor is in the system. A party is one incarnation; after a crash another one takes its place, and what is
/// on its way to the former is lost, as with an actor reference.
/// </summary>
internal abstract class Party(World world, Node? node, string name)
{
    public World World { get; } = world;

    /// <summary>Where it lives; null outside of the cluster (the database, the model, callers).</summary>
    public Node? Node { get; } = node;

    public string Name { get; } = name;

    public bool Alive { get; set; } = true;

    public abstract void Receive(object message, Party? sender);

    public override string ToString() => Node is null ? Name : $"{Node}/{Name}";
}
