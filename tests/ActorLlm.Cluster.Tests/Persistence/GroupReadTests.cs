using System.Collections.Concurrent;
using ActorLlm.Cluster.Persistence;

namespace ActorLlm.Cluster.Tests.Persistence;

public sealed class GroupReadTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<IReadOnlyList<string>> _queries = new();
    private readonly SemaphoreSlim _gate = new(0);

    [Fact]
    public async Task Keys_that_are_asked_for_during_a_query_share_the_next_one()
    {
        var reads = Reads();
        var first = reads.ReadAsync("a");
        await QueriesAsync(1);
        var others = new[] { "b", "c", "b" }.Select(reads.ReadAsync).ToArray();
        _gate.Release(2);

        Assert.Equal("value of a", await first.WaitAsync(Patience));
        Assert.Equal<string?[]>(["value of b", "value of c", "value of b"], await Task.WhenAll(others).WaitAsync(Patience));
        Assert.Equal([["a"], ["b", "c"]], _queries);
    }

    [Fact]
    public async Task A_key_without_a_value_has_none()
    {
        _gate.Release();

        Assert.Null(await Reads().ReadAsync("missing").WaitAsync(Patience));
    }

    [Fact]
    public async Task A_query_has_no_more_keys_than_allowed()
    {
        var reads = Reads();
        var first = reads.ReadAsync("first");
        await QueriesAsync(1);
        var others = Enumerable.Range(0, 7).Select(i => reads.ReadAsync($"{i}")).ToArray();
        _gate.Release(10);
        await Task.WhenAll([first, .. others]).WaitAsync(Patience);

        Assert.Equal([1, 3, 3, 1], _queries.Select(keys => keys.Count));
    }

    [Fact]
    public async Task A_failed_query_fails_its_own_keys_and_no_later_ones()
    {
        var reads = Reads();
        _gate.Release(2);

        await Assert.ThrowsAsync<InvalidOperationException>(() => reads.ReadAsync("broken").WaitAsync(Patience));
        Assert.Equal("value of a", await reads.ReadAsync("a").WaitAsync(Patience));
    }

    [Fact]
    public async Task After_its_end_nothing_is_left_waiting()
    {
        var reads = Reads();
        reads.Complete();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => reads.ReadAsync("a").WaitAsync(Patience));
    }

    public void Dispose() => _gate.Dispose();

    private GroupRead<string> Reads() => new(
        async keys =>
        {
            _queries.Enqueue(keys);
            await _gate.WaitAsync(Patience);
            if (keys.Contains("broken")) throw new InvalidOperationException("The database is away.");
            return keys.Where(key => key != "missing").ToDictionary(key => key, key => $"value of {key}");
        },
        queries: 1,
        maxKeys: 3);

    private async Task QueriesAsync(int count)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (_queries.Count < count)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < Patience, "The query did not begin.");
            await Task.Yield();
        }
    }
}
