using ActorLlm.Simulation.Canaries;
using ActorLlm.Simulation.Checking;
using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Running;

/// <summary>A seed that broke something.</summary>
internal sealed record Failure(ulong Seed, Violation First, int More);

/// <summary>Many seeds together.</summary>
internal sealed class BatchResult
{
    public required ulong First { get; init; }

    public long Seeds { get; set; }

    public long Deliveries { get; set; }

    /// <summary>Virtual time of all runs together, in ms.</summary>
    public long VirtualMs { get; set; }

    /// <summary>The longest time from the end of the faults to the end of a run, in ms.</summary>
    public long LongestHealMs { get; set; }

    public Counts Counts { get; } = new();

    public List<Failure> Failures { get; } = [];

    public TimeSpan Took { get; set; }

    public double SeedsPerSecond => Seeds / Math.Max(0.001, Took.TotalSeconds);

    public void Add(SeedResult result)
    {
        Seeds++;
        Deliveries += result.Deliveries;
        VirtualMs += result.History.EndedAt;
        LongestHealMs = Math.Max(LongestHealMs, result.History.EndedAt - result.History.HealedAt);
        Counts.Add(result.Counts);
        if (result.Violations.Count > 0) Failures.Add(new Failure(result.Seed, result.Violations[0], result.Violations.Count - 1));
    }

    public void Add(BatchResult other)
    {
        Seeds += other.Seeds;
        Deliveries += other.Deliveries;
        VirtualMs += other.VirtualMs;
        LongestHealMs = Math.Max(LongestHealMs, other.LongestHealMs);
        Counts.Add(other.Counts);
        Failures.AddRange(other.Failures);
    }
}

/// <summary>Runs seeds, on several threads; which thread runs which seed changes nothing.</summary>
internal sealed class Batch(TimeProvider time)
{
    private const int Chunk = 64;

    /// <summary>Runs seeds from a first one on.</summary>
    /// <param name="first">The first seed.</param>
    /// <param name="count">How many.</param>
    /// <param name="canary">The defect that all of them have.</param>
    /// <param name="parallel">Threads.</param>
    /// <param name="progress">Told of the seeds done and of the failures so far, now and then, on any thread.</param>
    /// <param name="cancellationToken">Ends the batch early; what was run until then counts.</param>
    public BatchResult Run(
        ulong first, long count, Canary canary, int parallel, Action<long, int>? progress = null, CancellationToken cancellationToken = default)
    {
        var started = time.GetTimestamp();
        var total = new BatchResult { First = first };
        var next = 0L;
        var gate = new Lock();
        var threads = Enumerable.Range(0, parallel).Select(_ => new Thread(Work)).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        total.Took = time.GetElapsedTime(started);
        total.Failures.Sort((a, b) => a.Seed.CompareTo(b.Seed));
        return total;

        void Work()
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                var from = Interlocked.Add(ref next, Chunk) - Chunk;
                if (from >= count) return;
                var chunk = new BatchResult { First = first + (ulong)from };
                for (var i = from; i < Math.Min(count, from + Chunk); i++) chunk.Add(SeedRun.Run(first + (ulong)i, canary));
                lock (gate)
                {
                    total.Add(chunk);
                    progress?.Invoke(total.Seeds, total.Failures.Count);
                }
            }
        }
    }
}
