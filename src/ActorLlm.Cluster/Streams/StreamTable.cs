using System.Data.Common;
using System.Text;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Serialization.AtRest;
using Npgsql;

namespace ActorLlm.Cluster.Streams;

/// <summary>The table of replies that are being streamed. Its rows are few and short-lived: a turn's go once its reply is committed.</summary>
internal sealed class StreamTable(JournalSettings settings, ContentCipher cipher) : IAsyncDisposable
{
    // A piece that was written and whose answer was lost is written again by its own attempt, and only by that.
    private const string OrOwn =
        "ON CONFLICT (stream, position) DO UPDATE SET attempt = excluded.attempt WHERE actorllm_stream.attempt = excluded.attempt RETURNING stream";

    private const string PostgresInsert =
        $"""
        INSERT INTO actorllm_stream (stream, position, attempt, start, piece, written)
        SELECT s, p, a, o, t, clock_timestamp() FROM unnest($1, $2, $3, $4, $5) AS r (s, p, a, o, t) {OrOwn}
        """;

    private const string SqliteInsert =
        $"INSERT INTO actorllm_stream (stream, position, attempt, start, piece, written) VALUES ($1, $2, $3, $4, $5, julianday('now')) {OrOwn}";

    // After the loss of a node thousands of attempts read at once, beside the conversations that come back; the server's connections are counted.
    private const int MaxConnections = 4;

    private readonly DbDataSource _source = settings.WithPoolOf(MaxConnections).CreateDataSource();

    private bool IsPostgres => settings.Provider == JournalProvider.PostgreSql;

    /// <summary>Writes pieces, at most one of each stream.</summary>
    /// <returns>The streams of those that are durable; the others' places were taken by another attempt.</returns>
    public Task<HashSet<string>> WriteAsync(IReadOnlyList<StreamRow> rows) =>
        // SQLite's calls block, so they run on a thread of their own and not on the pool's.
        IsPostgres
            ? WritePostgresAsync(rows)
            : Task.Factory.StartNew(() => WriteSqlite(rows), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>What there is of a stream.</summary>
    public async Task<StreamRest> ReadAsync(string stream, CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand("SELECT position, start, piece FROM actorllm_stream WHERE stream = $1 ORDER BY position");
        Add(command, "$1", stream);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var text = new StringBuilder();
        var last = 0;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            last = reader.GetInt32(0);
            text.Length = Math.Min(text.Length, reader.GetInt32(1));
            text.Append(cipher.OpenText(reader.GetString(2), stream));
        }

        return new StreamRest(text.ToString(), last);
    }

    /// <summary>Drops the streams.</summary>
    public async Task DeleteAsync(IReadOnlyList<string> streams)
    {
        await using var connection = await _source.OpenConnectionAsync().ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);
        foreach (var chunk in IsPostgres ? [streams.ToArray()] : streams.Select(stream => new[] { stream }))
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"DELETE FROM actorllm_stream WHERE stream = {(IsPostgres ? "ANY ($1)" : "$1")}";
            Add(command, "$1", IsPostgres ? chunk : chunk[0]);
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }

        await transaction.CommitAsync().ConfigureAwait(false);
    }

    /// <summary>Drops the pieces that were written longer ago: their turns have ended in another way than by the attempt that wrote them.</summary>
    public async Task DeleteOlderAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand(IsPostgres
            ? "DELETE FROM actorllm_stream WHERE written < clock_timestamp() - make_interval(secs => $1)"
            : "DELETE FROM actorllm_stream WHERE written < julianday('now') - $1 / 86400.0");
        Add(command, "$1", age.TotalSeconds);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task<HashSet<string>> WritePostgresAsync(IReadOnlyList<StreamRow> rows)
    {
        await using var command = _source.CreateCommand(PostgresInsert);
        Add(command, "$1", rows.Select(row => row.Stream).ToArray());
        Add(command, "$2", rows.Select(row => row.Position).ToArray());
        Add(command, "$3", rows.Select(row => row.Attempt).ToArray());
        Add(command, "$4", rows.Select(row => row.Offset).ToArray());
        Add(command, "$5", rows.Select(TextOf).ToArray());
        var written = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        while (await reader.ReadAsync().ConfigureAwait(false)) written.Add(reader.GetString(0));
        return written;
    }

    private HashSet<string> WriteSqlite(IReadOnlyList<StreamRow> rows)
    {
        using var connection = _source.OpenConnection();
        using var transaction = connection.BeginTransaction();
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = SqliteInsert;
            Add(command, "$1", row.Stream);
            Add(command, "$2", row.Position);
            Add(command, "$3", row.Attempt);
            Add(command, "$4", row.Offset);
            Add(command, "$5", TextOf(row));
            if (command.ExecuteScalar() is not null) written.Add(row.Stream);
        }

        transaction.Commit();
        return written;
    }

    private string TextOf(StreamRow row) => cipher.SealText(row.Text, row.Stream);

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        // Npgsql takes them by their place, and then wants no name.
        if (parameter is not NpgsqlParameter) parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
