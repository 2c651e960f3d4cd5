using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql.Snapshot;

namespace ActorLlm.Cluster.Persistence;

/// <summary>Akka.Persistence.Sql's snapshot store, which reads the latest snapshots of many recovering conversations in one query.</summary>
public sealed class ConversationSnapshotStore : SqlSnapshotStore
{
    private readonly Akka.Serialization.Serialization _serialization = Context.System.Serialization;
    private readonly RecoveryReader _reader;

    /// <summary>Made by Akka.Persistence from the plugin's configuration.</summary>
    public ConversationSnapshotStore(Config config)
        : base(config) => _reader = new RecoveryReader(JournalSettings.Of(config));

    /// <inheritdoc/>
    protected override async Task<SelectedSnapshot?> LoadAsync(
        string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken = default)
    {
        if (!criteria.Equals(SnapshotSelectionCriteria.Latest)) return await base.LoadAsync(persistenceId, criteria, cancellationToken).ConfigureAwait(false);
        if (await _reader.LatestSnapshotAsync(persistenceId).ConfigureAwait(false) is not { } row) return null;
        return new SelectedSnapshot(
            new SnapshotMetadata(persistenceId, row.SequenceNumber, new DateTime(row.Created, DateTimeKind.Utc)),
            _serialization.Deserialize(row.Snapshot, row.Identifier, row.Manifest));
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        base.PostStop();
        _reader.Dispose();
    }
}
