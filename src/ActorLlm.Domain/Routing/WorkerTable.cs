namespace ActorLlm.Domain.Routing;

/// <summary>One worker as a dispatcher sees it.</summary>
/// <param name="Capacity">Attempts it runs at once.</param>
/// <param name="Reported">Attempts it held by its last report, from all dispatchers.</param>
/// <param name="MineAtReport">How many of them were ours.</param>
/// <param name="Mine">Attempts of ours that it holds now.</param>
/// <param name="Latency">Smoothed time of its attempts; zero while none has succeeded.</param>
/// <param name="Reachable">Whether the membership calls its node up and reachable.</param>
public readonly record struct WorkerLoad(
    int Capacity, int Reported, int MineAtReport, int Mine, TimeSpan Latency, bool Reachable)
{
    /// <summary>Attempts it is thought to hold: what others gave it by its last report, and what we know of our own.</summary>
    public int InFlight => Math.Max(0, Reported - MineAtReport) + Mine;

    /// <summary>Whether one more attempt would run or wait briefly there: a worker holds at most twice what it runs at once.</summary>
    public bool HasRoom => Reachable && InFlight < 2 * Capacity;

    /// <summary>Expected wait, up to a factor common to all: share of its slots in use, weighed with its latency.</summary>
    /// <param name="typical">The latency of a worker whose own is not known.</param>
    public double Score(TimeSpan typical) =>
        (InFlight + 1.0) / Capacity * Math.Max(1, (Latency > TimeSpan.Zero ? Latency : typical).TotalMilliseconds);
}

/// <summary>
/// The workers known to one dispatcher, and the choice among them: of two different ones picked at random, the one with the better score.
/// Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE TPDS 12(10), 2001.
/// </summary>
/// <typeparam name="TWorker">How a worker is addressed.</typeparam>
public sealed class WorkerTable<TWorker> where TWorker : notnull
{
    private readonly Dictionary<TWorker, WorkerLoad> _workers = [];
    private readonly List<TWorker> _order = [];
    private readonly HashSet<TWorker> _unreachable = [];

    /// <summary>The workers and their loads.</summary>
    public IReadOnlyDictionary<TWorker, WorkerLoad> Workers => _workers;

    /// <summary>
    /// The mean of the known latencies, which a new worker is taken to have: with none it would seem the fastest of all, and every dispatcher
    /// would fill it first. Zero while none is known.
    /// </summary>
    public TimeSpan TypicalLatency { get; private set; }

    /// <summary>Takes a worker's report of its load.</summary>
    public void Report(TWorker worker, int capacity, int inFlight, TimeSpan latency)
    {
        if (!_workers.TryGetValue(worker, out var load))
        {
            _order.Add(worker);
            load = new WorkerLoad { Reachable = !_unreachable.Contains(worker) };
        }

        _workers[worker] = load with { Capacity = capacity, Reported = inFlight, MineAtReport = load.Mine, Latency = latency };
        TypicalLatency = MeanLatency();
    }

    /// <summary>Notes that a worker's node became reachable or unreachable, also before its first report.</summary>
    public void SetReachable(TWorker worker, bool reachable)
    {
        if (reachable) _unreachable.Remove(worker);
        else _unreachable.Add(worker);
        if (_workers.TryGetValue(worker, out var load)) _workers[worker] = load with { Reachable = reachable };
    }

    /// <summary>Forgets a worker.</summary>
    public void Remove(TWorker worker)
    {
        _unreachable.Remove(worker);
        if (!_workers.Remove(worker)) return;
        _order.Remove(worker);
        TypicalLatency = MeanLatency();
    }

    /// <summary>Notes that an attempt of ours was given to a worker (+1) or is over (-1).</summary>
    public void Count(TWorker worker, int change)
    {
        if (_workers.TryGetValue(worker, out var load)) _workers[worker] = load with { Mine = Math.Max(0, load.Mine + change) };
    }

    /// <summary>Picks a worker with room; false when there is none.</summary>
    public bool TryPick(Random random, out TWorker worker)
    {
        worker = default!;
        if (_order.Count == 0) return false;
        var i = random.Next(_order.Count);
        // Two different ones: among few workers, drawing the same twice would often leave the choice to chance.
        var j = _order.Count == 1 ? i : (i + 1 + random.Next(_order.Count - 1)) % _order.Count;
        var (first, second) = (_order[i], _order[j]);
        var (a, b) = (_workers[first], _workers[second]);
        if (a.HasRoom && b.HasRoom) worker = a.Score(TypicalLatency) <= b.Score(TypicalLatency) ? first : second;
        else if (a.HasRoom || b.HasRoom) worker = a.HasRoom ? first : second;
        else return TryPickBest(out worker);
        return true;
    }

    // Two full picks do not mean that all are full: only then is the whole table looked at.
    private bool TryPickBest(out TWorker worker)
    {
        worker = default!;
        var best = double.MaxValue;
        foreach (var (candidate, load) in _workers)
        {
            if (!load.HasRoom) continue;
            var score = load.Score(TypicalLatency);
            if (score >= best) continue;
            (best, worker) = (score, candidate);
        }

        return best < double.MaxValue;
    }

    private TimeSpan MeanLatency()
    {
        var (sum, known) = (TimeSpan.Zero, 0);
        foreach (var load in _workers.Values)
        {
            if (load.Latency > TimeSpan.Zero) (sum, known) = (sum + load.Latency, known + 1);
        }

        return known == 0 ? TimeSpan.Zero : sum / known;
    }
}
