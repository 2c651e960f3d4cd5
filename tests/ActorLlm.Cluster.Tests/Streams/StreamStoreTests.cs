using ActorLlm.Cluster.Persistence;
using ActorLlm.Cluster.Streams;
using ActorLlm.Serialization.AtRest;

namespace ActorLlm.Cluster.Tests.Streams;

public class StreamStoreTests : DatabaseTests
{
    public static TheoryData<JournalProvider> Providers => [JournalProvider.Sqlite, JournalProvider.PostgreSql];

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Pieces_of_many_streams_are_read_back_whole(JournalProvider provider)
    {
        var database = await ReadyAsync(provider);
        await using var store = new StreamStore(database, ContentCipher.None, TimeSpan.Zero);

        var written = await Task.WhenAll(Enumerable.Range(0, 50).Select(async n =>
            await store.WriteAsync(Piece($"s{n}", 1, 1, 0, "One ")) && await store.WriteAsync(Piece($"s{n}", 2, 1, 4, $"{n}"))));

        Assert.All(written, Assert.True);
        foreach (var n in Enumerable.Range(0, 50)) Assert.Equal(new StreamRest($"One {n}", 3), await store.TakeOverAsync($"s{n}", 2, default));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_piece_may_be_written_again_by_its_own_attempt_and_by_no_other(JournalProvider provider)
    {
        await using var store = new StreamStore(await ReadyAsync(provider), ContentCipher.None, TimeSpan.Zero);
        Assert.True(await store.WriteAsync(Piece("s", 1, 1, 0, "mine")));

        Assert.True(await store.WriteAsync(Piece("s", 1, 1, 0, "mine")));
        Assert.False(await store.WriteAsync(Piece("s", 1, 2, 0, "yours")));

        Assert.Equal("mine", (await store.TakeOverAsync("s", 2, default)).Text);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task An_attempt_that_was_taken_over_writes_nothing_more(JournalProvider provider)
    {
        await using var store = new StreamStore(await ReadyAsync(provider), ContentCipher.None, TimeSpan.Zero);
        Assert.True(await store.WriteAsync(Piece("s", 1, 1, 0, "One ")));

        var rest = await store.TakeOverAsync("s", 2, default);

        Assert.False(await store.WriteAsync(Piece("s", 2, 1, 4, "lost")));
        Assert.True(await store.WriteAsync(Piece("s", rest.Position + 1, 2, 4, "two")));
        Assert.Equal("One two", (await store.TakeOverAsync("s", 3, default)).Text);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task An_attempt_that_begins_anew_voids_what_was_there(JournalProvider provider)
    {
        await using var store = new StreamStore(await ReadyAsync(provider), ContentCipher.None, TimeSpan.Zero);
        Assert.True(await store.WriteAsync(Piece("s", 1, 1, 0, "old words")));
        var rest = await store.TakeOverAsync("s", 2, default);

        Assert.True(await store.WriteAsync(Piece("s", rest.Position + 1, 2, 0, "new")));

        Assert.Equal("new", (await store.TakeOverAsync("s", 3, default)).Text);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_stream_that_was_never_written_leaves_nothing_behind(JournalProvider provider)
    {
        var database = await ReadyAsync(provider);
        await using var store = new StreamStore(database, ContentCipher.None, TimeSpan.Zero);

        Assert.Equal(StreamRest.None, await store.TakeOverAsync("s", 2, default));

        Assert.Equal(0, await database.RunAsync("SELECT count(*) FROM actorllm_stream"));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Streams_go_when_they_are_forgotten_or_old(JournalProvider provider)
    {
        var database = await ReadyAsync(provider);
        await using (var store = new StreamStore(database, ContentCipher.None, TimeSpan.Zero))
        {
            foreach (var name in new[] { "a", "b", "c" }) Assert.True(await store.WriteAsync(Piece(name, 1, 1, 0, "x")));
            store.Forget("a");
            store.Forget("b");
        }

        Assert.Equal(1, await database.RunAsync("SELECT count(*) FROM actorllm_stream"));
        await using var table = new StreamTable(database, ContentCipher.None);
        await table.DeleteOlderAsync(TimeSpan.FromHours(1), default);
        Assert.Equal(1, await database.RunAsync("SELECT count(*) FROM actorllm_stream"));
        await table.DeleteOlderAsync(TimeSpan.FromHours(-1), default);
        Assert.Equal(0, await database.RunAsync("SELECT count(*) FROM actorllm_stream"));
    }

    [Fact]
    public async Task Two_pieces_of_one_stream_that_are_written_together_are_both_there()
    {
        await using var store = new StreamStore(await ReadyAsync(JournalProvider.PostgreSql), ContentCipher.None, TimeSpan.Zero);

        Assert.All(await Task.WhenAll(store.WriteAsync(Piece("s", 1, 1, 0, "a")), store.WriteAsync(Piece("s", 2, 1, 1, "b"))), Assert.True);

        Assert.Equal("ab", (await store.TakeOverAsync("s", 2, default)).Text);
    }

    private static StreamRow Piece(string stream, int position, int attempt, int offset, string text) => new(stream, position, attempt, offset, text);
}
