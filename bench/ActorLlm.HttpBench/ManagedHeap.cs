using System.Globalization;
using ActorLlm.Processes;

namespace ActorLlm.HttpBench;

/// <summary>What a node's garbage collector said after its last collection, in MiB.</summary>
/// <param name="Held">What the heap held, its free places not counted.</param>
/// <param name="Taken">What it had taken from the operating system.</param>
internal readonly record struct HeapSize(double Held, double Taken);

/// <summary>Reads it where Prometheus would.</summary>
internal sealed class ManagedHeap : IDisposable
{
    private const string Size = "dotnet_gc_last_collection_heap_size_bytes";
    private const string Free = "dotnet_gc_last_collection_heap_fragmentation_size_bytes";
    private const string Committed = "dotnet_gc_last_collection_memory_committed_size_bytes";
    private const double MiB = 1024 * 1024;

    private readonly HttpClient _http = new();

    /// <summary>What the node is told: <c>ActorLlm:Telemetry:Prometheus:Url</c>.</summary>
    public string Listen { get; } = $"http://127.0.0.1:{LoopbackPorts.Free()[0]}";

    /// <summary>Reads it once; no numbers while nothing was collected yet.</summary>
    public async Task<HeapSize> ReadAsync()
    {
        var lines = (await _http.GetStringAsync(new Uri($"{Listen}/metrics"))).Split('\n');
        return new HeapSize((Sum(lines, Size) - Sum(lines, Free)) / MiB, Sum(lines, Committed) / MiB);
    }

    public void Dispose() => _http.Dispose();

    // name{labels} value, and in some forms a time.
    private static double Sum(string[] lines, string metric)
    {
        var values = lines
            .Where(line => line.StartsWith(metric, StringComparison.Ordinal) && line[metric.Length] is ' ' or '{')
            .Select(line => double.Parse(line[Math.Max(metric.Length, line.LastIndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture))
            .ToArray();
        return values.Length > 0 ? values.Sum() : double.NaN;
    }
}
