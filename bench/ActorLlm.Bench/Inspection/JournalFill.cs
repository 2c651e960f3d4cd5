using System.Globalization;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Akka.Actor;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace ActorLlm.Bench.Inspection;

/// <summary>Fills a journal with rows as the product writes them, by bulk insert: settled turns of 200 bytes in and 200 bytes out.</summary>
internal sealed class JournalFill(ActorSystem system, string? postgres, string? sqlite)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Akka.Serialization.Serialization _serialization = system.Serialization;
    private long _rows;

    /// <summary>Conversations of one tenant, each with so many turns; the turns of all come one round after the other.</summary>
    public Task AddAsync(string tenant, int conversations, int turns) => InsertAsync(
        from turn in Enumerable.Range(0, turns)
        from conversation in Enumerable.Range(0, conversations)
        from row in RowsOf(ConversationId.Of(tenant, NameOf(conversation)), turn)
        select row);

    public static string NameOf(int conversation) => string.Create(CultureInfo.InvariantCulture, $"c{conversation:0000000}");

    /// <summary>What the database does by itself before long.</summary>
    public async Task SettleAsync()
    {
        if (postgres is null) return;
        await using var source = NpgsqlDataSource.Create(postgres);
        await using var command = source.CreateCommand("VACUUM ANALYZE actorllm_journal");
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    private IEnumerable<(string Id, long Nr, long Created, int Serializer, string Manifest, byte[] Message)> RowsOf(ConversationId conversation, int turn)
    {
        var id = TurnId.Parse(turn.ToString(CultureInfo.InvariantCulture));
        var at = Start.AddMilliseconds(_rows);
        var trace = new AttemptTrace("10.0.0.12:4053") { TakenAt = at, CalledAt = at.AddMilliseconds(1), FirstTextAt = at.AddMilliseconds(30), EndedAt = at.AddMilliseconds(90) };
        ConversationEvent[] events =
        [
            new TurnAccepted(id, TurnContent.Of(Workload.Question), null, at),
            new ReplyCommitted(id, 1, new Reply(Workload.Answer, "gpt-x", "openai", "stop", new Usage(50, 50)), at.AddMilliseconds(100)) { Trace = trace },
        ];
        for (var i = 0; i < events.Length; i++)
        {
            var serializer = (Akka.Serialization.SerializerWithStringManifest)_serialization.FindSerializerFor(events[i]);
            _rows++;
            yield return ($"conversation/{conversation}", 2L * turn + i + 1, events[i].At.UtcTicks, serializer.Identifier, serializer.Manifest(events[i]), serializer.ToBinary(events[i]));
        }
    }

    private async Task InsertAsync(IEnumerable<(string Id, long Nr, long Created, int Serializer, string Manifest, byte[] Message)> rows)
    {
        if (postgres is not null) await CopyAsync(rows);
        else await InsertSqliteAsync(rows);
    }

    private async Task CopyAsync(IEnumerable<(string Id, long Nr, long Created, int Serializer, string Manifest, byte[] Message)> rows)
    {
        await using var connection = new NpgsqlConnection(postgres);
        await connection.OpenAsync();
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY actorllm_journal (persistence_id, sequence_number, deleted, created, identifier, manifest, message) FROM STDIN (FORMAT BINARY)");
        foreach (var row in rows)
        {
            await copy.StartRowAsync();
            await copy.WriteAsync(row.Id, NpgsqlDbType.Varchar);
            await copy.WriteAsync(row.Nr, NpgsqlDbType.Bigint);
            await copy.WriteAsync(false, NpgsqlDbType.Boolean);
            await copy.WriteAsync(row.Created, NpgsqlDbType.Bigint);
            await copy.WriteAsync(row.Serializer, NpgsqlDbType.Integer);
            await copy.WriteAsync(row.Manifest, NpgsqlDbType.Varchar);
            await copy.WriteAsync(row.Message, NpgsqlDbType.Bytea);
        }

        await copy.CompleteAsync();
    }

    private async Task InsertSqliteAsync(IEnumerable<(string Id, long Nr, long Created, int Serializer, string Manifest, byte[] Message)> rows)
    {
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = sqlite }.ToString());
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO actorllm_journal (persistence_id, sequence_number, deleted, created, identifier, manifest, message)
            VALUES ($1, $2, 0, $3, $4, $5, $6)
            """;
        var parameters = Enumerable.Range(1, 6).Select(i => command.Parameters.Add($"${i}", i is 1 or 5 ? SqliteType.Text : i == 6 ? SqliteType.Blob : SqliteType.Integer)).ToArray();
        command.Transaction = (SqliteTransaction)transaction;
        foreach (var row in rows)
        {
            (parameters[0].Value, parameters[1].Value, parameters[2].Value) = (row.Id, row.Nr, row.Created);
            (parameters[3].Value, parameters[4].Value, parameters[5].Value) = (row.Serializer, row.Manifest, row.Message);
            await command.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }
}
