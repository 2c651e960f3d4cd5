using System.Data.Common;
using ActorLlm.Cluster.Conversations;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using ActorLlm.Inspection;
using ActorLlm.Serialization;

namespace ActorLlm.Cluster.Inspection;

/// <summary>
/// Lists conversations from the journal as it is, the latest change first: no write and no table is kept for it. It reads the journal backwards
/// until the page is full. Where that takes too many rows (one conversation that fills the journal, a tenant that has been quiet for long), the
/// conversations are looked for by name in the unique index, from one to the next. Both ways are bounded: a page may be short, even empty, and
/// still have a next one.
/// </summary>
internal sealed class ConversationLister(JournalSettings settings)
{
    private const int FirstWindow = 1000;
    private const int LargestWindow = 16_000;

    /// <summary>Rows of one conversation in a search from which on the database leaves its further ones out.</summary>
    private const int Busy = 64;

    /// <summary>What the question for the last row of a conversation costs, in rows that are read on end.</summary>
    private const int ProbeCost = 8;

    private static readonly string IdPrefix = ConversationActor.IdOf(default);

    private readonly JournalQuery _journal = new(settings);

    /// <summary>One page.</summary>
    public async Task<ConversationPage> ListAsync(ConversationFilter filter, CancellationToken cancellationToken)
    {
        var prefix = filter.Tenant is { } tenant ? $"{IdPrefix}{tenant}/" : IdPrefix;
        var found = new List<LastRow>();
        var start = Math.Min(filter.Before ?? long.MaxValue, await HeadAsync(cancellationToken).ConfigureAwait(false) + 1);
        var (end, full) = await SearchBackAsync(prefix, start, filter.Before is not null, filter.Limit, found, cancellationToken).ConfigureAwait(false);
        if (!full && end > 1)
        {
            var byName = await SearchByNameAsync(prefix, start, cancellationToken).ConfigureAwait(false);
            if (byName is not null) (found, end) = (byName, 1);
        }

        var next = found.Count > filter.Limit ? found[filter.Limit - 1].Ordering : end > 1 ? end : (long?)null;
        return new ConversationPage([.. found.Take(filter.Limit).Select(Summary).OfType<ConversationSummary>()], next);
    }

    private static ConversationSummary? Summary(LastRow row) => ConversationId.TryParse(row.Id[IdPrefix.Length..], out var conversation, out _)
        ? new ConversationSummary(conversation.Value, row.SequenceNr, WireTypes.NameOf(row.Manifest), new DateTimeOffset(row.Created, TimeSpan.Zero))
        : null;

    private static LastRow Row(DbDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetString(4));

    private async Task<long> HeadAsync(CancellationToken cancellationToken)
    {
        var head = 0L;
        await _journal.RunAsync(
            "SELECT max(ordering) FROM actorllm_journal", [], row => head = row.IsDBNull(0) ? 0 : row.GetInt64(0), cancellationToken).ConfigureAwait(false);
        return head;
    }

    /// <summary>Reads the journal backwards; gives where it stopped, and whether one more than the page holds was found.</summary>
    private async Task<(long End, bool Full)> SearchBackAsync(
        string prefix, long start, bool later, int limit, List<LastRow> found, CancellationToken cancellationToken)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var (work, window) = (0L, FirstWindow);
        while (start > 1 && work < Limits.MaxListRows)
        {
            var low = Math.Max(1, start - window);
            // The first row of a conversation that is met is its last one, as long as nothing later was left out.
            var last = await ReadWindowAsync(prefix, low, start, seen, cancellationToken).ConfigureAwait(false);
            work += start - low;
            if (later)
            {
                work += ProbeCost * last.Count;
                last = await OnlyLastAsync(last, cancellationToken).ConfigureAwait(false);
            }

            found.AddRange(last);
            if (found.Count > limit) return (low, true);
            (start, window) = (low, Math.Min(4 * window, LargestWindow));
        }

