namespace ActorLlm.Backends;

/// <summary>The places of one backend, shared by the clients of all its models.</summary>
public sealed class ConcurrencyGate : IDisposable
{
    private readonly SemaphoreSlim _places;
    private int _inFlight;

    /// <param name="limit">Calls at once, at least 1.</param>
    public ConcurrencyGate(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        Limit = limit;
        _places = new SemaphoreSlim(limit, limit);
    }

    /// <summary>Calls at once.</summary>
    public int Limit { get; }

    /// <summary>Calls that run or wait for a place.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Takes a place, or waits for one in order of arrival.</summary>
    internal async ValueTask<Place> Enter(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _inFlight);
        try
        {
            await _places.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            Interlocked.Decrement(ref _inFlight);
            throw;
        }
        return new Place(this);
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    internal readonly struct Place(ConcurrencyGate gate) : IDisposable
    {
        public void Dispose()
        {
            Interlocked.Decrement(ref gate._inFlight);
            gate._places.Release();
        }
    }
}
