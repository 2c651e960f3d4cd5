using System.Threading.Channels;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using ActorLlm.Serialization.AtRest;

namespace ActorLlm.Cluster.Streams;

/// <summary>
/// Keeps what was shown of replies that are being streamed, so that another attempt can go on from there. While one write is under way, the
/// pieces of all the node's streams gather for the next.
/// </summary>
internal sealed class StreamStore : IAsyncDisposable
{
    private readonly Channel<Work> _queue = Channel.CreateUnbounded<Work>();
    private readonly StreamTable _table;
    private readonly Task _loop;

    /// <param name="settings">The database.</param>
    /// <param name="cipher">Seals the pieces.</param>
    /// <param name="interval">How long pieces of one stream are gathered.</param>
    public StreamStore(JournalSettings settings, ContentCipher cipher, TimeSpan interval)
    {
        Interval = interval;
        _table = new StreamTable(settings, cipher);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>How long pieces of one stream are gathered.</summary>
    public TimeSpan Interval { get; }

    /// <summary>Writes a piece; the same one may be written any number of times. A stream's next piece comes after this one's end.</summary>
    /// <returns>Whether it is durable; if not, another attempt has taken over.</returns>
    public Task<bool> WriteAsync(StreamRow row)
    {
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _queue.Writer.TryWrite(new Work(row.Stream, row, done)) ? done.Task : Ended<bool>();
    }

    /// <summary>Gives what earlier attempts left of a stream, and keeps them from writing more.</summary>
    public async Task<StreamRest> TakeOverAsync(string stream, int attempt, CancellationToken cancellationToken)
    {
        while (true)
        {
            var rest = await _table.ReadAsync(stream, cancellationToken).ConfigureAwait(false);
            if (rest.Position == 0) return rest;
            var fence = new StreamRow(stream, rest.Position + 1, attempt, rest.Text.Length, "");
            if (await WriteAsync(fence).ConfigureAwait(false)) return rest with { Position = fence.Position };
        }
    }

    /// <summary>Drops a stream, some time soon.</summary>
    public void Forget(string stream) => _queue.Writer.TryWrite(new Work(stream, null, null));

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
        await _table.DisposeAsync().ConfigureAwait(false);
    }

    private static Task<T> Ended<T>() => Task.FromException<T>(new ObjectDisposedException(nameof(StreamStore), "The node is shutting down."));

    private async Task RunAsync()
    {
        var batch = new List<Work>();
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            batch.Clear();
            while (batch.Count < Limits.MaxJournalBatch && _queue.Reader.TryRead(out var work)) batch.Add(work);
            await WriteAsync([.. batch.Where(work => work.Row is not null)]).ConfigureAwait(false);
            await DeleteAsync([.. batch.Where(work => work.Row is null).Select(work => work.Stream)]).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(List<Work> writes)
    {
        while (writes.Count > 0)
        {
            // One of each stream at a time: two attempts of this node may be after the same place, which one statement cannot take twice.
            Work[] round = [.. writes.DistinctBy(write => write.Stream)];
            writes.RemoveAll(round.ToHashSet().Contains);
            try
            {
                var written = await _table.WriteAsync([.. round.Select(write => write.Row!)]).ConfigureAwait(false);
                foreach (var write in round) write.Done!.TrySetResult(written.Contains(write.Stream));
            }
            catch (Exception error)
            {
                foreach (var write in round) write.Done!.TrySetException(error);
            }
        }
    }

    private async Task DeleteAsync(IReadOnlyList<string> streams)
    {
        if (streams.Count == 0) return;
        try
        {
            await _table.DeleteAsync(streams).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // They are dropped by their age.
        }
    }

    private sealed class Work(string stream, StreamRow? row, TaskCompletionSource<bool>? done)
    {
        public string Stream { get; } = stream;

        public StreamRow? Row { get; } = row;

        public TaskCompletionSource<bool>? Done { get; } = done;
    }
}
