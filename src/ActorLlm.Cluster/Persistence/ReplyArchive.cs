using ActorLlm.Domain.Conversations;

namespace ActorLlm.Cluster.Persistence;

/// <summary>Reads from the journal what a conversation does not hold in memory.</summary>
internal interface IReplyArchive
{
    /// <summary>The reply committed at a sequence number of the conversation's journal.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    Task<Reply> ReadAsync(string persistenceId, long sequenceNr);

    /// <summary>The last sequence number that anyone has written for the conversation; 0 when there is none.</summary>
    Task<long> HighestAsync(string persistenceId);
}

/// <summary>Reads them back from the journal.</summary>
internal sealed class JournalReplyArchive(RecoveryReader reader, Akka.Serialization.Serialization serialization) : IReplyArchive
{
    public async Task<Reply> ReadAsync(string persistenceId, long sequenceNr)
    {
        object? found = null;
        await reader.ReadEventsAsync(
            persistenceId, sequenceNr, sequenceNr, 1, row => found = serialization.Deserialize(row.Message, row.Identifier, row.Manifest)).ConfigureAwait(false);
        return found is ReplyCommitted committed
            ? committed.Reply
            : throw new InvalidOperationException($"{persistenceId} has no reply at sequence number {sequenceNr}.");
    }

    public Task<long> HighestAsync(string persistenceId) => reader.HighestAsync(persistenceId);
}
