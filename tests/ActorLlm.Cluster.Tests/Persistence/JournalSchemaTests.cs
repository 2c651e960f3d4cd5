using ActorLlm.Cluster.Persistence;

namespace ActorLlm.Cluster.Tests.Persistence;

public class JournalSchemaTests : DatabaseTests
{
    private const string Drop = "DROP INDEX actorllm_journal_uq";

    [Theory]
    [InlineData(JournalProvider.Sqlite)]
    [InlineData(JournalProvider.PostgreSql)]
    public async Task Nodes_that_start_together_on_an_empty_database_all_find_the_tables(JournalProvider provider)
    {
        var database = await NewAsync(provider);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => JournalSchema.EnsureAsync(database))));

        Assert.Equal(0, await database.RunAsync("SELECT count(*) FROM actorllm_journal"));
    }

    [Theory]
    [InlineData(JournalProvider.Sqlite, "CREATE INDEX actorllm_journal_uq ON actorllm_journal (persistence_id, sequence_number)")]
    [InlineData(JournalProvider.PostgreSql, "CREATE INDEX actorllm_journal_uq ON actorllm_journal (persistence_id, sequence_number)")]
    [InlineData(JournalProvider.Sqlite, "CREATE UNIQUE INDEX actorllm_journal_uq ON actorllm_journal (persistence_id, sequence_number) WHERE sequence_number > 9")]
    [InlineData(JournalProvider.PostgreSql, "CREATE UNIQUE INDEX actorllm_journal_uq ON actorllm_journal (persistence_id, sequence_number) WHERE sequence_number > 9")]
    [InlineData(JournalProvider.Sqlite, "CREATE UNIQUE INDEX actorllm_journal_uq ON actorllm_journal (persistence_id, sequence_number, created)")]
    [InlineData(JournalProvider.PostgreSql, "CREATE UNIQUE INDEX actorllm_journal_uq ON actorllm_journal (persistence_id, sequence_number, created)")]
    [InlineData(JournalProvider.Sqlite, "CREATE UNIQUE INDEX actorllm_journal_uq ON actorllm_journal (persistence_id, sequence_number, (created + 1))")]
    [InlineData(JournalProvider.PostgreSql, "CREATE UNIQUE INDEX actorllm_journal_uq ON actorllm_journal (persistence_id, sequence_number, (created + 1))")]
    public async Task An_index_that_lets_two_writers_through_is_refused(JournalProvider provider, string index)
    {
        var database = await ReadyAsync(provider);
        await database.RunAsync(Drop);
        await database.RunAsync(index);

        var refused = await Assert.ThrowsAsync<JournalUnusableException>(() => JournalSchema.EnsureAsync(database));

        Assert.Contains("no unique index on (persistence_id, sequence_number)", refused.Message, StringComparison.Ordinal);
        Assert.Contains("CREATE UNIQUE INDEX", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(JournalProvider.Sqlite)]
    [InlineData(JournalProvider.PostgreSql)]
    public async Task An_index_that_was_dropped_is_made_again_and_refused_where_two_writers_came_through_meanwhile(JournalProvider provider)
    {
        const string Row = """
            INSERT INTO actorllm_journal (persistence_id, sequence_number, deleted, created, identifier, manifest, message)
            VALUES ('conversation/default/talk', 1, {0}, 0, 711, '', '')
            """;
        var row = Row.Replace("{0}", provider == JournalProvider.Sqlite ? "0" : "false", StringComparison.Ordinal);
        var database = await ReadyAsync(provider);
        await database.RunAsync(row);
        await database.RunAsync(Drop);

        await JournalSchema.EnsureAsync(database);
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => database.RunAsync(row));
        await database.RunAsync(Drop);
        await database.RunAsync(row);

        var refused = await Assert.ThrowsAsync<JournalUnusableException>(() => JournalSchema.EnsureAsync(database));
        Assert.Contains(database.Place, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_out_of_reach_is_named_without_its_password()
    {
        var database = JournalSettings.PostgreSql("Host=127.0.0.1;Port=1;Database=nowhere;Username=me;Password=very-secret;Timeout=2");

        var error = await Assert.ThrowsAsync<JournalUnusableException>(() => JournalSchema.EnsureAsync(database));

        Assert.Contains("127.0.0.1:1/nowhere", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", error.Message, StringComparison.Ordinal);
    }
}
