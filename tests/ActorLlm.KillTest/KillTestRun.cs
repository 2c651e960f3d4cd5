using System.Globalization;
using ActorLlm.Cli;
using ActorLlm.KillTest.Checking;
using ActorLlm.KillTest.Faults;
using ActorLlm.KillTest.Journal;
using ActorLlm.KillTest.Ledger;
using ActorLlm.KillTest.Load;
using ActorLlm.KillTest.Reporting;
using ActorLlm.KillTest.Servers;
using ActorLlm.Testing;

namespace ActorLlm.KillTest;

/// <summary>One run, from nothing started to nothing left.</summary>
/// <param name="options">What is asked for.</param>
/// <param name="output">Where progress is told.</param>
internal sealed class KillTestRun(KillTestOptions options, TextWriter output)
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan HealDeadline = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan JournalPoll = TimeSpan.FromMilliseconds(200);

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly TextWriter _output = TextWriter.Synchronized(output);
    private readonly ClientLedger _ledger = new();

    /// <summary>Runs to the verdict. Everything started is ended, whatever happens.</summary>
    /// <exception cref="UserErrorException">Something could not be started, or a node did not come back.</exception>
    public async Task<KillTestResult> RunAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("actorllm-killtest-");
        try
        {
            var result = await RunInAsync(folder.FullName, cancellationToken);
            if (result.Passed && !options.Keep)
                folder.Delete(recursive: true);
            else
                await Evidence.WriteAsync(folder.FullName, result, _output);
            return result;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            _output.WriteLine($"The nodes' logs are in {folder.FullName}.");
            throw;
        }
        catch (OperationCanceledException)
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    private async Task<KillTestResult> RunInAsync(string folder, CancellationToken cancellationToken)
    {
        await using var postgres = await TestPostgres.StartPrivateAsync();
        await using var simulator = await SimulatorProcess.StartAsync();
        var database = await postgres.CreateDatabaseAsync();
        await using var journal = new JournalReader(database);
        await using var cluster = TestCluster.Plan(database, simulator.Endpoint, folder, _output);
        foreach (var node in cluster.Nodes)
            node.Start();
        await cluster.WaitReadyAsync(StartDeadline, cancellationToken);
        _output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Three nodes are ready. {options.Conversations} conversations at once, seed {options.Seed}, {options.Minutes} min."));

        var healing = await LoadAndKillAsync(cluster, journal, cancellationToken);
        var events = await journal.ReadAllAsync(cancellationToken);
        var calls = await ModelCalls.ReadAsync(simulator.Address, cancellationToken);
        var verdict = Checker.Check(_ledger.Turns, events, new ReplyOracle().Reply);
        return new KillTestResult(options, _ledger, events, calls, verdict, healing, cluster.Nodes.Sum(node => node.TimesDowned));
    }

    private async Task<TimeSpan> LoadAndKillAsync(TestCluster cluster, JournalReader journal, CancellationToken cancellationToken)
    {
        using var client = new TurnClient(_ledger, cluster.Addresses, _time);
        using var enough = new CancellationTokenSource();
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var talkers = Task.WhenAll(Enumerable.Range(0, options.Conversations).Select(number =>
            new Talker(number, Talker.StyleOf(number), options.Seed, client).RunAsync(enough.Token, giveUp.Token)).ToArray());
        try
        {
            await using (Progress.Start(_ledger, _time, _output))
            {
                var faults = new FaultRunner(cluster, _ledger, _time, _output)
                    .RunAsync(options.Seed, TimeSpan.FromMinutes(options.Minutes), giveUp.Token);
                // A client that throws is a fault of this program: there is no use in going on.
                await await Task.WhenAny(faults, talkers);
                await faults;
                var healed = _time.GetUtcNow();
                await enough.CancelAsync();
                giveUp.CancelAfter(HealDeadline);
                await FinishAsync(client, journal, talkers, giveUp.Token);
                return _time.GetUtcNow() - healed;
            }
        }
        finally
        {
            await giveUp.CancelAsync();
            await talkers.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FinishAsync(TurnClient client, JournalReader journal, Task talkers, CancellationToken giveUp)
    {
        try
        {
            await talkers;
            // Turns that nobody asks for must come to their end by themselves, before their clients return.
            while (await journal.CountUnfinishedAsync(giveUp) > 0)
                await Task.Delay(JournalPoll, _time, giveUp);
            await Task.WhenAll(_ledger.Turns.Where(turn => turn.Unattended).Select((turn, n) => client.AskAgainAsync(turn, new Random(n), giveUp)));
        }
        catch (OperationCanceledException)
        {
            _output.WriteLine($"Not everything had ended {HealDeadline.TotalSeconds} s after the last fault.");
        }
    }
}
