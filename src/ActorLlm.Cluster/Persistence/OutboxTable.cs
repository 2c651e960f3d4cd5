using System.Data.Common;

namespace ActorLlm.Cluster.Persistence;

/// <summary>A reply that is owed.</summary>
/// <param name="Id">Names it: the same turn with the same carrier and address is the same reply.</param>
/// <param name="Conversation">The conversation, <c>tenant/name</c>.</param>
/// <param name="Turn">The turn.</param>
/// <param name="Carrier">Who takes it to its address.</param>
/// <param name="Address">The address, in the carrier's words.</param>
internal sealed record OutboxRow(string Id, string Conversation, string Turn, string Carrier, string Address)
{
    /// <summary>When it was first owed, by the database's clock.</summary>
    public DateTimeOffset Made { get; init; }

    /// <summary>Attempts to deliver it that were refused.</summary>
    public int Attempts { get; init; }

    /// <summary>Whether nobody tries any more.</summary>
    public bool Parked { get; init; }

    /// <summary>Why the last attempt failed; empty where none has.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>
/// The table of replies that are owed. Whoever works on a row holds it for a while by the database's clock (<c>owner</c>, <c>next_at</c>) and says so again;
/// a row whose time has passed is anybody's, so that another node goes on where one was killed.
/// </summary>
/// <param name="settings">The database.</param>
/// <param name="owner">Who holds what is claimed here: another one for each start of a process.</param>
/// <param name="lease">How long a row is held.</param>
internal sealed class OutboxTable(JournalSettings settings, string owner, TimeSpan lease)
{
    private const int Connections = 4;
    private const int MaxRows = 100;
    private const string Columns = "id, conversation, turn, carrier, address, made, attempts, parked, reason";

    private readonly JournalQuery _query = new(settings.WithPoolOf(Connections));
    private readonly long _lease = (long)lease.TotalMilliseconds;
    private GroupWrite<(OutboxRow Row, bool Hold)>? _adds;
    private GroupWrite<string>? _removals;

    private string Now => _query.IsPostgres ? "(extract(epoch FROM clock_timestamp()) * 1000)::bigint" : "CAST(unixepoch('subsec') * 1000 AS INTEGER)";

    private string No => _query.IsPostgres ? "false" : "0";

    private string Yes => _query.IsPostgres ? "true" : "1";

    /// <summary>Writes that a reply is owed; one that is known already begins anew.</summary>
    /// <param name="row">The reply.</param>
    /// <param name="hold">Whether this owner works on it from now on; else it is due at once for anyone.</param>
    public Task AddAsync(OutboxRow row, bool hold) => Group(ref _adds, AddAllAsync).WriteAsync((row, hold));

    /// <summary>Takes rows that are due and that nobody holds.</summary>
    public async Task<IReadOnlyList<OutboxRow>> ClaimAsync(string carrier, int limit, CancellationToken cancellationToken)
    {
        var rows = new List<OutboxRow>();
        await _query.RunAsync(
            $"""
            UPDATE actorllm_outbox SET owner = $1, next_at = {Now} + $2 WHERE id IN (
                SELECT id FROM actorllm_outbox WHERE carrier = $3 AND parked = {No} AND next_at <= {Now} ORDER BY next_at LIMIT $4
                {(_query.IsPostgres ? "FOR UPDATE SKIP LOCKED" : "")})
            RETURNING {Columns}
            """,
            [owner, _lease, carrier, (long)limit],
            row => rows.Add(Read(row)),
            cancellationToken).ConfigureAwait(false);
        return rows;
    }

    /// <summary>Says that this owner still works on its rows among these.</summary>
    public Task RenewAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken) => RunAsync(
        $"UPDATE actorllm_outbox SET next_at = {Now} + $1 WHERE owner = $2 AND id IN (SELECT id FROM {_query.Ids("$3")})",
        [_lease, owner, _query.Array(ids)], cancellationToken);

    /// <summary>Lets all rows of this owner go: they are due at once.</summary>
    public Task ReleaseAsync(CancellationToken cancellationToken) => RunAsync(
        $"UPDATE actorllm_outbox SET owner = '', next_at = {Now} WHERE owner = $1", [owner], cancellationToken);