        return (start, false);
    }

    /// <summary>The first row that is met of each conversation that was not seen before, in falling order.</summary>
    private async Task<List<LastRow>> ReadWindowAsync(
        string prefix, long low, long high, Dictionary<string, int> seen, CancellationToken cancellationToken)
    {
        var rows = new List<LastRow>();
        await _journal.RunAsync(
            $"""
            SELECT ordering, persistence_id, sequence_number, created, manifest FROM actorllm_journal
            WHERE ordering >= $1 AND ordering < $2 AND substr(persistence_id, 1, $3) = $4
              AND persistence_id NOT IN (SELECT i.id FROM {_journal.Ids("$5")})
            ORDER BY ordering DESC
            """,
            [low, high, prefix.Length, prefix, _journal.Array(seen.Where(pair => pair.Value >= Busy).Select(pair => pair.Key))],
            row =>
            {
                var id = row.GetString(1);
                seen[id] = seen.GetValueOrDefault(id) + 1;
                if (seen[id] == 1) rows.Add(Row(row));
            },
            cancellationToken).ConfigureAwait(false);
        return rows;
    }

    /// <summary>Without those whose conversation went on: an earlier page has it.</summary>
    private async Task<List<LastRow>> OnlyLastAsync(List<LastRow> rows, CancellationToken cancellationToken)
    {
        var highest = new Dictionary<string, long>(StringComparer.Ordinal);
        await _journal.RunAsync(
            $"SELECT i.id, (SELECT max(sequence_number) FROM actorllm_journal WHERE persistence_id = i.id) FROM {_journal.Ids("$1")}",
            [_journal.Array(rows.Select(row => row.Id))],
            row => highest[row.GetString(0)] = row.GetInt64(1),
            cancellationToken).ConfigureAwait(false);
        return [.. rows.Where(row => highest.GetValueOrDefault(row.Id) == row.SequenceNr)];
    }

    /// <summary>All conversations whose name begins so and whose last row lies before a place, the latest first; null if there are too many to tell.</summary>
    private async Task<List<LastRow>?> SearchByNameAsync(string prefix, long before, CancellationToken cancellationToken)
    {
        // '0' follows '/': all names with the prefix lie between the two, by their bytes. A database with another order may not agree.
        var end = prefix[..^1] + "0";
        if (!await SortsSlashFirstAsync(cancellationToken).ConfigureAwait(false)) return null;
        var (names, rows) = (0, new List<LastRow>());
        await _journal.RunAsync(
            """
            WITH RECURSIVE names (id, n) AS (
              SELECT min(persistence_id), 1 FROM actorllm_journal WHERE persistence_id >= $1 AND persistence_id < $2
              UNION ALL
              SELECT (SELECT min(persistence_id) FROM actorllm_journal WHERE persistence_id > names.id AND persistence_id < $2), n + 1
              FROM names WHERE names.id IS NOT NULL AND n < $3
            )
            SELECT j.ordering, j.persistence_id, j.sequence_number, j.created, j.manifest
            FROM names JOIN actorllm_journal j ON j.persistence_id = names.id
              AND j.sequence_number = (SELECT max(sequence_number) FROM actorllm_journal WHERE persistence_id = names.id)
            """,
            [prefix, end, Limits.MaxListNames + 1],
            row =>
            {
                names++;
                if (row.GetInt64(0) < before && row.GetString(1).StartsWith(prefix, StringComparison.Ordinal)) rows.Add(Row(row));
            },
            cancellationToken).ConfigureAwait(false);
        rows.Sort((a, b) => b.Ordering.CompareTo(a.Ordering));
        return names > Limits.MaxListNames ? null : rows;
    }

    private async Task<bool> SortsSlashFirstAsync(CancellationToken cancellationToken)
    {
        var sorts = true;
        if (_journal.IsPostgres)
            await _journal.RunAsync("SELECT 'a/~' < 'a0' AND 'a/z' < 'a0' AND 'a/Z' < 'a0'", [], row => sorts = row.GetBoolean(0), cancellationToken).ConfigureAwait(false);
        return sorts;
    }

    /// <summary>A row of the journal, without its message.</summary>
    private sealed record LastRow(long Ordering, string Id, long SequenceNr, long Created, string Manifest);
}
