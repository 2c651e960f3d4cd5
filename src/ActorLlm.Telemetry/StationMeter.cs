namespace ActorLlm.Telemetry;

/// <summary>
/// Counts at a line and the servers behind it: who came, how long each waited and was served, and how many were there, summed up over time. It costs a few additions under a lock that nearly always is
/// free; nobody has to listen.
/// </summary>
internal sealed class StationMeter(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly long _began = time.GetTimestamp();
    private long _last = time.GetTimestamp();
    private int _waiting;
    private int _busy;
    private StationCount _count;

    /// <summary>What was counted so far.</summary>
    public StationCount Read()
    {
        lock (_gate)
        {
            Advance();
            return _count with { Seconds = Seconds(_began, _last) };
        }
    }

    /// <summary>Somebody comes and waits.</summary>
    /// <param name="before">How long it has waited on its way.</param>
    /// <returns>When, for <see cref="Begin"/> or <see cref="GiveUp"/>.</returns>
    public long Arrive(TimeSpan before = default)
    {
        lock (_gate)
        {
            Advance();
            _waiting++;
            _count.Arrived++;
            _count.WaitSum += before.TotalSeconds;
            _count.WaitingArea += before.TotalSeconds;
            _count.LastBefore = before.TotalSeconds;
            return _last;
        }
    }

    /// <summary>The wait is over and the service begins.</summary>
    /// <returns>When, for <see cref="End"/>.</returns>
    public long Begin(long arrived)
    {
        lock (_gate)
        {
            EndWait(arrived);
            _busy++;
            return _last;
        }
    }

    /// <summary>It leaves without being served.</summary>
    public void GiveUp(long arrived)
    {
        lock (_gate)
        {
            EndWait(arrived);
            _count.GaveUp++;
        }
    }

    /// <summary>The service is over.</summary>
    public void End(long begun)
    {
        lock (_gate)
        {
            Advance();
            _busy--;
            _count.Served++;
            var took = Seconds(begun, _last);
            _count.ServiceSum += took;
            _count.ServiceSquares += took * took;
        }
    }

    private void EndWait(long arrived)
    {
        Advance();
        _waiting--;
        _count.Waited++;
        _count.WaitSum += Seconds(arrived, _last);
    }

    private void Advance()
    {
        var now = time.GetTimestamp();
        var passed = Seconds(_last, now);
        _last = now;
        _count.WaitingArea += _waiting * passed;
        _count.BusyArea += _busy * passed;
    }

    // A TimeSpan would cut each of many short times to a tenth of a microsecond.
    private double Seconds(long from, long to) => (to - from) / (double)time.TimestampFrequency;
}

/// <summary>What a <see cref="StationMeter"/> counted; times in seconds.</summary>
internal record struct StationCount
{
    /// <summary>How long it has counted.</summary>
    public double Seconds { get; set; }

    /// <summary>Arrivals.</summary>
    public long Arrived { get; set; }

    /// <summary>Waits that ended.</summary>
    public long Waited { get; set; }

    /// <summary>Those of them that ended without service.</summary>
    public long GaveUp { get; set; }

    /// <summary>Services that ended.</summary>
    public long Served { get; set; }

    /// <summary>Sum of the waits that ended, and of what was waited for before the arrivals.</summary>
    public double WaitSum { get; set; }

    /// <summary>Sum of the services that ended.</summary>
    public double ServiceSum { get; set; }

    /// <summary>Sum of their squares.</summary>
    public double ServiceSquares { get; set; }

    /// <summary>The number of those that waited, over time, and what was waited for before the arrivals.</summary>
    public double WaitingArea { get; set; }

    /// <summary>The number of those that were served, over time.</summary>
    public double BusyArea { get; set; }

    /// <summary>How long the last arrival had waited before it.</summary>
    public double LastBefore { get; set; }
}
