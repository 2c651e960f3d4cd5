namespace ActorLlm.Cluster.Persistence;

/// <summary>One row of the journal table, as Akka.Persistence.Sql reads it back.</summary>
internal readonly record struct JournalRow(
    string PersistenceId, long SequenceNumber, long Created, int Identifier, string Manifest, byte[] Message);

/// <summary>Writes rows, all or none.</summary>
internal interface IJournalRowWriter : IAsyncDisposable
{
    /// <summary>Writes the rows in one transaction.</summary>
    Task WriteAsync(IReadOnlyList<JournalRow> rows);

    /// <summary>Whether a failed write met a row with the same persistence id and sequence number.</summary>
    bool IsDuplicate(Exception error);
}
