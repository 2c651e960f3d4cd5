using ActorLlm.Cluster.Persistence;

namespace ActorLlm.Cluster.Tests.Persistence;

public sealed class RecoveryReaderTests : DatabaseTests
{
    [Theory]
    [InlineData(JournalProvider.Sqlite)]
    [InlineData(JournalProvider.PostgreSql)]
    public async Task Who_leaves_stops_the_reading(JournalProvider provider)
    {
        var database = await ReadyAsync(provider);
        var blob = provider == JournalProvider.Sqlite ? "x'00'" : @"'\x00'";
        foreach (var number in Enumerable.Range(1, 20))
        {
            await database.RunAsync(
                $"INSERT INTO actorllm_journal (persistence_id, sequence_number, deleted, created, identifier, manifest, message) VALUES ('c', {number}, {(provider == JournalProvider.Sqlite ? "0" : "false")}, 0, 1, 'm', {blob})");
        }

        using var reader = new RecoveryReader(database);
        using var left = new CancellationTokenSource();
        var rows = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.ReadEventsAsync(
            "c", 1, long.MaxValue, long.MaxValue,
            _ =>
            {
                rows++;
                left.Cancel();
            },
            left.Token));

        Assert.Equal(1, rows);
    }
}
