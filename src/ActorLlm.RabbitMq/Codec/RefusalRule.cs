using ActorLlm.Domain.Conversations;

namespace ActorLlm.RabbitMq.Codec;

/// <summary>What becomes of a message whose turn a conversation refused.</summary>
internal static class RefusalRule
{
    /// <summary>Whether the same turn may be accepted a little later: then the message is held back; else it is answered with the error.</summary>
    public static bool PassesByItself(RejectionCode code) => code is RejectionCode.TooManyPending or RejectionCode.Busy;
}
