using ActorLlm.Chaos.Checking;
using ActorLlm.Chaos.Journal;
using ActorLlm.Chaos.Ledger;
using ActorLlm.Chaos.Reporting;
using ActorLlm.Chaos.Servers;
using ActorLlm.Testing;

namespace ActorLlm.Chaos.Tests.Reporting;

public sealed class RunLedgerTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();

    private string FilePath => _folder.Of("ledger.csv");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_adds_a_line_and_leaves_those_before_it_as_they_are()
    {
        await RunLedger.Open(FilePath).AddAsync(Result(), Now);
        var first = await File.ReadAllTextAsync(FilePath);
        await RunLedger.Open(FilePath).AddAsync(Result(ViolationKind.Lost), Now);

        var both = await File.ReadAllTextAsync(FilePath);
        Assert.StartsWith(first, both, StringComparison.Ordinal);
        var lines = both.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Contains(",held,1,1,1,1,0,0,0,0,0,", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",kill:1", lines[1], StringComparison.Ordinal);
        Assert.Contains(",broken,1,1,1,1,1,0,0,0,0,", lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("something else\n", "line 1")]
    [InlineData("{0}1999-01-01,abc\n", "line 3: it has 2 columns")]
    [InlineData("{0}tomorrow,c,1,5,3,200,held,1,1,1,1,0,0,0,0,0,1,2,3,1.1,kill:1\n", "line 3: 'tomorrow' is no date")]
    [InlineData("{0}2026-01-01,c,1,5,3,200,held,1,1,1,one,0,0,0,0,0,1,2,3,1.1,kill:1\n", "line 3: 'one' is no number")]
    [InlineData("{0}2026-01-01,c,1,5", "line 3: it breaks off")]
    public async Task A_corrupt_ledger_is_refused_with_its_line_and_left_alone(string text, string expected)
    {
        await RunLedger.Open(FilePath).AddAsync(Result(), Now);
        text = text.Replace("{0}", await File.ReadAllTextAsync(FilePath), StringComparison.Ordinal);
        await File.WriteAllTextAsync(FilePath, text);

        var problem = Assert.Throws<UserErrorException>(() => RunLedger.Open(FilePath));

        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
        Assert.Equal(text, await File.ReadAllTextAsync(FilePath));
    }

    private static ChaosResult Result(params ViolationKind[] violations)
    {
        var clients = new ClientLedger();
        var turn = new TurnRecord("c", "t1", "t1 hello");
        turn.NoteSent(Now);
        turn.NoteReply(Now.AddSeconds(5), "hi");
        clients.Open(turn);
        clients.Add(new FaultRecord("kill", "node-1", Now.AddSeconds(1), [turn]));
        JournalEvent[] journal =
        [
            new("c", 1, EventKind.Accepted, "t1", Now, "t1 hello"),
            new("c", 2, EventKind.Committed, "t1", Now.AddSeconds(4), "hi"),
        ];
        var verdict = new Verdict([.. violations.Select(kind => new Violation(kind, "c", "t1", "made by hand"))]);
        return new ChaosResult(new ChaosOptions(), clients, journal, new ServersReport(ModelCalls.None, [], null), verdict, TimeSpan.FromSeconds(1));
    }
}
