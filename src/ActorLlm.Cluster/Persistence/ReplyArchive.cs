using ActorLlm.Domain.Conversations;

namespace ActorLlm.Cluster.Persistence;

/// <summary>Reads from the journal what a conversation does not hold in memory.</summary>
internal interface IReplyArchive
{
    /// <summary>The reply committed at a sequence number of the conversation's journal.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    Task<Reply> ReadAsync(string persistenceId, long sequenceNr);

    /// <summary>The acceptance of a turn at a sequence number of the conversation's journal; null where there is none.</summary>
    Task<TurnAccepted?> ReadAcceptanceAsync(string persistenceId, long sequenceNr);

    /// <summary>The last sequence number that anyone has written for the conversation; 0 when there is none.</summary>
    Task<long> HighestAsync(string persistenceId);
}

/// <summary>Reads them back from the journal.</summary>
internal sealed class JournalReplyArchive(RecoveryReader reader, Akka.Serialization.Serialization serialization) : IReplyArchive
{
    public async Task<Reply> ReadAsync(string persistenceId, long sequenceNr) =>
        await ReadEventAsync(persistenceId, sequenceNr).ConfigureAwait(false) is ReplyCommitted committed
            ? committed.Reply
            : throw new InvalidOperationException($"{persistenceId} has no reply at sequence number {sequenceNr}.");

    public async Task<TurnAccepted?> ReadAcceptanceAsync(string persistenceId, long sequenceNr) =>
        await ReadEventAsync(persistenceId, sequenceNr).ConfigureAwait(false) as TurnAccepted;

    public Task<long> HighestAsync(string persistenceId) => reader.HighestAsync(persistenceId);

    private async Task<object?> ReadEventAsync(string persistenceId, long sequenceNr)
    {
        object? found = null;
        await reader.ReadEventsAsync(
            persistenceId, sequenceNr, sequenceNr, 1, row => found = serialization.Deserialize(row.Message, row.Identifier, row.Manifest)).ConfigureAwait(false);
        return found;
    }
}
