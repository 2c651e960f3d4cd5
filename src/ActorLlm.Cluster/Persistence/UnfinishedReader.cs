using System.Data.Common;
using System.Globalization;
using System.Text;
using ActorLlm.Domain;
using ActorLlm.Domain.Recovery;
using ActorLlm.Serialization;

namespace ActorLlm.Cluster.Persistence;

/// <summary>Reads the journal's marks for <see cref="UnfinishedIndex"/>: no payload leaves the database.</summary>
internal sealed class UnfinishedReader(JournalSettings settings) : IAsyncDisposable
{
    private const string Name = "unfinished";

    private readonly DbDataSource _source = settings.CreateDataSource();

    /// <summary>Reads, in one statement, rows beyond <paramref name="head"/> and rows that fill gaps, in rising order.</summary>
    public async Task<IReadOnlyList<JournalMark>> ReadAsync(
        long head, IReadOnlyList<(long From, long To)> gaps, CancellationToken cancellationToken)
    {
        var where = new StringBuilder().Append(CultureInfo.InvariantCulture, $"ordering > {head}");
        foreach (var (from, to) in gaps) where.Append(CultureInfo.InvariantCulture, $" OR ordering BETWEEN {from} AND {to}");
        await using var command = _source.CreateCommand(
            $"SELECT ordering, persistence_id, manifest FROM actorllm_journal WHERE {where} ORDER BY ordering LIMIT {Limits.MaxJournalPage}");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var marks = new List<JournalMark>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            marks.Add(new JournalMark(reader.GetInt64(0), reader.GetString(1), WireTypes.EffectOf(reader.GetString(2))));
        }

        return marks;
    }

    /// <summary>Where the last reader said that a new one may start.</summary>
    public async Task<long> LoadWatermarkAsync(CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand($"SELECT ordering FROM actorllm_watermark WHERE name = '{Name}'");
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is long ordering ? ordering : 0;
    }

    /// <summary>Says where a new reader may start. Two readers may both write it for a while: each value was right, and stays so.</summary>
    public async Task SaveWatermarkAsync(long ordering, CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand(
            $"INSERT INTO actorllm_watermark (name, ordering) VALUES ('{Name}', {ordering}) "
            + "ON CONFLICT (name) DO UPDATE SET ordering = excluded.ordering");
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
