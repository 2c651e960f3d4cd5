using ActorLlm.Cluster.Persistence;
using ActorLlm.Inspection;

namespace ActorLlm.Cluster.Tests.Persistence;

public sealed class AuditTableTests : DatabaseTests
{
    private static readonly AuditEntry Order =
        new(0, DateTimeOffset.FromUnixTimeMilliseconds(1_750_000_000_123), "10.0.0.1:4053", "anna", "127.0.0.1", "drain", "10.0.0.2:4053", 0, "", "", "");

    [Theory]
    [InlineData(JournalProvider.Sqlite)]
    [InlineData(JournalProvider.PostgreSql)]
    public async Task Nodes_that_write_at_once_make_one_chain_without_gaps(JournalProvider provider)
    {
        var database = await ReadyAsync(provider);
        await using var one = new AuditTable(database);
        await using var other = new AuditTable(database);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(number => Task.Run(
            () => (number % 2 == 0 ? one : other).AddAsync(Order with { Target = $"node {number}" }, CancellationToken.None))));

        var rows = await one.ReadAfterAsync(0, 100, CancellationToken.None);
        Assert.Equal(40, rows.Select(row => row.Target).Distinct().Count());
        Assert.Equal(new AuditCheck(true, 40, rows[^1].Hash, ""), CheckOf(rows));
    }

    [Theory]
    [InlineData(JournalProvider.Sqlite)]
    [InlineData(JournalProvider.PostgreSql)]
    public async Task A_row_is_read_back_as_it_was_written(JournalProvider provider)
    {
        await using var table = new AuditTable(await ReadyAsync(provider));

        var order = await table.AddAsync(Order with { Target = "default/t\u00fcr 'x';--" }, CancellationToken.None);
        var result = await table.AddAsync(order with { Of = order.Number, Outcome = "not done: \U0001F600" }, CancellationToken.None);

        Assert.Equal((1, 2, order.Hash), (order.Number, result.Number, result.Previous));
        Assert.Equal([result, order], await table.ReadBeforeAsync(long.MaxValue, 10, CancellationToken.None));
        Assert.Equal([order], await table.ReadBeforeAsync(2, 10, CancellationToken.None));
        Assert.Equal([result], await table.ReadAfterAsync(1, 10, CancellationToken.None));
    }

    [Theory]
    [InlineData(JournalProvider.Sqlite, "UPDATE actorllm_audit SET who = 'bert' WHERE number = 3", 2, "Row 3 was changed")]
    [InlineData(JournalProvider.PostgreSql, "UPDATE actorllm_audit SET who = 'bert' WHERE number = 3", 2, "Row 3 was changed")]
    [InlineData(JournalProvider.PostgreSql, "UPDATE actorllm_audit SET outcome = 'drained', at = at + 1 WHERE number = 5", 4, "Row 5 was changed")]
    [InlineData(JournalProvider.Sqlite, "DELETE FROM actorllm_audit WHERE number = 3", 2, "After row 2 comes row 4")]
    [InlineData(JournalProvider.PostgreSql, "DELETE FROM actorllm_audit WHERE number = 1", 0, "After row 0 comes row 2")]
    [InlineData(JournalProvider.Sqlite, "UPDATE actorllm_audit SET hash = (SELECT hash FROM actorllm_audit WHERE number = 1) WHERE number = 4", 3, "Row 4 was changed")]
    [InlineData(JournalProvider.PostgreSql, "UPDATE actorllm_audit SET previous = repeat('0', 64) WHERE number = 2", 1, "Row 2 does not follow the row before it")]
    public async Task What_was_tampered_with_is_found(JournalProvider provider, string tamper, long intact, string problem)
    {
        var database = await ReadyAsync(provider);
        await using var table = new AuditTable(database);
        for (var number = 0; number < 6; number++) await table.AddAsync(Order, CancellationToken.None);

        await database.RunAsync(tamper);

        var check = CheckOf(await table.ReadAfterAsync(0, 100, CancellationToken.None));
        Assert.False(check.Intact);
        Assert.Equal(intact, check.Rows);
        Assert.StartsWith(problem, check.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_hash_is_that_of_the_documented_form_so_that_others_can_check_it()
    {
        var entry = Order with { Number = 1, Previous = AuditChain.Start, Target = "\u00fc" };
        var text = $"1:1,13:1750000000123,13:10.0.0.1:4053,4:anna,9:127.0.0.1,5:drain,2:\u00fc,1:0,0:,64:{AuditChain.Start},";

        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text))), AuditChain.HashOf(entry));
    }

    private static AuditCheck CheckOf(IReadOnlyList<AuditEntry> rows)
    {
        var chain = new AuditChain();
        foreach (var row in rows) chain.Add(row);
        return chain.Check();
    }
}
