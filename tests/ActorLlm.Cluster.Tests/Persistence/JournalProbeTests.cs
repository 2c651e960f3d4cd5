using ActorLlm.Cluster.Persistence;
using Microsoft.Extensions.Time.Testing;

namespace ActorLlm.Cluster.Tests.Persistence;

public class JournalProbeTests : DatabaseTests
{
    private const string Drop = "DROP TABLE actorllm_watermark";

    [Theory]
    [InlineData(JournalProvider.Sqlite)]
    [InlineData(JournalProvider.PostgreSql)]
    public async Task The_database_is_asked_again_once_its_answer_is_a_second_old(JournalProvider provider)
    {
        var time = new FakeTimeProvider();
        var database = await ReadyAsync(provider);
        using var probe = new JournalProbe(database, time);
        Assert.True(await probe.AnswersAsync());
        await database.RunAsync(Drop);

        time.Advance(JournalProbe.Fresh - TimeSpan.FromMilliseconds(1));
        Assert.True(await probe.AnswersAsync());
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(await probe.AnswersAsync());
    }

    [Fact]
    public async Task A_database_out_of_reach_does_not_answer()
    {
        using var probe = new JournalProbe(
            JournalSettings.PostgreSql("Host=127.0.0.1;Port=1;Database=nowhere;Username=me;Timeout=2"), TimeProvider.System);

        Assert.False(await probe.AnswersAsync());
    }

    [Fact]
    public async Task A_server_that_takes_the_connection_and_says_nothing_does_not_answer()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var time = new FakeTimeProvider();
        using var probe = new JournalProbe(
            JournalSettings.PostgreSql($"Host=127.0.0.1;Port={((System.Net.IPEndPoint)silent.LocalEndpoint).Port};Username=me;Timeout=300"), time);

        var asked = probe.AnswersAsync();
        using var taken = await silent.AcceptTcpClientAsync();
        time.Advance(JournalProbe.Patience);

        Assert.False(await asked.WaitAsync(TimeSpan.FromSeconds(30)));
    }
}
