using Npgsql;
using NpgsqlTypes;

namespace ActorLlm.Cluster.Persistence;

/// <summary>Writes rows with one prepared statement over arrays: one round trip and one commit, whatever the number of rows.</summary>
internal sealed class PostgresRowWriter(NpgsqlDataSource source) : IJournalRowWriter
{
    private const string Insert = """
        INSERT INTO actorllm_journal (persistence_id, sequence_number, deleted, created, identifier, manifest, message)
        SELECT p, s, false, c, i, m, b FROM unnest($1, $2, $3, $4, $5, $6) AS r (p, s, c, i, m, b)
        """;

    private NpgsqlConnection? _connection;
    private NpgsqlCommand? _command;

    public async Task WriteAsync(IReadOnlyList<JournalRow> rows)
    {
        var command = await ReadyAsync().ConfigureAwait(false);
        try
        {
            Fill(command, rows);
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (!IsDuplicate(error))
        {
            // Whatever state the connection is in, the next write starts with a new one.
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public bool IsDuplicate(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    public async ValueTask DisposeAsync()
    {
        var connection = _connection;
        (_connection, _command) = (null, null);
        if (connection is not null) await connection.DisposeAsync().ConfigureAwait(false);
    }

    private static void Fill(NpgsqlCommand command, IReadOnlyList<JournalRow> rows)
    {
        var ids = new string[rows.Count];
        var sequence = new long[rows.Count];
        var created = new long[rows.Count];
        var identifiers = new int[rows.Count];
        var manifests = new string[rows.Count];
        var messages = new byte[rows.Count][];
        for (var i = 0; i < rows.Count; i++)
        {
            (ids[i], sequence[i], created[i], identifiers[i], manifests[i], messages[i]) = rows[i];
        }

        ((NpgsqlParameter<string[]>)command.Parameters[0]).TypedValue = ids;
        ((NpgsqlParameter<long[]>)command.Parameters[1]).TypedValue = sequence;
        ((NpgsqlParameter<long[]>)command.Parameters[2]).TypedValue = created;
        ((NpgsqlParameter<int[]>)command.Parameters[3]).TypedValue = identifiers;
        ((NpgsqlParameter<string[]>)command.Parameters[4]).TypedValue = manifests;
        ((NpgsqlParameter<byte[][]>)command.Parameters[5]).TypedValue = messages;
    }

    private async ValueTask<NpgsqlCommand> ReadyAsync()
    {
        if (_command is not null) return _command;
        _connection = await source.OpenConnectionAsync().ConfigureAwait(false);
        var command = new NpgsqlCommand(Insert, _connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<long[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new NpgsqlParameter<long[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new NpgsqlParameter<int[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new NpgsqlParameter<string[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<byte[][]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        await command.PrepareAsync().ConfigureAwait(false);
        return _command = command;
    }
}
