using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ActorLlm.Cluster.Tests.Images;

/// <summary>An HTTP server that answers each path with given bytes, any other with 404, and <c>/hang</c> never.</summary>
internal sealed class TinyServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public TinyServer()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public Dictionary<string, byte[]> Answers { get; } = [];

    /// <summary>Done at the first request.</summary>
    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    public static byte[] Ok(byte[] body, string type = "image/png", bool withLength = true) =>
        [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\n{(withLength ? $"Content-Length: {body.Length}\r\n" : "")}Connection: close\r\n\r\n")), .. body];

    public static byte[] Redirect(string to) =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true) _ = AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                var path = (await reader.ReadLineAsync(_stop.Token))!.Split(' ')[1];
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 })
                {
                }

                Asked.TrySetResult();
                if (path == "/hang") await Task.Delay(Timeout.Infinite, _stop.Token);
                await stream.WriteAsync(Answers.TryGetValue(path, out var answer) ? answer : "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), _stop.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or IOException)
            {
                // The client has hung up, or the test is over.
            }
        }
    }
}
