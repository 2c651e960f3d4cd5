using System.Collections.Concurrent;
using System.Net;
using System.Text;
using ActorLlm.Processes;

namespace ActorLlm.Node.Tests;

/// <summary>Takes what nodes send by OTLP over HTTP, and keeps it as it came.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<byte[]> _traces = new();
    private readonly Task _serving;

    private OtlpCollector(int port)
    {
        Address = $"http://127.0.0.1:{port}";
        _listener.Prefixes.Add($"{Address}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address { get; }

    public static OtlpCollector Start() => new(LoopbackPorts.Free()[0]);

    /// <summary>Waits until a node has sent a span of a name in a trace.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="node">The node's role.</param>
    /// <param name="span">The span's name.</param>
    public async Task AwaitAsync(byte[] trace, string node, string span)
    {
        byte[] sender = Encoding.UTF8.GetBytes($"node-of-{node}");
        // The wire's form of a span's name: field 5 of a span, its length, its text.
        byte[] name = [0x2A, (byte)span.Length, .. Encoding.UTF8.GetBytes(span)];
        var started = TimeProvider.System.GetTimestamp();
        while (!_traces.Any(body => Holds(body, sender) && SpansOf(body, trace).Any(one => one.AsSpan().IndexOf(name) >= 0)))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Deadline, $"No span '{span}' of the trace from the node of {node}; {_traces.Count} messages came.");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
    }

    // A span begins with its trace (field 1, 16 bytes): what follows up to the next span's beginning is its own.
    private static IEnumerable<byte[]> SpansOf(byte[] body, byte[] trace)
    {
        byte[] begin = [0x0A, 0x10];
        for (var at = Next(body, 0); at >= 0;)
        {
            var next = Next(body, at + 2);
            if (body.AsSpan(at + 2, 16).SequenceEqual(trace)) yield return body[at..(next < 0 ? body.Length : next)];
            at = next;
        }

        int Next(byte[] bytes, int from)
        {
            var index = bytes.AsSpan(from).IndexOf(begin);
            return index < 0 || from + index + 18 > bytes.Length ? -1 : from + index;
        }
    }

    private static bool Holds(byte[] body, byte[] part) => body.AsSpan().IndexOf(part) >= 0;

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            if (context.Request.Url!.AbsolutePath == "/v1/traces") _traces.Enqueue(body.ToArray());
            context.Response.Close();
        }
    }
}
