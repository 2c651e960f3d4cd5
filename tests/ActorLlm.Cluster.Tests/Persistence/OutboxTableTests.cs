using ActorLlm.Cluster.Persistence;

namespace ActorLlm.Cluster.Tests.Persistence;

public class SqliteOutboxTableTests() : OutboxTableContract(JournalProvider.Sqlite);

public class PostgresOutboxTableTests() : OutboxTableContract(JournalProvider.PostgreSql);

/// <summary>What the outbox needs of its table, whichever database is beneath it.</summary>
public abstract class OutboxTableContract(JournalProvider provider) : DatabaseTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);
    private static readonly OutboxRow Row = new("id-1", "default/talk", "turn-1", "rabbitmq", """{"queue":"tür 'x';--"}""");

    [Fact]
    public async Task What_a_node_holds_is_no_others_until_it_lets_go()
    {
        var database = await ReadyAsync(provider);
        var (one, other) = (new OutboxTable(database, "one", Long), new OutboxTable(database, "other", Long));

        await one.AddAsync(Row, hold: true);
        Assert.Empty(await other.ClaimAsync("rabbitmq", 10, default));
        await one.ReleaseAsync(default);

        var claimed = Assert.Single(await other.ClaimAsync("rabbitmq", 10, default));
        Assert.Equal(Row, claimed with { Made = default });
        Assert.Empty(await one.ClaimAsync("rabbitmq", 10, default));
    }

    [Fact]
    public async Task What_a_node_stopped_saying_that_it_holds_is_taken_over_and_it_can_then_neither_defer_nor_remove_it()
    {
        var database = await ReadyAsync(provider);
        var (gone, other) = (new OutboxTable(database, "gone", TimeSpan.Zero), new OutboxTable(database, "other", Long));
        await gone.AddAsync(Row, hold: true);

        Assert.Single(await other.ClaimAsync("rabbitmq", 10, default));
        await gone.DeferAsync(Row.Id, 5, TimeSpan.Zero, "late", default);
        await gone.RenewAsync([Row.Id], default);
        await gone.ParkAsync(Row.Id, 5, "late", default);
        await gone.RemoveAsync(Row.Id);

        Assert.Equal((0, ""), (await One(other)) is { } row ? (row.Attempts, row.Reason) : default);
        await other.RemoveAsync(Row.Id);
        Assert.Empty(await other.ListAsync(parked: false, 10, default));
    }

    [Fact]
    public async Task What_a_node_goes_on_holding_is_not_taken_over()
    {
        var database = await ReadyAsync(provider);
        await new OutboxTable(database, "one", TimeSpan.Zero).AddAsync(Row, hold: true);
        await new OutboxTable(database, "one", Long).RenewAsync([Row.Id], default);

        Assert.Empty(await new OutboxTable(database, "other", Long).ClaimAsync("rabbitmq", 10, default));
    }

    [Fact]
    public async Task Nodes_that_claim_at_once_get_each_row_once()
    {
        var database = await ReadyAsync(provider);
        OutboxTable[] nodes = [.. Enumerable.Range(0, 4).Select(node => new OutboxTable(database, $"node-{node}", Long))];
        await Task.WhenAll(Enumerable.Range(0, 300).Select(number => nodes[0].AddAsync(Row with { Id = $"{number}", Turn = $"{number}" }, hold: false)));

        var claims = await Task.WhenAll(nodes.Select(node => Task.Run(async () =>
        {
            var ids = new List<string>();
            while (await node.ClaimAsync("rabbitmq", 7, default) is { Count: > 0 } rows) ids.AddRange(rows.Select(row => row.Id));
            return ids;
        })));

        Assert.Equal(300, claims.Sum(ids => ids.Count));
        Assert.Equal(300, claims.SelectMany(ids => ids).Distinct().Count());
    }

    [Fact]
    public async Task A_deferred_row_is_due_later_and_a_parked_one_never_until_it_is_let_go_or_owed_anew()
    {
        var table = new OutboxTable(await ReadyAsync(provider), "one", Long);
        await table.AddAsync(Row, hold: true);

        await table.DeferAsync(Row.Id, 1, Long, "later", default);
        Assert.Empty(await table.ClaimAsync("rabbitmq", 10, default));
        await table.AddAsync(Row, hold: true);
        await table.ParkAsync(Row.Id, 9, "never", default);
        Assert.Empty(await table.ClaimAsync("rabbitmq", 10, default));
        var parked = Assert.Single(await table.ListAsync(parked: true, 10, default));
        Assert.Equal((true, 9, "never"), (parked.Parked, parked.Attempts, parked.Reason));

        await table.UnparkAsync([Row.Id], default);
        Assert.Equal(0, Assert.Single(await table.ClaimAsync("rabbitmq", 10, default)).Attempts);
        await table.ParkAsync(Row.Id, 9, "never", default);
        await table.AddAsync(Row, hold: false);
        Assert.Single(await table.ClaimAsync("rabbitmq", 10, default));
    }

    [Fact]
    public async Task One_carrier_gets_nothing_of_another()
    {
        var table = new OutboxTable(await ReadyAsync(provider), "one", Long);
        await table.AddAsync(Row, hold: false);

        Assert.Empty(await table.ClaimAsync("webhook", 10, default));
        Assert.Single(await table.ClaimAsync("rabbitmq", 10, default));
    }

    private static async Task<OutboxRow?> One(OutboxTable table) => (await table.ListAsync(parked: false, 10, default)).SingleOrDefault();
}
