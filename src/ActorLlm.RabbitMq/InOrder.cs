namespace ActorLlm.RabbitMq;

/// <summary>Runs work that has the same key one after another, in the order in which it was given, and all other work side by side.</summary>
internal sealed class InOrder<TKey> where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, Task> _last = [];

    /// <summary>Runs the work after what was given before with the same key. The work must not throw.</summary>
    public Task RunAsync(TKey key, Func<Task> work)
    {
        Task run;
        lock (_lock)
        {
            var before = _last.GetValueOrDefault(key, Task.CompletedTask);
            run = Task.Run(async () =>
            {
                await before.ConfigureAwait(false);
                await work().ConfigureAwait(false);
            });
            _last[key] = run;
        }

        _ = run.ContinueWith(done => Forget(key, done), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return run;
    }

    private void Forget(TKey key, Task done)
    {
        lock (_lock)
        {
            if (_last.TryGetValue(key, out var last) && ReferenceEquals(last, done)) _last.Remove(key);
        }
    }
}
