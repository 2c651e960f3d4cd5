using ActorLlm.Domain.Conversations;
using ActorLlm.Telemetry;

namespace ActorLlm.Cluster.Workers;

/// <summary>
/// The places of a worker: those of chats, and those of each module, so that a module that hangs takes no other's. An attempt keeps its place until its result
/// is acknowledged.
/// </summary>
/// <param name="concurrency">How many there are.</param>
/// <param name="time">The clock.</param>
/// <param name="module">Whose they are; null for chats.</param>
internal sealed class Slots(int concurrency, TimeProvider time, ServedModule? module = null)
{
    /// <summary>Attempts held for each one that runs: the dispatchers together may overshoot what each of them believes.</summary>
    private const int HeldPerSlot = 4;

    private readonly HashSet<Task> _stuck = [];
    private int _running;
    private double _latencyMs;

    public ServedModule? Module { get; } = module;

    /// <summary>Counts who came here, waited and was served.</summary>
    public StationMeter Meter { get; } = new(time);

    public Queue<AttemptKey> Waiting { get; } = new();

    /// <summary>Attempts held.</summary>
    public int Held { get; set; }

    /// <summary>Places of attempts that are over while their module does not return.</summary>
    public int Stuck => _stuck.Count;

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

    /// <summary>Gives the place of an attempt that is over back, or says what is to end before it can be: a module may go on.</summary>
    public Task? Leave(Task work, AttemptRun run)
    {
        if (Module is not null && !(work.IsCompleted && run.Left.IsCompleted)) return LeftAsync(work, run);
        GiveBack();
        return null;
    }

    /// <summary>What was to end has not, for too long.</summary>
    public void Stick(Task left) => _stuck.Add(left);

    /// <summary>What was to end has: gives its place back.</summary>
    public void Vacate(Task left)
    {
        _stuck.Remove(left);
        GiveBack();
    }

    /// <summary>Only attempts that succeed count: a worker whose backend refuses everything at once is not a fast one.</summary>
    public void Measure(TimeSpan took) =>
        _latencyMs = _latencyMs == 0 ? took.TotalMilliseconds : _latencyMs + (took.TotalMilliseconds - _latencyMs) / 16;

    private static async Task LeftAsync(Task work, AttemptRun run)
    {
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await run.Left.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
