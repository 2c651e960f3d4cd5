namespace ActorLlm.Cluster.Persistence;

/// <summary>One row of the snapshot table.</summary>
internal sealed record SnapshotRow(long SequenceNumber, long Created, byte[] Snapshot, string Manifest, int Identifier);

/// <summary>
/// Reads what a conversation needs to start: its highest sequence number, its latest snapshot, its events. The first two are read for many
/// conversations in one query, so that one which has neither, a new one, costs next to nothing.
/// </summary>
internal sealed class RecoveryReader : IDisposable
{
    private const int Queries = 2;
    private const int MaxIds = 200;

    private readonly JournalQuery _query;
    private readonly string _ids;
    private readonly GroupRead<long> _highest;
    private readonly GroupRead<SnapshotRow> _snapshots;

    public RecoveryReader(JournalSettings settings)
    {
        _query = new JournalQuery(settings);
        _ids = _query.Ids("$1");
        _highest = new GroupRead<long>(ReadHighestAsync, Queries, MaxIds);
        _snapshots = new GroupRead<SnapshotRow>(ReadSnapshotsAsync, Queries, MaxIds);
    }

    /// <summary>The last sequence number written; 0 when there is none.</summary>
    public Task<long> HighestAsync(string persistenceId) => _highest.ReadAsync(persistenceId);

    /// <summary>The latest snapshot, or null.</summary>
    public Task<SnapshotRow?> LatestSnapshotAsync(string persistenceId) => _snapshots.ReadAsync(persistenceId);

    /// <summary>Reads at most <paramref name="max"/> events in order, each given as it arrives.</summary>
    public Task ReadEventsAsync(string persistenceId, long from, long to, long max, Action<JournalRow> found, CancellationToken cancellationToken = default) => _query.RunAsync(
        """
        SELECT sequence_number, created, identifier, manifest, message FROM actorllm_journal
        WHERE persistence_id = $1 AND sequence_number BETWEEN $2 AND $3 ORDER BY sequence_number LIMIT $4
        """,
        [persistenceId, from, to, max],
        row => found(new JournalRow(
            persistenceId, row.GetInt64(0), row.GetInt64(1), row.GetInt32(2), row.GetString(3), row.GetFieldValue<byte[]>(4))),
        cancellationToken);

    public void Dispose()
    {
        _highest.Complete();
        _snapshots.Complete();
    }

    private async Task<Dictionary<string, long>> ReadHighestAsync(IReadOnlyList<string> ids)
    {
        var found = new Dictionary<string, long>(StringComparer.Ordinal);
        await _query.RunAsync(
            $"SELECT i.id, (SELECT max(sequence_number) FROM actorllm_journal WHERE persistence_id = i.id) FROM {_ids}",
            [_query.Array(ids)],
            row => found[row.GetString(0)] = row.IsDBNull(1) ? 0 : row.GetInt64(1)).ConfigureAwait(false);
        return found;
    }

    private async Task<Dictionary<string, SnapshotRow>> ReadSnapshotsAsync(IReadOnlyList<string> ids)
    {
        var found = new Dictionary<string, SnapshotRow>(StringComparer.Ordinal);
        await _query.RunAsync(
            $"""
            SELECT s.persistence_id, s.sequence_number, s.created, s.snapshot, s.manifest, s.serializer_id
            FROM {_ids} JOIN actorllm_snapshot s ON s.persistence_id = i.id
              AND s.sequence_number = (SELECT max(sequence_number) FROM actorllm_snapshot WHERE persistence_id = i.id)
            """,
            [_query.Array(ids)],
            row => found[row.GetString(0)] = new SnapshotRow(
                row.GetInt64(1), row.GetInt64(2), row.GetFieldValue<byte[]>(3), row.GetString(4), row.GetInt32(5))).ConfigureAwait(false);
        return found;
    }
}
