using System.Diagnostics;
using System.Globalization;
using System.Text;
using ActorLlm.Testing;

namespace ActorLlm.HttpBench;

/// <summary>Many streams at once, each begun again when it ends; then the same straight from the model, to know what is its doing.</summary>
internal static class ManyStreams
{
    private const string Slow = "[[reply tokens=400 inter=50]]";

    // In minutes: a sample that is due at the end of a minute and taken a little later belongs to that minute.
    private const double Tolerance = 0.05;

    private static readonly TimeSpan LongGap = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Sample = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Control = TimeSpan.FromSeconds(60);

    public static async Task<string> RunAsync(int streams, TimeSpan time, string durability)
    {
        var postgres = await TestPostgres.SharedAsync();
        await using var simulator = await SimulatorProcess.StartAsync();
        var settings = Latency.Settings(await postgres.CreateDatabaseAsync(), simulator.Endpoint, durability == "Direct" ? "None" : durability);
        using var heap = new ManagedHeap();
        settings["ActorLlm:Telemetry:Prometheus:Url"] = heap.Listen;
        await using var node = await NodeProcess.StartReadyAsync(settings);
        var through = await MeasureAsync(new Subject("", Latency.Path(node.Address), durability != "Direct"), streams, time, node.Id, heap);
        var direct = await MeasureAsync(new Subject("", Latency.Path(simulator.Address), false), streams, Control, simulator.Id, heap: null);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"## {streams} streams, {(durability == "Direct" ? "not stored" : $"stored, {durability}")}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Made by `./build.sh bench-http streams --streams {streams} --minutes {time.TotalMinutes:0.##} --durability {durability}`: replies of 400 tokens, one each 50 ms, begun again as they end.").AppendLine();
        text.AppendLine("| | through one node | straight from the model |").AppendLine("|---|---|---|");
        Row(text, "minutes", through, direct, m => (m.Time.TotalMinutes, "0.0"));
        Row(text, "pieces of text a second, as they arrived", through, direct, m => (m.Pieces / m.Time.TotalSeconds, "0"));
        Row(text, "replies begun", through, direct, m => (m.Begun, "0"));
        Row(text, "replies that ended otherwise than whole", through, direct, m => (m.Broken, "0"));
        Row(text, "longest gap between two pieces, ms", through, direct, m => (m.LongestGap.TotalMilliseconds, "0"));
        Row(text, "gaps above 1 s", through, direct, m => (m.LongGaps, "0"));
        Row(text, "most memory of the process, MiB", through, direct, m => (m.Memory.Max(sample => sample.MiB), "0"));
        Row(text, "CPU of the process, cores", through, direct, m => (m.Cores, "0.00"));
        Minutes(text, through);
        return text.ToString();
    }

    private static void Minutes(StringBuilder text, Measured through)
    {
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"The node's memory in MiB, minute by minute, looked at each {Sample.TotalSeconds:0} s: its working set, and what its garbage collector says of the collection before (what the heap");
        text.AppendLine("held after it, least and mean; and what it had taken from the operating system, mean). A conversation stays in memory for a minute after its reply, so the number of those in memory grows until the third minute.").AppendLine();
        text.AppendLine("| minute | least | mean | most | heap, least | heap, mean | taken, mean |").AppendLine("|---|---|---|---|---|---|---|");
        foreach (var minute in through.Memory.GroupBy(sample => (int)Math.Ceiling(sample.At.TotalMinutes - Tolerance)))
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {minute.Key} | {minute.Min(sample => sample.MiB):0} | {minute.Average(sample => sample.MiB):0} | {minute.Max(sample => sample.MiB):0} | {minute.Min(sample => sample.Heap.Held):0} | {minute.Average(sample => sample.Heap.Held):0} | {minute.Average(sample => sample.Heap.Taken):0} |");
    }

    private static void Row(StringBuilder text, string what, Measured through, Measured direct, Func<Measured, (double Value, string Format)> of) =>
        text.AppendLine(CultureInfo.InvariantCulture, $"| {what} | {Show(of(through))} | {Show(of(direct))} |");

    private static string Show((double Value, string Format) value) => value.Value.ToString(value.Format, CultureInfo.InvariantCulture);

    private static async Task<Measured> MeasureAsync(Subject subject, int streams, TimeSpan time, int process, ManagedHeap? heap)
    {
        var counts = new Measured { Time = time };
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = streams }) { Timeout = Timeout.InfiniteTimeSpan };
        using var end = new CancellationTokenSource(time);
        using var server = Process.GetProcessById(process);
        var cpu = server.TotalProcessorTime;
        var readers = Enumerable.Range(0, streams).Select(n => ReadAsync(http, subject, n, streams, counts, end.Token)).ToArray();
        var watch = WatchAsync(server, heap, counts, end.Token);
        await Task.WhenAll(readers);
        await watch;
        server.Refresh();
        counts.Cores = (server.TotalProcessorTime - cpu) / time;
        return counts;
    }

    private static async Task ReadAsync(HttpClient http, Subject subject, int number, int streams, Measured counts, CancellationToken end)
    {
        try
        {
            // Spread over the length of one reply, so that neither their beginnings nor their ends meet.
            await Task.Delay(TimeSpan.FromSeconds(20.0 * number / streams), end);
            while (true) await ReadOneAsync(http, subject, counts, end);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
        }
    }

    private static async Task ReadOneAsync(HttpClient http, Subject subject, Measured counts, CancellationToken end)
    {
        Interlocked.Increment(ref counts.Begun);
        using var request = subject.Request(Slow, stream: true);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end);
        var body = await response.Content.ReadAsStreamAsync(end);
        var buffer = new byte[16 * 1024];
        var (last, whole) = (0L, false);
        try
        {
            while (await body.ReadAsync(buffer, end) is > 0 and var read)
            {
                var bytes = buffer.AsSpan(0, read);
                whole = bytes.IndexOf("[DONE]"u8) >= 0;
                // A heartbeat is no piece.
                var pieces = bytes.Count("data: "u8);
                if (pieces == 0) continue;
                Interlocked.Add(ref counts.Pieces, pieces);
                var now = TimeProvider.System.GetTimestamp();
                if (last != 0) counts.Gap(TimeProvider.System.GetElapsedTime(last, now), LongGap);
                last = now;
            }
        }
        catch (IOException)
        {
            whole = false;
        }

        if (!whole) Interlocked.Increment(ref counts.Broken);
    }

    private static async Task WatchAsync(Process server, ManagedHeap? heap, Measured counts, CancellationToken end)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!end.IsCancellationRequested)
        {
            await Task.Delay(Sample, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            server.Refresh();
            var workingSet = server.WorkingSet64 / (1024.0 * 1024);
            counts.Memory.Add((TimeProvider.System.GetElapsedTime(begun), workingSet, heap is null ? default : await heap.ReadAsync()));
        }
    }

    private sealed class Measured
    {
        private readonly Lock _lock = new();

        public long Pieces;
        public int Begun;
        public int Broken;
        public int LongGaps;

        public TimeSpan Time { get; init; }

        public TimeSpan LongestGap { get; private set; }

        public List<(TimeSpan At, double MiB, HeapSize Heap)> Memory { get; } = [];

        public double Cores { get; set; }

        public void Gap(TimeSpan gap, TimeSpan isLong)
        {
            if (gap <= LongestGap && gap <= isLong) return;
            lock (_lock)
            {
                if (gap > LongestGap) LongestGap = gap;
                if (gap > isLong) LongGaps++;
            }
        }
    }
}
