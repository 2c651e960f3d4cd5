using ActorLlm.Cluster.Inspection;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using ActorLlm.Inspection;

namespace ActorLlm.Cluster.Tests.Inspection;

/// <summary>Lists of conversations, from journals of any shape.</summary>
public sealed class SqliteConversationListerTests : ConversationListerContract
{
    protected override JournalProvider Provider => JournalProvider.Sqlite;
}

/// <inheritdoc cref="SqliteConversationListerTests"/>
public sealed class PostgresConversationListerTests : ConversationListerContract
{
    protected override JournalProvider Provider => JournalProvider.PostgreSql;
}

/// <inheritdoc cref="SqliteConversationListerTests"/>
public abstract class ConversationListerContract : DatabaseTests
{
    private const int MoreThanOneSearch = Limits.MaxListRows + 20_000;

    private JournalSettings _settings = null!;

    protected abstract JournalProvider Provider { get; }

    [Fact]
    public async Task The_latest_change_comes_first_and_each_conversation_comes_once()
    {
        await StartAsync();
        await AddAsync("'a/one'", 2);
        await AddAsync("'a/two'", 3, manifest: "rc1");
        await AddAsync("'a/one'", 1, after: 2, manifest: "af1");

        var page = await ListAsync(null, null, 10);

        Assert.Equal([("a/one", 3L, "AttemptFailed"), ("a/two", 3L, "ReplyCommitted")], page.Conversations.Select(c => (c.Conversation, c.Events, c.LastEvent)));
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task An_empty_journal_is_an_empty_page()
    {
        await StartAsync();

        Assert.Equal((0, null), await ListAsync(null, null, 10) is var page ? (page.Conversations.Count, page.Next) : default);
    }

    [Fact]
    public async Task Pages_follow_each_other_and_what_changes_between_them_is_not_listed_twice()
    {
        await StartAsync();
        await AddAsync("'a/c' || i", 1, conversations: 25);
        var first = await ListAsync(null, null, 10);
        await AddAsync("'a/c3'", 1, after: 1);

        var second = await ListAsync(null, first.Next, 10);
        var third = await ListAsync(null, second.Next, 10);

        Assert.Equal(Enumerable.Range(1, 25).Reverse().Where(i => i != 3).Select(i => $"a/c{i}"), first.Conversations.Concat(second.Conversations).Concat(third.Conversations).Select(c => c.Conversation));
        Assert.Null(third.Next);
    }

    [Fact]
    public async Task A_tenant_sees_its_own_conversations_and_not_those_of_tenants_whose_names_begin_alike()
    {
        await StartAsync();
        foreach (var name in new[] { "'a/1'", "'ab/1'", "'A/1'", "'a/b/2'", "'a-/1'", "'a_/1'", "'_/1'" }) await AddAsync(name, 1);

        Assert.Equal(["a/b/2", "a/1"], (await ListAsync("a", null, 10)).Conversations.Select(c => c.Conversation));
        Assert.Equal(["_/1"], (await ListAsync("_", null, 10)).Conversations.Select(c => c.Conversation));
        Assert.Empty((await ListAsync("b", null, 10)).Conversations);
    }

    [Fact]
    public async Task One_conversation_that_fills_the_journal_hides_none_of_the_others()
    {
        await StartAsync();
        await AddAsync("'a/c' || i", 1, conversations: 25);
        await AddAsync("'b/hot'", MoreThanOneSearch);

        var page = await ListAsync(null, null, 10);
        var next = await ListAsync(null, page.Next, 100);

        Assert.Equal(["b/hot", "a/c25", "a/c24"], page.Conversations.Take(3).Select(c => c.Conversation));
        Assert.Equal((10, 16, null), (page.Conversations.Count, next.Conversations.Count, next.Next));
    }

    [Fact]
    public async Task A_tenant_that_has_been_quiet_for_long_is_found_by_name_with_the_latest_first()
    {
        await StartAsync();
        foreach (var name in new[] { "'quiet/b'", "'quiet/a'", "'Quiet/a'", "'quiet-/a'", "'quiet/c'" }) await AddAsync(name, 1);
        await AddAsync("'busy/c' || i", 1, conversations: MoreThanOneSearch);

        var page = await ListAsync("quiet", null, 2);
        var next = await ListAsync("quiet", page.Next, 2);

        Assert.Equal(["quiet/c", "quiet/a"], page.Conversations.Select(c => c.Conversation));
        Assert.Equal(("quiet/b", null), (Assert.Single(next.Conversations).Conversation, next.Next));
    }

    [Fact]
    public async Task Where_both_searches_end_early_pages_are_short_and_the_last_one_still_comes()
    {
        const int quiet = Limits.MaxListNames + 10;
        await StartAsync();
        await AddAsync("'a/c' || i", 1, conversations: quiet);
        await AddAsync("'b/hot'", 2 * MoreThanOneSearch);

        var (found, pages, next) = (new List<string>(), 0, (long?)null);
        do
        {
            var page = await ListAsync(null, next, ConversationFilter.MaxLimit);
            found.AddRange(page.Conversations.Select(c => c.Conversation));
            (pages, next) = (pages + 1, page.Next);
        }
        while (next is not null);

        Assert.Equal(Enumerable.Range(1, quiet).Select(i => $"a/c{i}").Append("b/hot").Reverse(), found);
        // Two that end early, then one for each thousand.
        Assert.InRange(pages, 5, 6);
    }

    private async Task StartAsync() => _settings = await ReadyAsync(Provider);

    private Task<ConversationPage> ListAsync(string? tenant, long? before, int limit) =>
        new ConversationLister(_settings).ListAsync(new ConversationFilter(tenant, before, limit), CancellationToken.None);

    /// <summary>Adds rows, of many conversations or of one, by an expression of the row's number <c>i</c>.</summary>
    private Task<long> AddAsync(string name, int rows, long after = 0, string manifest = "ta1", int conversations = 1)
    {
        var (count, number) = conversations > 1 ? (conversations, "1") : (rows, $"{after} + i");
        var (numbers, no, empty) = Provider == JournalProvider.PostgreSql
            ? ($"generate_series(1, {count}) AS n (i)", "false", "''::bytea")
            : ($"(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT i FROM n) AS n", "0", "x''");
        return _settings.RunAsync(
            $"""
            INSERT INTO actorllm_journal (persistence_id, sequence_number, deleted, created, identifier, manifest, message)
            SELECT 'conversation/' || {name}, {number}, {no}, 638000000000000000, 711, '{manifest}', {empty} FROM {numbers} ORDER BY i
            """);
    }
}
