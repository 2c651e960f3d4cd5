using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Akka.Actor;

namespace ActorLlm.Cluster.Conversations;

/// <summary>What every conversation of a node shares.</summary>
/// <param name="Policy">The operator's settings.</param>
/// <param name="Time">The clock.</param>
/// <param name="Random">For jitter.</param>
/// <param name="Dispatcher">The node's dispatcher.</param>
/// <param name="Replies">Reads replies that have left memory.</param>
/// <param name="Node">The node, <c>host:port</c>.</param>
internal sealed record ConversationRuntime(
    ConversationPolicy Policy, TimeProvider Time, Random Random, IActorRef Dispatcher, IReplyArchive Replies, string Node)
{
    /// <summary>The way to other conversations; asked for only by those that have children.</summary>
    public Func<IActorRef> Region { get; init; } = () => ActorRefs.Nobody;

    /// <summary>Now, with fresh jitter.</summary>
    public Circumstances Now() => new(Time.NowInMilliseconds(), Random.NextDouble(), Policy);
}

/// <summary>The clock's edge.</summary>
internal static class Clock
{
    /// <summary>Now, cut to whole milliseconds: what is stored reads back the same.</summary>
    public static DateTimeOffset NowInMilliseconds(this TimeProvider time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
