using Npgsql;

namespace ActorLlm.Chaos.Journal;

/// <summary>Reads the journal with plain SQL.</summary>
internal sealed class JournalReader(string connectionString) : IAsyncDisposable
{
    private const string Rows =
        "SELECT persistence_id, sequence_number, manifest, message, deleted FROM actorllm_journal ORDER BY ordering";

    private const string Unfinished = """
        SELECT count(*) FILTER (WHERE manifest = 'ta1') - count(*) FILTER (WHERE manifest IN ('rc1', 'tf1', 'tc1')) FROM actorllm_journal
        """;

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(connectionString);

    /// <summary>Every row, in the order of insertion. A deleted row counts as missing, as it does to a recovery.</summary>
    public async Task<List<JournalEvent>> ReadAllAsync(CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand(Rows);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<JournalEvent>();
        while (await reader.ReadAsync(cancellationToken))
        {
            if (!reader.GetBoolean(4))
                events.Add(JournalDecoder.Decode(reader.GetString(0), reader.GetInt64(1), reader.GetString(2), reader.GetFieldValue<byte[]>(3)));
        }
        return events;
    }

    /// <summary>Turns accepted and not settled.</summary>
    public async Task<long> CountUnfinishedAsync(CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand(Unfinished);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
