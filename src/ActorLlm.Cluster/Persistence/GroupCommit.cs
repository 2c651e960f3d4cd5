using System.Diagnostics;
using System.Threading.Channels;
using ActorLlm.Telemetry;

namespace ActorLlm.Cluster.Persistence;

/// <summary>Another incarnation of the conversation has written meanwhile: nothing of this write is stored.</summary>
internal sealed class StaleWriterException(Exception cause)
    : Exception("Another incarnation of the conversation has written meanwhile; this one starts again from the journal.", cause);

/// <summary>
/// Commits the writes of many conversations together. While one transaction is under way, the writes that arrive gather for the next.
/// </summary>
/// <remarks>
/// A batch that meets a duplicate key is split and its halves written again, down to the one write that is at fault: a stale writer
/// fails alone, and the others of its batch only wait a little longer.
/// </remarks>
internal sealed class GroupCommit : IAsyncDisposable
{
    private readonly Channel<Write> _queue = Channel.CreateUnbounded<Write>();
    private readonly Task[] _loops;
    private readonly int _maxRows;

    public GroupCommit(Func<IJournalRowWriter> createWriter, int writers, int maxRows)
    {
        _maxRows = maxRows;
        _loops = [.. Enumerable.Range(0, writers).Select(_ => Task.Run(() => RunAsync(createWriter())))];
    }

    /// <summary>Writes the rows of one conversation, all or none; completes when they are durable.</summary>
    public Task WriteAsync(IReadOnlyList<JournalRow> rows)
    {
        var write = new Write(rows, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        return _queue.Writer.TryWrite(write)
            ? write.Done.Task
            : Task.FromException(new ObjectDisposedException(nameof(GroupCommit), "The journal is shutting down."));
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await Task.WhenAll(_loops).ConfigureAwait(false);
    }

    private async Task RunAsync(IJournalRowWriter writer)
    {
        await using (writer.ConfigureAwait(false))
        {
            var batch = new List<Write>();
            while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                Gather(batch);
                if (batch.Count > 0) await CommitAsync(writer, batch).ConfigureAwait(false);
            }
        }
    }

    private void Gather(List<Write> batch)
    {
        batch.Clear();
        var rows = 0;
        while (rows < _maxRows && _queue.Reader.TryRead(out var write))
        {
            batch.Add(write);
            rows += write.Rows.Count;
        }
    }

    private static async Task CommitAsync(IJournalRowWriter writer, List<Write> batch)
    {
        IReadOnlyList<JournalRow> rows = batch.Count == 1 ? batch[0].Rows : [.. batch.SelectMany(write => write.Rows)];
        var begun = Stopwatch.GetTimestamp();
        try
        {
            await writer.WriteAsync(rows).ConfigureAwait(false);
        }
        catch (Exception error) when (batch.Count > 1 && writer.IsDuplicate(error))
        {
            var half = batch.Count / 2;
            await CommitAsync(writer, batch[..half]).ConfigureAwait(false);
            await CommitAsync(writer, batch[half..]).ConfigureAwait(false);
            return;
        }
        catch (Exception error)
        {
            var cause = writer.IsDuplicate(error) ? new StaleWriterException(error) : error;
            ClusterMetrics.NotWritten(stale: cause is StaleWriterException);
            foreach (var write in batch) write.Done.TrySetException(cause);
            return;
        }

        foreach (var write in batch) write.Done.TrySetResult();
        ClusterMetrics.Written(Stopwatch.GetElapsedTime(begun), rows.Count);
    }

    private readonly record struct Write(IReadOnlyList<JournalRow> Rows, TaskCompletionSource Done);
}
