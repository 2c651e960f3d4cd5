namespace ActorLlm.Domain.Conversations;

/// <summary>
/// When a conversation's state is worth a snapshot: once the events since the last one weigh as much as the snapshot would, and not before
/// <see cref="Limits.MinBytesBetweenSnapshots"/>. So however long a conversation grows, snapshots at most double what is written for
/// it, and a recovery reads at most about twice its state.
/// </summary>
public static class SnapshotRule
{
    // Beside its text: ids, times and numbers, and what a row costs to read.
    private const long BytesOfEvent = 128;
    private const long BytesOfSettledTurn = 128;

    /// <summary>Whether a snapshot is due.</summary>
    /// <param name="state">The state that it would hold.</param>
    /// <param name="bytesSince">Weight of the events since the last one, by <see cref="Weigh"/>.</param>
    public static bool IsDue(ConversationState state, long bytesSince) =>
        bytesSince >= Limits.MinBytesBetweenSnapshots && bytesSince >= state.HistoryBytes + state.Settled.Count * BytesOfSettledTurn;

    /// <summary>What an event weighs, about: its texts and a fixed part.</summary>
    public static long Weigh(ConversationEvent @event)
    {
        var bytes = BytesOfEvent;
        if (@event is ReplyCommitted committed) bytes += committed.Reply.ByteCount();
        if (@event is ConversationDescribed described) bytes += described.Metadata.Length;
        if (@event is ItemsAdded added) bytes += added.Messages.Sum(message => message.ByteCount());
        if (@event is TurnAccepted accepted) bytes += accepted.Content.ByteCount();
        if (@event is StepBegun begun) bytes += begun.Request.ByteCount();
        if (@event is StepEnded ended) bytes += ended.Result.Length;
        if (@event is ChildEnded child) bytes += child.Result.Length;
        return bytes;
    }
}
