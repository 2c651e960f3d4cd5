using System.Threading.Channels;
using Npgsql;
using NpgsqlTypes;

namespace ActorLlm.Bench.Subjects;

/// <summary>The limit: hand-written group-committed COPY by one writer, no actors, no ordering, no dedupe, no recovery.</summary>
internal sealed class GroupCommitSubject : ISubject
{
    private readonly Channel<(string Id, long Sequence, byte[] Payload, TaskCompletionSource Done)> _queue =
        Channel.CreateUnbounded<(string, long, byte[], TaskCompletionSource)>();

    private readonly byte[] _question = System.Text.Encoding.UTF8.GetBytes(Workload.Question);
    private readonly byte[] _answer = System.Text.Encoding.UTF8.GetBytes(Workload.Answer);
    private readonly ServiceTime _service;
    private readonly NpgsqlConnection _connection;
    private readonly Task _writer;

    private GroupCommitSubject(NpgsqlConnection connection, ServiceTime service)
    {
        _connection = connection;
        _service = service;
        _writer = Task.Run(WriteAsync);
    }

    public string Name => "group-committed COPY";

    public static async Task<GroupCommitSubject> StartAsync(string connectionString, ServiceTime service)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand(
            "CREATE TABLE IF NOT EXISTS bench_rows (ordering bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, persistence_id text NOT NULL, sequence_number bigint NOT NULL, payload bytea NOT NULL, UNIQUE (persistence_id, sequence_number))",
            connection);
        await create.ExecuteNonQueryAsync();
        return new GroupCommitSubject(connection, service);
    }

    public async Task TurnAsync(int conversation, int turn)
    {
        var id = $"conversation/{conversation}";
        await CommitAsync(id, 2L * turn, _question);
        var wait = _service.Of(conversation, turn);
        if (wait > TimeSpan.Zero) await Task.Delay(wait);
        await CommitAsync(id, 2L * turn + 1, _answer);
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.Complete();
        await _writer;
        await _connection.DisposeAsync();
    }

    private Task CommitAsync(string id, long sequence, byte[] payload)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Writer.TryWrite((id, sequence, payload, done));
        return done.Task;
    }

    private async Task WriteAsync()
    {
        var batch = new List<TaskCompletionSource>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            await using (var copy = await _connection.BeginBinaryImportAsync(
                "COPY bench_rows (persistence_id, sequence_number, payload) FROM STDIN (FORMAT BINARY)"))
            {
                while (batch.Count < 400 && _queue.Reader.TryRead(out var row))
                {
                    await copy.StartRowAsync();
                    await copy.WriteAsync(row.Id, NpgsqlDbType.Text);
                    await copy.WriteAsync(row.Sequence, NpgsqlDbType.Bigint);
                    await copy.WriteAsync(row.Payload, NpgsqlDbType.Bytea);
                    batch.Add(row.Done);
                }

                await copy.CompleteAsync();
            }

            foreach (var done in batch) done.SetResult();
        }
    }
}
