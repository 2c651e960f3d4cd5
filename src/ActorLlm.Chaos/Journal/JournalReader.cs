using Npgsql;

namespace ActorLlm.Chaos.Journal;

/// <summary>Reads the journal with plain SQL.</summary>
/// <param name="connectionString">To the database.</param>
/// <param name="scope">The rows that are read and counted.</param>
internal sealed class JournalReader(string connectionString, JournalScope scope) : IAsyncDisposable
{
    private const string Scope = "FROM actorllm_journal WHERE ordering > $1 AND starts_with(persistence_id, $2)";

    private const string Rows = $"SELECT persistence_id, sequence_number, manifest, message, deleted {Scope} ORDER BY ordering";

    private const string Unfinished =
        $"SELECT count(*) FILTER (WHERE manifest = 'ta1') - count(*) FILTER (WHERE manifest IN ('rc1', 'tf1', 'tc1')) {Scope}";

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(connectionString);

    /// <summary>Every row, in the order of insertion. A deleted row counts as missing, as it does to a recovery.</summary>
    public async Task<List<JournalEvent>> ReadAllAsync(CancellationToken cancellationToken)
    {
        await using var command = Command(Rows);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<JournalEvent>();
        while (await reader.ReadAsync(cancellationToken))
        {
            if (!reader.GetBoolean(4))
                events.Add(JournalDecoder.Decode(scope.ConversationPrefix, reader.GetString(0), reader.GetInt64(1), reader.GetString(2), reader.GetFieldValue<byte[]>(3)));
        }
        return events;
    }

    /// <summary>Turns accepted and not settled.</summary>
    public async Task<long> CountUnfinishedAsync(CancellationToken cancellationToken)
    {
        await using var command = Command(Unfinished);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private NpgsqlCommand Command(string text)
    {
        var command = _source.CreateCommand(text);
        command.Parameters.AddWithValue(scope.Since);
        // Without a prefix every row is wanted, one of an unknown kind too.
        command.Parameters.AddWithValue(scope.Prefix.Length == 0 ? "" : scope.ConversationPrefix + scope.Prefix);
        return command;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
