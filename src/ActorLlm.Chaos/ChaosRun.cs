using System.Globalization;
using ActorLlm.Chaos.Checking;
using ActorLlm.Chaos.Faults;
using ActorLlm.Chaos.Journal;
using ActorLlm.Chaos.Ledger;
using ActorLlm.Chaos.Load;
using ActorLlm.Chaos.Reporting;
using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos;

/// <summary>One run, from nothing started to nothing left.</summary>
/// <param name="options">What is asked for.</param>
/// <param name="output">Where progress is told.</param>
internal sealed class ChaosRun(ChaosOptions options, TextWriter output)
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan HealDeadline = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan JournalPoll = TimeSpan.FromMilliseconds(200);

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly TextWriter _output = TextWriter.Synchronized(output);
    private readonly ClientLedger _ledger = new();

    /// <summary>Runs to the verdict. Everything started is ended, whatever happens.</summary>
    /// <exception cref="UserErrorException">Something could not be started, or a node did not come back.</exception>
    public async Task<ChaosResult> RunAsync(CancellationToken cancellationToken)
    {
        var runs = options.LedgerFile is { } ledger ? RunLedger.Open(ledger) : null;
        var kinds = options.Cluster is { } cluster
            ? options.Faults ?? FaultCatalog.DefaultForAnyCluster(cluster.FaultCommand is not null)
            : Machine.Choose(options.Faults, _output);
        var folder = Directory.CreateTempSubdirectory("actorllm-chaos-");
        try
        {
            var result = await RunInAsync(folder.FullName, kinds, cancellationToken);
            if (runs is not null)
                await runs.AddAsync(result, _time.GetUtcNow());
            if (result.Passed && !options.Keep)
                folder.Delete(recursive: true);
            else
                await Evidence.WriteAsync(folder.FullName, result, _output);
            return result;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // There are none where nothing was started.
            if (folder.EnumerateFileSystemInfos().Any())
                _output.WriteLine($"The nodes' logs are in {folder.FullName}.");
            else
                folder.Delete();
            throw;
        }
        catch (OperationCanceledException)
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    private async Task<ChaosResult> RunInAsync(string folder, IReadOnlyList<FaultKind> kinds, CancellationToken cancellationToken)
    {
        var needs = kinds.Aggregate(Needs.None, (all, kind) => all | kind.Needs);
        await using IServers servers = options.Cluster is { } cluster
            ? await GivenCluster.ConnectAsync(cluster, _time, cancellationToken)
            : await Rig.StartAsync(options, needs, folder, _time, _output, cancellationToken);
        await using var journal = new JournalReader(servers.Database, servers.Scope);
        await servers.WaitReadyAsync(StartDeadline, cancellationToken);
        Tell($"{options.Nodes} nodes are ready. {options.Conversations} conversations at once, seed {options.Seed}, {options.Minutes} min.");

        var (trouble, healing) = await LoadAndBreakAsync(servers, kinds, journal, cancellationToken);
        var events = await journal.ReadAllAsync(cancellationToken);
        var report = await servers.ReportAsync(cancellationToken);
        var verdict = Checker.Check(_ledger.Turns, events, servers.HasSimulatedModel ? new ReplyOracle().Reply : null, servers.IsComparable)
            .And(report.Calls is { } calls ? RetryAfterRule.Check(events, calls) : [])
            .And(kinds.All(kind => kind.IsOrderly) ? DrainRule.Check(_ledger.Turns, report.Calls) : []);
        return new ChaosResult(options, _ledger, events, report, verdict, healing)
        {
            Trouble = trouble,
            HasSimulatedModel = servers.HasSimulatedModel,
            IsComparable = servers.IsComparable,
        };
    }

    private async Task<(string? Trouble, TimeSpan Healing)> LoadAndBreakAsync(
        IServers servers, IReadOnlyList<FaultKind> kinds, JournalReader journal, CancellationToken cancellationToken)
    {
        await using var balancer = Balancer.Start(servers);
        using var client = new TurnClient(_ledger, balancer.Ready, balancer.Running, servers.ApiKey, servers.Model, _time);
        using var enough = new CancellationTokenSource();
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var prompts = new Prompts(servers.HasSimulatedModel);
        var talkers = Task.WhenAll(Enumerable.Range(0, options.Conversations).Select(number =>
            new Talker($"{servers.Scope.Prefix}s{options.Seed}-c{number}", Talker.StyleOf(number), Talker.DiceOf(options.Seed, number), prompts, client).RunAsync(enough.Token, giveUp.Token)).ToArray());
        // Whatever ends this method, a fault that is in force is undone before anything else is.
        var faults = new FaultRunner(servers, _ledger, _output)
            .RunAsync(FaultPlan.Make(options.Seed, kinds), TimeSpan.FromMinutes(options.Minutes), giveUp.Token);
        try
        {
            await using (Progress.Start(_ledger, _time, _output))
            {
                // A client that throws is a fault of this program: there is no use in going on.
                await await Task.WhenAny(faults, talkers);
                var trouble = await faults;
                if (trouble is not null)
                    _output.WriteLine($"No more faults: {trouble}");
                var healed = _time.GetUtcNow();
                await enough.CancelAsync();
                giveUp.CancelAfter(HealDeadline);
                await FinishAsync(client, journal, talkers, giveUp.Token);
                return (trouble, _time.GetUtcNow() - healed);
            }
        }
        finally
        {
            await giveUp.CancelAsync();
            await ((Task)faults).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

    private void Tell(FormattableString text) => _output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
