using System.Globalization;
using ActorLlm.Processes;

namespace ActorLlm.BridgeRun;

/// <summary>What is asked of a run.</summary>
internal sealed record RunOptions(int Kills, int BrokerRestarts, int Messages);

/// <summary>
/// Faults come evenly over the messages: at each the requests that are in the queue, being accepted, in work, or on their way back are several hundred. The
/// broker is killed and stopped in order by turns.
/// </summary>
internal sealed class Run(RunOptions options, TextWriter output)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan NothingHappens = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan ToSettle = TimeSpan.FromMinutes(2);

    private readonly Ledger _ledger = new(options.Messages);

    public async Task<RunResult> RunAsync(CancellationToken stop)
    {
        await using var servers = await Servers.StartAsync();
        await using var client = new Client(servers.Broker, _ledger);
        var started = TimeProvider.System.GetTimestamp();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var receiving = client.ReceiveAsync(end.Token);
        var sending = client.SendAllAsync(options.Messages, end.Token);
        try
        {
            await CauseFaultsAsync(servers, stop);
            await WaitAsync(() => _ledger.IsComplete, stop);
            await sending;
        }
        catch (UserErrorException error)
        {
            await output.WriteLineAsync(error.Message);
        }

        var took = TimeProvider.System.GetElapsedTime(started);
        var standing = await SettledAsync(servers, stop);
        await end.CancelAsync();
        await Task.WhenAll(receiving, sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return new RunResult(options, _ledger, took, standing, servers.Ends);
    }

    private async Task CauseFaultsAsync(Servers servers, CancellationToken stop)
    {
        var faults = options.Kills + options.BrokerRestarts;
        var (kills, restarts) = (0, 0);
        for (var fault = 1; fault <= faults; fault++)
        {
            var due = (int)((long)options.Messages * fault / (faults + 1));
            await WaitAsync(() => _ledger.Answered >= due, stop);
            // Spread as evenly as their numbers allow.
            if ((long)restarts * faults < (long)(fault - 1) * options.BrokerRestarts || kills == options.Kills)
                await RestartBrokerAsync(servers, inOrder: ++restarts % 2 == 0, stop);
            else
                await KillAsync(servers, ++kills);
            await servers.BridgeConnectedAsync(stop);
        }
    }

    private async Task KillAsync(Servers servers, int number)
    {
        await SayAsync($"kill {number} of the bridge's node, {_ledger.Open} requests open");
        await servers.KillBridgeAsync();
    }

    private async Task RestartBrokerAsync(Servers servers, bool inOrder, CancellationToken stop)
    {
        await SayAsync($"the broker is {(inOrder ? "stopped" : "killed")} and started again, {_ledger.Open} requests open");
        if (inOrder) await servers.Broker.StopAsync();
        else await servers.Broker.KillAsync();
        stop.ThrowIfCancellationRequested();
        await servers.Broker.StartAgainAsync();
    }

    /// <summary>Waits for a condition as long as replies come.</summary>
    private async Task WaitAsync(Func<bool> condition, CancellationToken stop)
    {
        var (seen, since) = (_ledger.Answered, TimeProvider.System.GetTimestamp());
        while (!condition())
        {
            if (_ledger.Answered != seen) (seen, since) = (_ledger.Answered, TimeProvider.System.GetTimestamp());
            if (TimeProvider.System.GetElapsedTime(since) > NothingHappens)
                throw new UserErrorException($"No reply for {NothingHappens}; {_ledger.Open} requests are open, such as {string.Join(", ", _ledger.Missing.Take(5))}.");
            await Task.Delay(Poll, stop);
        }
    }

    private static async Task<Standing> SettledAsync(Servers servers, CancellationToken stop)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var standing = await StandingAsync(servers);
            if (standing is { Owed: 0, InQueue: 0 } || TimeProvider.System.GetElapsedTime(started) > ToSettle) return standing;
            await Task.Delay(Poll, stop);
        }
    }

    private static async Task<Standing> StandingAsync(Servers servers)
    {
        await using var connection = await servers.Broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        return new Standing(
            await servers.CountAsync("SELECT count(*) FROM actorllm_journal WHERE manifest = 'ta1'"),
            await servers.CountAsync("SELECT count(*) FROM actorllm_journal WHERE manifest = 'rc1'"),
            await servers.CountAsync("SELECT count(*) FROM actorllm_journal WHERE manifest = 'ra1'"),
            await servers.CountAsync("SELECT count(*) FROM actorllm_outbox"),
            await channel.MessageCountAsync(Client.Queue),
            await channel.MessageCountAsync($"{Client.Queue}.dead"));
    }

    private Task SayAsync(string text) => output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{_ledger.Answered}/{options.Messages} answered: {text}"));
}

/// <summary>How database and broker stand at the end.</summary>
/// <param name="Accepted">Turns accepted.</param>
/// <param name="Committed">Replies committed.</param>
/// <param name="Acknowledged">Acknowledgements persisted.</param>
/// <param name="Owed">Replies in the outbox.</param>
/// <param name="InQueue">Messages in the queue.</param>
/// <param name="Dead">Messages in the dead-letter queue.</param>
internal sealed record Standing(long Accepted, long Committed, long Acknowledged, long Owed, long InQueue, long Dead);
