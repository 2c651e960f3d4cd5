using ActorLlm.Domain.Conversations;

namespace ActorLlm.Cluster.Workers;

/// <summary>
/// The places of a worker: those of chats, and those of each module, so that a module that hangs takes no other's. An attempt keeps its place until its result
/// is acknowledged.
/// </summary>
/// <param name="concurrency">How many there are.</param>
/// <param name="module">Whose they are; null for chats.</param>
internal sealed class Slots(int concurrency, ServedModule? module = null)
{
    /// <summary>Attempts held for each one that runs: the dispatchers together may overshoot what each of them believes.</summary>
    private const int HeldPerSlot = 4;

    private int _running;
    private double _latencyMs;

    public ServedModule? Module { get; } = module;

    public Queue<AttemptKey> Waiting { get; } = new();

    /// <summary>Attempts held.</summary>
    public int Held { get; set; }

    /// <summary>Places of attempts that are over while their module does not return.</summary>
    public int Stuck { get; set; }

    /// <summary>Attempts that can run at once.</summary>
    public int Usable => concurrency - Stuck;

    public int Concurrency => concurrency;

    public bool IsFull => Held >= concurrency * HeldPerSlot || Usable == 0;

    public TimeSpan Latency => TimeSpan.FromMilliseconds(_latencyMs);

    public bool TryTake(out AttemptKey next)
    {
        next = default;
        if (_running >= concurrency || !Waiting.TryDequeue(out next)) return false;
        _running++;
        return true;
    }

    public void GiveBack() => _running--;

    /// <summary>Only attempts that succeed count: a worker whose backend refuses everything at once is not a fast one.</summary>
    public void Measure(TimeSpan took) =>
        _latencyMs = _latencyMs == 0 ? took.TotalMilliseconds : _latencyMs + (took.TotalMilliseconds - _latencyMs) / 16;
}
