using System.Data.Common;
using ActorLlm.Inspection;

namespace ActorLlm.Cluster.Persistence;

/// <summary>The table in which orders of operators are kept: rows are added at its end, one after another from all nodes, and none is ever changed.</summary>
/// <param name="settings">The database.</param>
internal sealed class AuditTable(JournalSettings settings) : IAsyncDisposable
{
    // Any number will do as long as all nodes take the same one.
    private const long WriteLock = 7_110_713;
    private const int Connections = 2;
    private const int CommandSeconds = 10;
    private const string Columns = "number, at, node, who, address, action, target, of_order, outcome, previous, hash";

    private readonly DbDataSource _source = settings.WithPoolOf(Connections).CreateDataSource();

    /// <summary>Adds a row.</summary>
    /// <param name="entry">Its content; the number and the hashes are given to it here.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The row as it was written.</returns>
    public async Task<AuditEntry> AddAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var ending = transaction.ConfigureAwait(false);
        // SQLite has one writer at a time as it is.
        if (settings.Provider == JournalProvider.PostgreSql)
            await RunAsync(connection, $"SELECT pg_advisory_xact_lock({WriteLock})", [], cancellationToken).ConfigureAwait(false);
        var last = (await ReadAsync(connection, "ORDER BY number DESC LIMIT 1", [], cancellationToken).ConfigureAwait(false)).FirstOrDefault();
        var written = entry with { Number = (last?.Number ?? 0) + 1, Previous = last?.Hash ?? AuditChain.Start };
        written = written with { Hash = AuditChain.HashOf(written) };
        await InsertAsync(connection, written, cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return written;
    }

    /// <summary>Gives the latest rows before a number, the latest first.</summary>
    public async Task<IReadOnlyList<AuditEntry>> ReadBeforeAsync(long before, int limit, CancellationToken cancellationToken)
    {
        var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        return await ReadAsync(
            connection, "WHERE number < @before ORDER BY number DESC LIMIT @limit", [("@before", before), ("@limit", limit)], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives the rows after a number in their order.</summary>
    public async Task<IReadOnlyList<AuditEntry>> ReadAfterAsync(long after, int limit, CancellationToken cancellationToken)
    {
        var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        return await ReadAsync(
            connection, "WHERE number > @after ORDER BY number LIMIT @limit", [("@after", after), ("@limit", limit)], cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static async Task<List<AuditEntry>> ReadAsync(
        DbConnection connection, string which, (string Name, object Value)[] parameters, CancellationToken cancellationToken)
    {
        var command = Command(connection, $"SELECT {Columns} FROM actorllm_audit {which}", parameters);
        await using var closing = command.ConfigureAwait(false);
        var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var closingRow = row.ConfigureAwait(false);
        var entries = new List<AuditEntry>();
        while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            entries.Add(new AuditEntry(
                row.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
                row.GetString(6), row.GetInt64(7), row.GetString(8), row.GetString(9), row.GetString(10)));
        }

        return entries;
    }

    private static Task InsertAsync(DbConnection connection, AuditEntry entry, CancellationToken cancellationToken) => RunAsync(
        connection,
        $"INSERT INTO actorllm_audit ({Columns}) VALUES (@number, @at, @node, @who, @address, @action, @target, @of, @outcome, @previous, @hash)",
        [
            ("@number", entry.Number), ("@at", entry.At.ToUnixTimeMilliseconds()), ("@node", entry.Node), ("@who", entry.Who), ("@address", entry.Address),
            ("@action", entry.Action), ("@target", entry.Target), ("@of", entry.Of), ("@outcome", entry.Outcome), ("@previous", entry.Previous), ("@hash", entry.Hash),
        ],
        cancellationToken);

    private static async Task RunAsync(DbConnection connection, string text, (string Name, object Value)[] parameters, CancellationToken cancellationToken)
    {
        var command = Command(connection, text, parameters);
        await using var closing = command.ConfigureAwait(false);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static DbCommand Command(DbConnection connection, string text, (string Name, object Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        command.CommandTimeout = CommandSeconds;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
