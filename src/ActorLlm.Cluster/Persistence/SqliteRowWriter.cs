using Microsoft.Data.Sqlite;

namespace ActorLlm.Cluster.Persistence;

/// <summary>Writes rows in one transaction. SQLite's calls block, so they run on a thread of their own and not on the pool's.</summary>
internal sealed class SqliteRowWriter(string connectionString) : IJournalRowWriter
{
    private const int ConstraintUnique = 2067;

    private const string Insert = """
        INSERT INTO actorllm_journal (persistence_id, sequence_number, deleted, created, identifier, manifest, message)
        VALUES ($p, $s, 0, $c, $i, $m, $b)
        """;

    private SqliteConnection? _connection;

    public Task WriteAsync(IReadOnlyList<JournalRow> rows) =>
        Task.Factory.StartNew(() => Write(rows), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public bool IsDuplicate(Exception error) => error is SqliteException { SqliteExtendedErrorCode: ConstraintUnique };

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private void Write(IReadOnlyList<JournalRow> rows)
    {
        var connection = Open();
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.CommandText = Insert;
        command.Transaction = transaction;
        var id = command.Parameters.Add("$p", SqliteType.Text);
        var sequence = command.Parameters.Add("$s", SqliteType.Integer);
        var created = command.Parameters.Add("$c", SqliteType.Integer);
        var identifier = command.Parameters.Add("$i", SqliteType.Integer);
        var manifest = command.Parameters.Add("$m", SqliteType.Text);
        var message = command.Parameters.Add("$b", SqliteType.Blob);
        foreach (var row in rows)
        {
            (id.Value, sequence.Value, created.Value) = (row.PersistenceId, row.SequenceNumber, row.Created);
            (identifier.Value, manifest.Value, message.Value) = (row.Identifier, row.Manifest, row.Message);
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private SqliteConnection Open()
    {
        if (_connection is not null) return _connection;
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        // FULL: a commit is on the disk before it is acknowledged, in WAL mode too.
        command.CommandText = "PRAGMA synchronous = FULL";
        command.ExecuteNonQuery();
        return _connection = connection;
    }
}
