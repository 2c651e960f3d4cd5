using System.Globalization;
using ActorLlm.Chaos.Ledger;

namespace ActorLlm.Chaos.Reporting;

/// <summary>Tells how a run goes, a line each ten seconds.</summary>
internal sealed class Progress : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly PeriodicTimer _timer;
    private readonly Task _telling;

    private Progress(ClientLedger ledger, TimeProvider time, TextWriter output)
    {
        _timer = new PeriodicTimer(Interval, time);
        _telling = TellAsync(ledger, time, output);
    }

    public static Progress Start(ClientLedger ledger, TimeProvider time, TextWriter output) => new(ledger, time, output);

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _telling;
    }

    private async Task TellAsync(ClientLedger ledger, TimeProvider time, TextWriter output)
    {
        var started = time.GetUtcNow();
        while (await _timer.WaitForNextTickAsync())
        {
            var now = time.GetUtcNow();
            var unfinished = ledger.Unfinished();
            var oldest = unfinished.Length == 0 ? TimeSpan.Zero : unfinished.Max(turn => now - (turn.FirstSent ?? now));
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{now - started:mm\\:ss}  {ledger.Turns.Count} turns sent, {unfinished.Length} unfinished, the oldest for {oldest.TotalSeconds:0.0} s; {ledger.Retries.Values.Sum()} requests sent again; {ledger.Faults.Count} faults"));
        }
    }
}
