using System.Diagnostics;

namespace ActorLlm.Bench.Capacity;

/// <summary>What an open loop saw of its own turns.</summary>
/// <param name="Sent">Turns that were sent.</param>
/// <param name="Answered">Of those that were sent after the warm-up: turns that were answered.</param>
/// <param name="MeanSeconds">Their mean time from being sent to being answered.</param>
/// <param name="Latest">The longest that a turn was sent after its time had come: a pause of this process, or too little CPU for it.</param>
internal sealed record OpenLoopResult(int Sent, int Answered, double MeanSeconds, double Latest);

/// <summary>Turns that come at random (a Poisson process), whether earlier ones are answered or not: what queueing theory is about, and what a closed loop is not.</summary>
internal sealed class OpenLoop(double rate, Func<Random, int, Task> send)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    // The same arrivals for every case.
    private const int Seed = 1;

    private int _running;
    private int _answered;
    private Exception? _failure;
    private long _ticks;
    private double _latest;

    /// <summary>Sends turns until the measurement is taken, and waits for the last of them.</summary>
    public async Task<(OpenLoopResult Result, T Measured)> RunAsync<T>(TimeSpan warmUp, TimeSpan duration, Func<Task<T>> measure)
    {
        using var stop = new CancellationTokenSource();
        var sending = Task.Run(() => SendAsync(warmUp, stop.Token));
        await Task.WhenAny(sending, Task.Delay(warmUp + duration));
        if (sending.IsCompleted) await sending;
        var measured = await measure();
        await stop.CancelAsync();
        var sent = await sending;
        return (new OpenLoopResult(sent, _answered, _ticks / (double)Stopwatch.Frequency / Math.Max(1, _answered), _latest), measured);
    }

    private async Task<int> SendAsync(TimeSpan warmUp, CancellationToken stop)
    {
#pragma warning disable CA5394 // The same each time is what is wanted.
        var random = new Random(Seed);
        var (next, sent) = (0.0, 0);
        using var timer = new PeriodicTimer(Step);
        var watch = Stopwatch.StartNew();
        while (!stop.IsCancellationRequested)
        {
            for (; next <= watch.Elapsed.TotalSeconds; next -= Math.Log(1 - random.NextDouble()) / rate)
            {
                if (watch.Elapsed >= warmUp) _latest = Math.Max(_latest, watch.Elapsed.TotalSeconds - next);
                Interlocked.Increment(ref _running);
                _ = MeasureAsync(send(random, sent++), watch.Elapsed >= warmUp);
            }
#pragma warning restore CA5394
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        while (Volatile.Read(ref _running) > 0) await timer.WaitForNextTickAsync(CancellationToken.None);
        return _failure is null ? sent : throw new InvalidOperationException("A turn failed.", _failure);
    }

    private async Task MeasureAsync(Task turn, bool counts)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            await turn;
            if (!counts) return;
            Interlocked.Increment(ref _answered);
            Interlocked.Add(ref _ticks, Stopwatch.GetTimestamp() - began);
        }
        catch (Exception error)
        {
            // Thrown when all are over.
            _failure ??= error;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
