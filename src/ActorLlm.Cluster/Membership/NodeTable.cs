using System.Data.Common;
using System.Globalization;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using ActorLlm.Domain.Membership;

namespace ActorLlm.Cluster.Membership;

/// <summary>The table in which nodes say that they are in the cluster. All times are the database's: the nodes' clocks may differ.</summary>
/// <param name="settings">The database.</param>
/// <param name="self">This node.</param>
internal sealed class NodeTable(JournalSettings settings, NodeId self) : IAsyncDisposable
{
    // Any number will do as long as all nodes take the same one.
    private const long FormLock = 7_110_712;
    private const int CommandSeconds = 5;

    private readonly DbDataSource _source = settings.CreateDataSource();

    private bool IsPostgres => settings.Provider == JournalProvider.PostgreSql;

    private string Now => IsPostgres ? "clock_timestamp()" : "julianday('now')";

    private string Age => IsPostgres ? "CAST(EXTRACT(EPOCH FROM clock_timestamp() - seen) AS double precision)" : "(julianday('now') - seen) * 86400.0";

    /// <summary>What other nodes said.</summary>
    public async Task<IReadOnlyList<KnownNode>> ReadOthersAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        return await ReadOthersAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says that this node is in the cluster, forgets those that have been silent for long, and reads what others said.</summary>
    /// <param name="members">How many members it sees up.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<KnownNode>> BeatAsync(int members, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var forget = Command(connection, $"DELETE FROM actorllm_node WHERE {Age} >= {Seconds(Limits.ForgetNodeAfter)}");
        await forget.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        await WriteAsync(connection, "true", members, cancellationToken).ConfigureAwait(false);
        return await ReadOthersAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Speaks again after a silence in which other nodes may have formed a cluster without this one: only if there is no stranger, and so that none
    /// can form one meanwhile.
    /// </summary>
    /// <param name="known">The members that this node knows.</param>
    /// <param name="members">How many it sees up.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What others said; nothing was written if a stranger is among them.</returns>
    public async Task<IReadOnlyList<KnownNode>> SpeakAgainAsync(IReadOnlySet<NodeId> known, int members, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await AloneAsync(connection, cancellationToken).ConfigureAwait(false);
        var others = await ReadOthersAsync(connection, cancellationToken).ConfigureAwait(false);
        if (Rendezvous.Strangers(others, known).Count == 0) await WriteAsync(connection, "true", members, cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return others;
    }

    /// <summary>Makes this node the one that forms the cluster, unless another one is in a cluster.</summary>
    /// <returns>Whether it is that one: of several that ask together, one is.</returns>
    public async Task<bool> ClaimAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await AloneAsync(connection, cancellationToken).ConfigureAwait(false);
        var nobody = $"NOT EXISTS (SELECT 1 FROM actorllm_node WHERE address <> @self AND {Age} < {Seconds(Limits.NodeFreshFor)})";
        var claimed = await WriteAsync(connection, nobody, members: 1, cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return claimed;
    }

    /// <summary>Says that this node is gone, unless its successor at the same address has spoken.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var leave = Command(connection, "DELETE FROM actorllm_node WHERE address = @self AND incarnation = @incarnation");
        await leave.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task<IReadOnlyList<KnownNode>> ReadOthersAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection, $"SELECT address, incarnation, members, {Age} FROM actorllm_node WHERE address <> @self AND {Age} < {Seconds(Limits.ForgetNodeAfter)}");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var nodes = new List<KnownNode>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            nodes.Add(new KnownNode(new NodeId(reader.GetString(0), reader.GetInt64(1)), reader.GetInt32(2), TimeSpan.FromSeconds(reader.GetDouble(3))));
        return nodes;
    }

    /// <summary>A transaction beside which no other of its kind runs.</summary>
    private async Task<DbTransaction> AloneAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        // SQLite has one writer at a time as it is.
        if (!IsPostgres) return transaction;
        await using var alone = Command(connection, $"SELECT pg_advisory_xact_lock({FormLock})");
        await alone.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        return transaction;
    }

    private async Task<bool> WriteAsync(DbConnection connection, string condition, int members, CancellationToken cancellationToken)
    {
        await using var write = Command(
            connection,
            $"""
            INSERT INTO actorllm_node (address, incarnation, members, seen) SELECT @self, @incarnation, @members, {Now} WHERE {condition}
            ON CONFLICT (address) DO UPDATE SET incarnation = excluded.incarnation, members = excluded.members, seen = excluded.seen
            """,
            members);
        return await write.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) == 1;
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);

    private DbCommand Command(DbConnection connection, string text, int members = 0)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        command.CommandTimeout = CommandSeconds;
        Add("@self", self.Address);
        Add("@incarnation", self.Incarnation);
        Add("@members", members);
        return command;

        void Add(string name, object value)
        {
            if (!text.Contains(name, StringComparison.Ordinal)) return;
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
    }
}
