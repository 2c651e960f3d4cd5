using System.Globalization;
using RiskControl;

namespace ActorLlm.Samples.Tests;

public sealed class AlertsOverKillsTests : IDisposable
{
    private const int Accounts = 8;
    private const int Each = 50;
    private const int BeforeKill = 15;

    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_alert_reaches_the_queue_and_none_is_there_twice_though_the_program_is_killed_in_the_middle_two_times()
    {
        var transactions = Transactions();
        File.WriteAllLines(_folder.Of("stream.jsonl"), transactions.Select(transaction => transaction.ToString()));

        var first = await KilledAsync();
        var second = await KilledAsync();
        await using var whole = Start(onLine: null);
        var last = await whole.EndAsync();

        var expected = AlertsOf(transactions);
        Assert.InRange(first, BeforeKill, expected.Length - 2 * BeforeKill);
        Assert.InRange(second, BeforeKill, expected.Length - BeforeKill);
        Assert.Equal(expected, Queue().Keys.Order());
        Assert.Contains(last, line => line == $"{transactions.Length} transactions of {Accounts} accounts, {expected.Length} alerts");

        var handedOut = Queue();
        await using var again = Start(onLine: null);
        Assert.DoesNotContain(await again.EndAsync(), line => line.StartsWith("alert ", StringComparison.Ordinal));
        Assert.Equal(handedOut.OrderBy(alert => alert.Key), Queue().OrderBy(alert => alert.Key));
    }

    /// <summary>Runs the program and kills it (kill -9) once it has handed out some more alerts.</summary>
    /// <returns>How many it handed out until it was dead.</returns>
    private async Task<int> KilledAsync()
    {
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var seen = 0;
        await using var program = Start(line =>
        {
            if (line.StartsWith("alert ", StringComparison.Ordinal) && Interlocked.Increment(ref seen) == BeforeKill) enough.SetResult();
        });
        var ended = program.EndAsync();
        Assert.True(await Task.WhenAny(enough.Task, ended) == enough.Task, string.Join('\n', program.Lines));
        await program.KillAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => ended);
        return program.Lines.Count(line => line.StartsWith("alert ", StringComparison.Ordinal));
    }

    /// <summary>With a model that takes its time, so that the kill comes in the middle.</summary>
    private SampleProgram Start(Action<string>? onLine) => SampleProgram.Start(
        "RiskControl", _folder, onLine, new Dictionary<string, string?> { ["ActorLlm__Backends__slow__Type"] = "Simulator", ["ActorLlm__Backends__slow__Simulator__TotalMs"] = "50" },
        _folder.Of("stream.jsonl"));

    private IReadOnlyDictionary<string, int> Queue() => new AlertQueue(_folder.Of("data", "RiskControl", "alerts.db")).All();

    /// <summary>Each account pays every hour, twice in one country and twice in another, which is doubtful at each change; one payment is too large.</summary>
    private static Transaction[] Transactions() =>
    [
        .. Enumerable.Range(0, Accounts * Each).Select(number =>
        {
            var (round, account) = Math.DivRem(number, Accounts);
            return new Transaction(
                $"t-{number.ToString("000", CultureInfo.InvariantCulture)}", $"account-{account}", DateTimeOffset.UnixEpoch.AddHours(round),
                round == 10 ? 20_000 : 20, round / 2 % 2 == 0 ? "DE" : "BR", "Shop");
        }),
    ];

    /// <summary>The rules' alerts, and what they doubt: the model, which has no script here, answers with the first word of the schema.</summary>
    private static string[] AlertsOf(Transaction[] transactions) =>
    [
        .. transactions.GroupBy(transaction => transaction.Account)
            .SelectMany(account => account.Select((transaction, index) => (transaction, Finding: Rules.Judge(transaction, [.. account.Take(index)]))))
            .Where(one => one.Finding.Verdict != Verdict.Clear).Select(one => one.transaction.Id).Order(),
    ];
}
