using ActorLlm.Domain.Conversations;
using Akka.Event;

namespace ActorLlm.Cluster.Conversations;

/// <summary>Sharding's hand-off: end once what is being written is written. Unlike a poison pill it waits its turn in the mailbox and the stash.</summary>
internal sealed record StopConversation : IDeadLetterSuppression
{
    public static StopConversation Instance { get; } = new();
}

/// <summary>The attempt is over for its conversation: conversation to its own node's dispatcher.</summary>
internal sealed record AttemptClosed(AttemptKey Key) : AttemptMessage(Key);
