using ActorLlm.Cluster.Inspection;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Inspection;
using Npgsql;

namespace ActorLlm.Cluster.Tests.Inspection;

public sealed class DatabaseCheckTests : DatabaseTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task A_server_that_is_halted_is_found_out_in_the_time_there_is()
    {
        var server = new NpgsqlConnectionStringBuilder((await ReadyAsync(JournalProvider.PostgreSql)).ConnectionString);
        using var relay = new HaltingRelay(server.Host!, server.Port);
        var check = new DatabaseCheck(
            JournalSettings.PostgreSql(new NpgsqlConnectionStringBuilder(server.ToString()) { Host = "127.0.0.1", Port = relay.Port }.ToString()), TimeProvider.System);
        Assert.All((await check.ExamineAsync(CancellationToken.None)).Findings, finding => Assert.NotEqual(Severity.Bad, finding.Severity));
        relay.Halt();

        using var stop = new CancellationTokenSource(Patience);
        var (findings, _) = await check.ExamineAsync(stop.Token).WaitAsync(Deadline);

        var finding = Assert.Single(findings);
        Assert.Equal(("database", Severity.Bad), (finding.Check, finding.Severity));
        Assert.Contains("does not answer: nothing came in time", finding.Message, StringComparison.Ordinal);
    }
}