    /// <summary>Lets a row go until its next attempt.</summary>
    public Task DeferAsync(string id, int attempts, TimeSpan after, string reason, CancellationToken cancellationToken) => RunAsync(
        $"UPDATE actorllm_outbox SET owner = '', next_at = {Now} + $1, attempts = $2, reason = $3 WHERE id = $4 AND owner = $5",
        [(long)after.TotalMilliseconds, attempts, reason, id, owner], cancellationToken);

    /// <summary>Keeps a row that nobody tries any more.</summary>
    public Task ParkAsync(string id, int attempts, string reason, CancellationToken cancellationToken) => RunAsync(
        $"UPDATE actorllm_outbox SET owner = '', parked = {Yes}, attempts = $1, reason = $2 WHERE id = $3 AND owner = $4",
        [attempts, reason, id, owner], cancellationToken);

    /// <summary>Lets parked rows be tried anew.</summary>
    public Task UnparkAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken) => RunAsync(
        $"UPDATE actorllm_outbox SET parked = {No}, attempts = 0, next_at = {Now} WHERE parked = {Yes} AND id IN (SELECT id FROM {_query.Ids("$1")})",
        [_query.Array(ids)], cancellationToken);

    /// <summary>Removes a row of this owner: its reply is delivered.</summary>
    public Task RemoveAsync(string id) => Group(ref _removals, RemoveAllAsync).WriteAsync(id);

    /// <summary>Gives the oldest rows.</summary>
    public async Task<IReadOnlyList<OutboxRow>> ListAsync(bool parked, int limit, CancellationToken cancellationToken)
    {
        var rows = new List<OutboxRow>();
        await _query.RunAsync(
            $"SELECT {Columns} FROM actorllm_outbox WHERE parked = {(parked ? Yes : No)} ORDER BY made, id LIMIT $1",
            [(long)limit], row => rows.Add(Read(row)), cancellationToken).ConfigureAwait(false);
        return rows;
    }

    private static GroupWrite<T> Group<T>(ref GroupWrite<T>? group, Func<IReadOnlyList<T>, Task> write)
    {
        if (group is null) Interlocked.CompareExchange(ref group, new GroupWrite<T>(write, MaxRows), null);
        return group;
    }

    private Task AddAllAsync(IReadOnlyList<(OutboxRow Row, bool Hold)> items)
    {
        const int Fields = 7;
        // A statement may not touch a row twice.
        (OutboxRow Row, bool Hold)[] distinct = [.. items.GroupBy(item => item.Row.Id, StringComparer.Ordinal).Select(same => same.Last())];
        var values = distinct.Select((_, index) =>
        {
            var first = index * Fields;
            return $"(${first + 1}, ${first + 2}, ${first + 3}, ${first + 4}, ${first + 5}, {Now}, 0, {Now} + ${first + 6}, ${first + 7}, {No}, '')";
        });
        object[] parameters =
        [
            .. distinct.SelectMany(item => new object[]
            {
                item.Row.Id, item.Row.Conversation, item.Row.Turn, item.Row.Carrier, item.Row.Address, item.Hold ? _lease : 0L, item.Hold ? owner : "",
            }),
        ];
        return RunAsync(
            $"""
            INSERT INTO actorllm_outbox (id, conversation, turn, carrier, address, made, attempts, next_at, owner, parked, reason)
            VALUES {string.Join(", ", values)}
            ON CONFLICT (id) DO UPDATE SET attempts = 0, next_at = excluded.next_at, owner = excluded.owner, parked = {No}, reason = ''
            """,
            parameters,
            CancellationToken.None);
    }

    private Task RemoveAllAsync(IReadOnlyList<string> ids) => RunAsync(
        $"DELETE FROM actorllm_outbox WHERE owner = $1 AND id IN (SELECT id FROM {_query.Ids("$2")})", [owner, _query.Array(ids)], CancellationToken.None);

    private static OutboxRow Read(DbDataReader row) => new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4))
    {
        Made = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)),
        Attempts = row.GetInt32(6),
        Parked = row.GetBoolean(7),
        Reason = row.GetString(8),
    };

    private Task RunAsync(string sql, object[] parameters, CancellationToken cancellationToken) => _query.RunAsync(sql, parameters, static _ => { }, cancellationToken);
}
