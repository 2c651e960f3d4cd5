using ActorLlm.Testing;
using Akka.Cluster;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace ActorLlm.Hosting.Tests;

/// <summary>The nodes of one database are one cluster.</summary>
public class OneClusterTests
{
    [Fact]
    public async Task A_node_that_cannot_reach_the_others_forms_no_cluster_of_its_own_until_they_are_gone()
    {
        using var folder = new TempFolder();
        await (await TestHost.StartAsync(ScriptedChatClient.Echo(), folder)).DisposeAsync(); // makes the tables
        await using var others = Elsewhere.Start(folder.Of("test.db"), members: 2);

        await using var cutOff = await TestHost.StartAsync(ScriptedChatClient.Echo(), folder);
        // Longer than it watches silent nodes, and than it waits for a seed node.
        await others.SpokenAsync(10);
        var health = cutOff.Services.GetRequiredService<INodeHealth>();
        Assert.Equal((false, "The node is in no cluster: it is joining, or was put out."), await health.CheckReadyAsync());

        await others.DisposeAsync();
        await Eventually.HoldsAsync("the node has a cluster of its own", () => StatusOf(cutOff) == MemberStatus.Up);
    }

    [Fact]
    public async Task Of_two_clusters_on_one_database_the_smaller_one_ends()
    {
        using var folder = new TempFolder();
        await using var small = await TestHost.StartAsync(ScriptedChatClient.Echo(), folder);
        await Eventually.HoldsAsync("the node is up", () => StatusOf(small) == MemberStatus.Up);

        await using var large = Elsewhere.Start(folder.Of("test.db"), members: 2);

        await small.System.WhenTerminated.InTime();
        Assert.True(small.Services.GetRequiredService<INodeHealth>().WasDowned);
    }

    [Fact]
    public async Task The_larger_one_goes_on()
    {
        using var folder = new TempFolder();
        await using var large = await TestHost.StartAsync(ScriptedChatClient.Echo(), folder);
        await Eventually.HoldsAsync("the node is up", () => StatusOf(large) == MemberStatus.Up);

        // As large, and later in the order of addresses.
        await using var small = Elsewhere.Start(folder.Of("test.db"), members: 1, address: "zzz:1");
        await small.SpokenAsync(17);

        Assert.Equal(MemberStatus.Up, StatusOf(large));
    }

    private static MemberStatus StatusOf(TestHost host) => Akka.Cluster.Cluster.Get(host.System).SelfMember.Status;

    /// <summary>Nodes that say in the database that they are in a cluster, and that nobody reaches.</summary>
    private sealed class Elsewhere : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _speaking;
        private int _spoken;

        private Elsewhere(string file, string address, int members) => _speaking = SpeakAsync(file, address, members);

        public static Elsewhere Start(string file, int members, string address = "127.0.0.1:1") => new(file, address, members);

        public Task SpokenAsync(int times) => Eventually.HoldsAsync($"they spoke {times} times", () => Volatile.Read(ref _spoken) >= times);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _speaking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        private async Task SpeakAsync(string file, string address, int members)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
            do
            {
                await using var connection = new SqliteConnection($"Data Source={file}");
                await connection.OpenAsync(_stop.Token);
                await using var command = connection.CreateCommand();
                command.CommandText = "INSERT OR REPLACE INTO actorllm_node (address, incarnation, members, seen) VALUES ($address, 1, $members, julianday('now'))";
                command.Parameters.AddWithValue("$address", address);
                command.Parameters.AddWithValue("$members", members);
                await command.ExecuteNonQueryAsync(_stop.Token);
                Interlocked.Increment(ref _spoken);
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
    }
}
