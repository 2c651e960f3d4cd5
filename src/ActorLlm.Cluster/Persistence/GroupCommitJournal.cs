using System.Collections.Concurrent;
using System.Collections.Immutable;
using ActorLlm.Domain;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql.Journal;
using Akka.Serialization;
using Npgsql;

namespace ActorLlm.Cluster.Persistence;

/// <summary>
/// Akka.Persistence.Sql's journal with paths of its own for writing and recovery; deletion is the library's. What it adds: a stale writer's
/// duplicate key fails that writer alone, and the writes and the starts of many conversations share their statements. See docs/decisions.
/// </summary>
public sealed class GroupCommitJournal : SqlWriteJournal
{
    private readonly ConcurrentDictionary<string, Task> _writing = new(StringComparer.Ordinal);
    private readonly Akka.Serialization.Serialization _serialization = Context.System.Serialization;
    private readonly GroupCommit _commits;
    private readonly RecoveryReader _reader;
    private readonly NpgsqlDataSource? _source;

    /// <summary>Made by Akka.Persistence from the plugin's configuration.</summary>
    public GroupCommitJournal(Config config)
        : base(config)
    {
        var settings = JournalSettings.Of(config);
        _reader = new RecoveryReader(settings);
        if (settings.Provider == JournalProvider.PostgreSql)
        {
            var source = NpgsqlDataSource.Create(settings.ConnectionString);
            _source = source;
            _commits = new GroupCommit(() => new PostgresRowWriter(source), config.GetInt("parallelism"), Limits.MaxJournalBatch);
        }
        else
        {
            // One writer: SQLite has one write lock.
            _commits = new GroupCommit(() => new SqliteRowWriter(settings.ConnectionString), writers: 1, Limits.MaxJournalBatch);
        }
    }

    /// <inheritdoc/>
    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(
        IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var rows = new List<JournalRow>();
        var writes = 0;
        foreach (var write in messages)
        {
            writes++;
            foreach (var message in (IImmutableList<IPersistentRepresentation>)write.Payload) rows.Add(ToRow(message));
        }

        var id = rows[0].PersistenceId;
        var done = _commits.WriteAsync(rows);
        _writing[id] = done;
        try
        {
            await done.ConfigureAwait(false);
        }
        catch (StaleWriterException stale)
        {
            // A rejection stops the stale conversation like a failure does, but the database is well: the circuit breaker must not
            // open for it and fail everyone else, as after a partition, when many writers are stale at once.
            return [.. Enumerable.Repeat(stale, writes)];
        }
        finally
        {
            _writing.TryRemove(new KeyValuePair<string, Task>(id, done));
        }

        // Null: nothing was rejected.
        return null!;
    }

    /// <inheritdoc/>
    public override async Task<long> ReadHighestSequenceNrAsync(
        string persistenceId, long fromSequenceNr, CancellationToken cancellationToken)
    {
        if (_writing.TryGetValue(persistenceId, out var writing))
        {
            // A new incarnation waits for its predecessor's write to end; how it ends shows in the number that is read next.
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await _reader.HighestAsync(persistenceId).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback) =>
        _reader.ReadEventsAsync(persistenceId, fromSequenceNr, toSequenceNr, max, row => recoveryCallback(new Persistent(
            _serialization.Deserialize(row.Message, row.Identifier, row.Manifest), row.SequenceNumber, persistenceId, row.Manifest, writerGuid: "")));

    /// <inheritdoc/>
    protected override void PostStop()
    {
        base.PostStop();
        _reader.Dispose();
        _ = DisposeAsync();
    }

    private async Task DisposeAsync()
    {
        await _commits.DisposeAsync().ConfigureAwait(false);
        if (_source is not null) await _source.DisposeAsync().ConfigureAwait(false);
    }

    private JournalRow ToRow(IPersistentRepresentation message)
    {
        var serializer = (SerializerWithStringManifest)_serialization.FindSerializerForType(message.Payload.GetType());
        return new JournalRow(
            message.PersistenceId,
            message.SequenceNr,
            // The library's unit for this column: ticks of 100 ns since year 1, UTC.
            TimeProvider.System.GetUtcNow().UtcTicks,
            serializer.Identifier,
            serializer.Manifest(message.Payload),
            serializer.ToBinary(message.Payload));
    }
}
