namespace ActorLlm.Backends.Simulation;

/// <summary>
/// The timing of one call. Tokens have due times counted from the start, so that late timers do not add up; where no time is asked for,
/// nothing is awaited at all.
/// </summary>
internal sealed class SimulatorPace
{
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly double _interMs;
    private readonly double _interDeviationMs;
    private readonly double _firstMs;
    private readonly double _wholeMs;
    private SimulatorRandom _random;
    private double _dueMs;

    public SimulatorPace(SimulatorOptions options, SimulatorDirectives asked, int tokens, SimulatorRandom random, TimeProvider time)
    {
        _time = time;
        _random = random;
        _interMs = asked.InterTokenMs ?? options.InterTokenMs;
        _interDeviationMs = options.InterTokenDeviationMs;
        _firstMs = _random.NextTime(asked.TimeToFirstTokenMs ?? options.TimeToFirstTokenMs, options.TimeToFirstTokenDeviationMs);
        if ((asked.TotalMs ?? options.TotalMs) is { } total)
        {
            _wholeMs = _random.NextTime(total, options.TotalDeviationMs);
            _firstMs = Math.Max(_firstMs, _wholeMs - _interMs * (tokens - 1));
        }
        else
        {
            // The sum of independent times: the mean adds up, the deviation with the root of their number.
            _wholeMs = _firstMs + _random.NextTime(_interMs * (tokens - 1), _interDeviationMs * Math.Sqrt(tokens - 1));
        }
        _start = time.GetTimestamp();
    }

    /// <summary>Waits until a streamed token is due; tokens are asked for in order, each once.</summary>
    public ValueTask UntilToken(int index, CancellationToken cancellation)
    {
        _dueMs += index == 0 ? _firstMs : _random.NextTime(_interMs, _interDeviationMs);
        return Until(_dueMs, cancellation);
    }

    /// <summary>Waits until an answer in one piece is due.</summary>
    public ValueTask UntilWhole(CancellationToken cancellation) => Until(_wholeMs, cancellation);

    public async Task Forever(CancellationToken cancellation) =>
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellation).ConfigureAwait(false);

    private ValueTask Until(double dueMs, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellation);
        if (dueMs <= 0)
            return ValueTask.CompletedTask;
        double left = dueMs - _time.GetElapsedTime(_start).TotalMilliseconds;
        // A timer's resolution is a millisecond: what is due sooner is due now, and the next token waits the longer.
        return left < 1 ? ValueTask.CompletedTask : new(Task.Delay(TimeSpan.FromMilliseconds(left), _time, cancellation));
    }
}
