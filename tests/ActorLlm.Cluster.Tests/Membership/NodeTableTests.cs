using ActorLlm.Cluster.Membership;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using ActorLlm.Domain.Membership;

namespace ActorLlm.Cluster.Tests.Membership;

public class NodeTableTests : DatabaseTests
{
    [Theory]
    [InlineData(JournalProvider.Sqlite)]
    [InlineData(JournalProvider.PostgreSql)]
    public async Task Of_many_nodes_that_start_together_one_forms_the_cluster(JournalProvider provider)
    {
        var database = await ReadyAsync(provider);

        var claims = await Task.WhenAll(Enumerable.Range(1, 8).Select(n => Task.Run(async () =>
        {
            await using var table = new NodeTable(database, new NodeId($"node{n}:1", n));
            return await table.ClaimAsync(default);
        })));

        Assert.Single(claims, first => first);
    }

    [Theory]
    [InlineData(JournalProvider.Sqlite)]
    [InlineData(JournalProvider.PostgreSql)]
    public async Task What_one_node_says_the_others_read(JournalProvider provider)
    {
        var database = await ReadyAsync(provider);
        await using var one = new NodeTable(database, new NodeId("one:1", 1));
        await using var two = new NodeTable(database, new NodeId("two:1", 2));

        Assert.Empty(await one.BeatAsync(3, default));
        var known = Assert.Single(await two.BeatAsync(2, default));

        Assert.Equal(("one:1", 3, true), (known.Id.Address, known.Members, known.IsFresh));
        Assert.InRange(known.Age, -TimeSpan.FromSeconds(1), Limits.NodeFreshFor);
        Assert.Equal("two:1", Assert.Single(await one.ReadOthersAsync(default)).Id.Address);
    }

    [Theory]
    [InlineData(JournalProvider.Sqlite)]
    [InlineData(JournalProvider.PostgreSql)]
    public async Task A_node_that_fell_silent_keeps_no_other_from_forming_and_is_forgotten_in_the_end(JournalProvider provider)
    {
        var database = await ReadyAsync(provider);
        await using var gone = new NodeTable(database, new NodeId("gone:1", 1));
        await using var next = new NodeTable(database, new NodeId("next:1", 2));
        await gone.BeatAsync(1, default);
        Assert.False(await next.ClaimAsync(default));

        await AgeAsync(database, Limits.NodeFreshFor);
        Assert.False(Assert.Single(await next.ReadOthersAsync(default)).IsFresh);
        Assert.True(await next.ClaimAsync(default));

        await AgeAsync(database, Limits.ForgetNodeAfter);
        Assert.Empty(await next.BeatAsync(1, default));
        Assert.Equal(1, await database.RunAsync("SELECT count(*) FROM actorllm_node"));
    }

    [Theory]
    [InlineData(JournalProvider.Sqlite)]
    [InlineData(JournalProvider.PostgreSql)]
    public async Task A_node_takes_back_its_own_word_and_not_that_of_its_successor(JournalProvider provider)
    {
        var database = await ReadyAsync(provider);
        await using var first = new NodeTable(database, new NodeId("here:1", 1));
        await using var successor = new NodeTable(database, new NodeId("here:1", 2));
        await using var other = new NodeTable(database, new NodeId("there:1", 3));
        await first.BeatAsync(1, default);
        await successor.BeatAsync(1, default);

        await first.LeaveAsync(default);
        Assert.Single(await other.ReadOthersAsync(default));
        await successor.LeaveAsync(default);
        Assert.Empty(await other.ReadOthersAsync(default));
    }

    [Theory]
    [InlineData(JournalProvider.Sqlite)]
    [InlineData(JournalProvider.PostgreSql)]
    public async Task A_node_that_was_silent_speaks_again_among_its_members_and_not_beside_a_stranger(JournalProvider provider)
    {
        var database = await ReadyAsync(provider);
        var (member, formerMember, stranger) = (new NodeId("member:1", 1), new NodeId("other:1", 2), new NodeId("other:1", 3));
        await using var silent = new NodeTable(database, new NodeId("silent:1", 4));
        await using var one = new NodeTable(database, member);
        await using var two = new NodeTable(database, stranger);
        var known = new HashSet<NodeId> { member, formerMember };
        await one.BeatAsync(3, default);

        Assert.Equal([member], (await silent.SpeakAgainAsync(known, 3, default)).Select(node => node.Id));
        Assert.Single(await one.ReadOthersAsync(default));

        await silent.LeaveAsync(default);
        await two.BeatAsync(1, default);
        Assert.Contains(stranger, (await silent.SpeakAgainAsync(known, 3, default)).Select(node => node.Id));
        Assert.Equal([stranger], (await one.ReadOthersAsync(default)).Select(node => node.Id));
    }

    private static Task<long> AgeAsync(JournalSettings database, TimeSpan by) => database.RunAsync(
        database.Provider == JournalProvider.PostgreSql
            ? $"UPDATE actorllm_node SET seen = seen - interval '{by.TotalSeconds} seconds'"
            : $"UPDATE actorllm_node SET seen = seen - {by.TotalSeconds} / 86400.0");
}
