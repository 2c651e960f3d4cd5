using System.Threading.Channels;

namespace ActorLlm.Cluster.Persistence;

/// <summary>
/// Reads values by key, many keys in one query. While one query is under way, the keys that are asked for gather for the next.
/// </summary>
internal sealed class GroupRead<T>
{
    private readonly Channel<Ask> _queue = Channel.CreateUnbounded<Ask>();
    private readonly Func<IReadOnlyList<string>, Task<Dictionary<string, T>>> _read;
    private readonly int _maxKeys;

    /// <param name="read">The query; a key without a value is missing from what it gives.</param>
    /// <param name="queries">Queries under way at once.</param>
    /// <param name="maxKeys">Most keys in one query.</param>
    public GroupRead(Func<IReadOnlyList<string>, Task<Dictionary<string, T>>> read, int queries, int maxKeys)
    {
        (_read, _maxKeys) = (read, maxKeys);
        for (var i = 0; i < queries; i++) _ = Task.Run(RunAsync);
    }

    /// <summary>The key's value, or the type's default where it has none.</summary>
    public Task<T?> ReadAsync(string key)
    {
        var ask = new Ask(key, new TaskCompletionSource<T?>(TaskCreationOptions.RunContinuationsAsynchronously));
        return _queue.Writer.TryWrite(ask)
            ? ask.Answer.Task
            : Task.FromException<T?>(new ObjectDisposedException(nameof(GroupRead<>), "The journal is shutting down."));
    }

    /// <summary>Takes no more keys; those asked for are still read.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    private async Task RunAsync()
    {
        var batch = new List<Ask>();
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            batch.Clear();
            while (batch.Count < _maxKeys && _queue.Reader.TryRead(out var ask)) batch.Add(ask);
            if (batch.Count > 0) await AnswerAsync(batch).ConfigureAwait(false);
        }
    }

    private async Task AnswerAsync(List<Ask> batch)
    {
        try
        {
            var values = await _read([.. batch.Select(ask => ask.Key).Distinct(StringComparer.Ordinal)]).ConfigureAwait(false);
            foreach (var ask in batch) ask.Answer.TrySetResult(values.GetValueOrDefault(ask.Key));
        }
        catch (Exception error)
        {
            foreach (var ask in batch) ask.Answer.TrySetException(error);
        }
    }

    private readonly record struct Ask(string Key, TaskCompletionSource<T?> Answer);
}
