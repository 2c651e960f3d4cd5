using ActorLlm.Cluster.Persistence;

namespace ActorLlm.Cluster.Tests.Persistence;

public sealed class GroupCommitTests : IAsyncDisposable
{
    private readonly FakeWriter _writer = new();

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    [Fact]
    public async Task Writes_that_come_while_one_is_under_way_are_committed_together_and_in_order()
    {
        await using var commits = new GroupCommit(() => _writer, writers: 1, maxRows: 100);
        var first = await FirstAsync(commits);
        var rest = Enumerable.Range(1, 5).Select(i => commits.WriteAsync([Row($"talk-{i}")])).ToArray();
        _writer.Open();

        await Task.WhenAll([first, .. rest]);

        Assert.Equal([["first"], ["talk-1", "talk-2", "talk-3", "talk-4", "talk-5"]], _writer.Committed);
    }

    [Fact]
    public async Task A_duplicate_key_fails_its_own_write_and_all_others_of_the_batch_are_committed()
    {
        await using var commits = new GroupCommit(() => _writer, writers: 1, maxRows: 100);
        var first = await FirstAsync(commits);
        var rest = Enumerable.Range(0, 57).Select(i => commits.WriteAsync([Row(i is 13 or 40 ? $"stale-{i}" : $"talk-{i}")])).ToArray();
        _writer.Open();
        await first;

        for (var i = 0; i < rest.Length; i++)
        {
            if (i is 13 or 40) await Assert.ThrowsAsync<StaleWriterException>(() => rest[i]);
            else await rest[i];
        }

        Assert.Equal(
            Enumerable.Range(0, 57).Where(i => i is not (13 or 40)).Select(i => $"talk-{i}"), _writer.Committed.Skip(1).SelectMany(rows => rows));
        // Halving finds one of 57 in about six steps, not in 57.
        Assert.InRange(_writer.Tries, 2, 1 + 2 * 2 * 6);
    }

    [Fact]
    public async Task A_write_of_several_rows_is_never_torn_apart()
    {
        await using var commits = new GroupCommit(() => _writer, writers: 1, maxRows: 100);
        var first = await FirstAsync(commits);
        var stale = commits.WriteAsync([Row("pair"), Row("stale"), Row("pair")]);
        var innocent = commits.WriteAsync([Row("talk"), Row("talk")]);
        _writer.Open();

        await Task.WhenAll(first, innocent);
        await Assert.ThrowsAsync<StaleWriterException>(() => stale);

        Assert.Equal([["first"], ["talk", "talk"]], _writer.Committed);
    }

    [Fact]
    public async Task Any_other_error_fails_the_whole_batch_since_its_outcome_is_unknown()
    {
        await using var commits = new GroupCommit(() => _writer, writers: 1, maxRows: 100);
        var first = await FirstAsync(commits);
        var rest = new[] { "talk-1", "cut", "talk-2" }.Select(id => commits.WriteAsync([Row(id)])).ToArray();
        _writer.Open();
        await first;

        foreach (var write in rest) await Assert.ThrowsAsync<IOException>(() => write);
        await commits.WriteAsync([Row("later")]);

        Assert.Equal([["first"], ["later"]], _writer.Committed);
    }

    [Fact]
    public async Task A_batch_stays_near_its_bound()
    {
        await using var commits = new GroupCommit(() => _writer, writers: 1, maxRows: 10);
        var first = await FirstAsync(commits);
        var rest = Enumerable.Range(0, 25).Select(i => commits.WriteAsync([Row($"talk-{i}")])).ToArray();
        _writer.Open();

        await Task.WhenAll([first, .. rest]);

        Assert.Equal([1, 10, 10, 5], _writer.Committed.Select(rows => rows.Length));
    }

    [Fact]
    public async Task Shutting_down_completes_what_is_queued_and_refuses_what_comes_later()
    {
        var commits = new GroupCommit(() => _writer, writers: 1, maxRows: 10);
        var first = await FirstAsync(commits);
        var queued = commits.WriteAsync([Row("queued")]);
        var stopping = commits.DisposeAsync().AsTask();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => commits.WriteAsync([Row("late")]));
        Assert.False(stopping.IsCompleted);
        _writer.Open();
        await stopping;

        await Task.WhenAll(first, queued);
        Assert.Equal([["first"], ["queued"]], _writer.Committed);
        Assert.True(_writer.Disposed);
    }

    private static JournalRow Row(string id) => new(id, 1, 0, 711, "", []);

    /// <summary>A write that is under way until the writer is opened, so that what follows gathers.</summary>
    private async Task<Task> FirstAsync(GroupCommit commits)
    {
        var first = commits.WriteAsync([Row("first")]);
        await _writer.Entered;
        // What was written at once is under way; nothing else was queued by then.
        return first;
    }

    private sealed class DuplicateException : Exception;

    private sealed class FakeWriter : IJournalRowWriter
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<string[]> Committed { get; } = [];

        public int Tries { get; private set; }

        public bool Disposed { get; private set; }

        public Task Entered => _entered.Task;

        public void Open() => _open.TrySetResult();

        public async Task WriteAsync(IReadOnlyList<JournalRow> rows)
        {
            Tries++;
            _entered.TrySetResult();
            await _open.Task.WaitAsync(TimeSpan.FromSeconds(30));
            if (rows.Any(row => row.PersistenceId == "cut")) throw new IOException();
            if (rows.Any(row => row.PersistenceId.StartsWith("stale", StringComparison.Ordinal))) throw new DuplicateException();
            Committed.Add([.. rows.Select(row => row.PersistenceId)]);
        }

        public bool IsDuplicate(Exception error) => error is DuplicateException;

        public ValueTask DisposeAsync()
        {
            Disposed = true;
            return ValueTask.CompletedTask;
        }
    }
}
