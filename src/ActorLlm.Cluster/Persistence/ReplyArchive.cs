using ActorLlm.Domain.Conversations;
using Akka.Persistence.Query;
using Akka.Persistence.Sql.Query;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace ActorLlm.Cluster.Persistence;

/// <summary>Reads committed replies that a conversation no longer holds in memory.</summary>
internal interface IReplyArchive
{
    /// <summary>The reply committed at a sequence number of the conversation's journal.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    Task<Reply> ReadAsync(string persistenceId, long sequenceNr);
}

/// <summary>Reads them back from the journal.</summary>
internal sealed class JournalReplyArchive(SqlReadJournal journal, IMaterializer materializer) : IReplyArchive
{
    public async Task<Reply> ReadAsync(string persistenceId, long sequenceNr)
    {
        var row = await journal.CurrentEventsByPersistenceId(persistenceId, sequenceNr, sequenceNr)
            .RunWith(Sink.FirstOrDefault<EventEnvelope>(), materializer).ConfigureAwait(false);
        return row?.Event is ReplyCommitted committed
            ? committed.Reply
            : throw new InvalidOperationException($"{persistenceId} has no reply at sequence number {sequenceNr}.");
    }
}
