using System.Threading.Channels;

namespace ActorLlm.Cluster.Persistence;

/// <summary>Writes items, many in one statement. While one statement is under way, the items that arrive gather for the next.</summary>
/// <param name="write">The statement.</param>
/// <param name="maxItems">Most items in one statement.</param>
internal sealed class GroupWrite<T>(Func<IReadOnlyList<T>, Task> write, int maxItems)
{
    private readonly Channel<(T Item, TaskCompletionSource Done)> _queue = Channel.CreateUnbounded<(T, TaskCompletionSource)>();
    private int _started;

    /// <summary>Writes the item; completes when it is durable.</summary>
    public Task WriteAsync(T item)
    {
        if (Interlocked.Exchange(ref _started, 1) == 0) _ = Task.Run(RunAsync);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _queue.Writer.TryWrite((item, done))
            ? done.Task
            : Task.FromException(new ObjectDisposedException(nameof(GroupWrite<>), "The node is shutting down."));
    }

    /// <summary>Takes no more items; those given are still written.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    private async Task RunAsync()
    {
        var batch = new List<(T Item, TaskCompletionSource Done)>();
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            batch.Clear();
            while (batch.Count < maxItems && _queue.Reader.TryRead(out var next)) batch.Add(next);
            try
            {
                await write([.. batch.Select(next => next.Item)]).ConfigureAwait(false);
                foreach (var (_, done) in batch) done.TrySetResult();
            }
            catch (Exception error)
            {
                foreach (var (_, done) in batch) done.TrySetException(error);
            }
        }
    }
}
