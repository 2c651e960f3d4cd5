using ActorLlm.Domain.Conversations;

namespace ActorLlm.RabbitMq.Codec;

/// <summary>Writes replies, <c>{"status": ..., "result": ..., "id": ...}</c>.</summary>
internal static class ReplyWriter
{
    /// <summary>The reply to a turn.</summary>
    public static byte[] Write(Outcome outcome, string id) => outcome switch
    {
        Outcome.Committed { Reply: var reply } => Write("success", reply.Spoken, id),
        Outcome.Failed { Reason: var reason } => Write("error", reason, id),
        Outcome.Cancelled { By: CancelledBy.LaterTurn } => Write("error", "The turn was cancelled by a later one.", id),
        Outcome.Cancelled => Write("error", "The turn was cancelled.", id),
        _ => Write("success", "", id),
    };

    /// <summary>The reply to what made no turn.</summary>
    public static byte[] Error(string reason, string id) => Write("error", reason, id);

    private static byte[] Write(string status, string result, string id) => JsonWithId.Write(("status", status), ("result", result), id);
}
