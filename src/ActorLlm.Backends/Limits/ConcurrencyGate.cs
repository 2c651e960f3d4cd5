using ActorLlm.Telemetry;

namespace ActorLlm.Backends;

/// <summary>The places of one backend, shared by the clients of all its models.</summary>
public sealed class ConcurrencyGate : IDisposable
{
    private readonly SemaphoreSlim _places;
    private readonly StationMeter _meter;
    private int _inFlight;

    /// <param name="limit">Calls at once, at least 1.</param>
    /// <param name="time">The clock by which waits and calls are measured; the system's by default.</param>
    public ConcurrencyGate(int limit, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        Limit = limit;
        _places = new SemaphoreSlim(limit, limit);
        _meter = new StationMeter(time ?? TimeProvider.System);
    }

    /// <summary>Calls at once.</summary>
    public int Limit { get; }

    /// <summary>Calls that run or wait for a place.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>What came, waited and was called here since the start.</summary>
    internal StationCount Count => _meter.Read();

    /// <summary>Takes a place, or waits for one in order of arrival.</summary>
    internal async ValueTask<Place> Enter(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _inFlight);
        long arrived = _meter.Arrive();
        try
        {
            await _places.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            Interlocked.Decrement(ref _inFlight);
            _meter.GiveUp(arrived);
            throw;
        }
        return new Place(this, _meter.Begin(arrived));
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    internal readonly struct Place(ConcurrencyGate gate, long begun) : IDisposable
    {
        public void Dispose()
        {
            gate._meter.End(begun);
            Interlocked.Decrement(ref gate._inFlight);
            gate._places.Release();
        }
    }
}
