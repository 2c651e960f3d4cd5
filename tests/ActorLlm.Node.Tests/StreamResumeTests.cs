using System.Text;
using System.Text.Json;
using ActorLlm.Testing;

namespace ActorLlm.Node.Tests;

/// <summary>Streams of three nodes of which one is killed: a third of them lose their gateway, their worker, their conversation's home, or all of these.</summary>
public class StreamResumeTests
{
    private const int Streams = 24;
    private const int ChunksBeforeTheKill = 5;

    [Fact]
    public async Task What_a_client_reads_over_the_loss_of_a_node_is_the_committed_reply()
    {
        var database = await (await TestPostgres.SharedAsync()).CreateDatabaseAsync();
        await using var first = await StartAsync(database);
        await using var second = await StartAsync(database);
        await using var dies = await StartAsync(database);
        NodeProcess[] nodes = [first, second, dies];

        var readers = Enumerable.Range(0, Streams).Select(n => new Reader($"stream-{n}")).ToArray();
        var reading = readers.Select((reader, n) => reader.ReadToEndAsync(attempt => attempt == 0 ? nodes[n % 3] : nodes[(n + attempt) % 2])).ToArray();
        await Task.WhenAll(readers.Select(reader => reader.HasBegun.Task)).WaitAsync(TimeSpan.FromSeconds(60));
        await dies.KillAsync();
        await Task.WhenAll(reading).WaitAsync(TimeSpan.FromSeconds(120));

        Assert.All(readers.Where((_, n) => n % 3 == 2), reader => Assert.True(reader.Resumptions > 0, "Its gateway was killed."));
        foreach (var reader in readers) Assert.Equal(await reader.CommittedAsync(first), reader.Text);
    }

    private static Task<NodeProcess> StartAsync(string database) => NodeProcess.StartReadyAsync(new Dictionary<string, string>
    {
        ["ActorLlm:Postgres"] = database,
        ["ActorLlm:Backends:sim:Type"] = "Simulator",
    });

    /// <summary>A client of one stream that comes back until it has seen its end.</summary>
    private sealed class Reader(string key)
    {
        // No two calls of the model word it alike: a second attempt that does not go on from the first one's words is found out.
        private const string Message = "Tell me [[reply vary ttft=50 inter=100 tokens=60]]";

        private static readonly HttpClient Http = new();
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

        private readonly StringBuilder _text = new();
        private string? _last;
        private int _chunks;

        public TaskCompletionSource HasBegun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Resumptions { get; private set; }

        public string Text => _text.ToString();

        public async Task ReadToEndAsync(Func<int, NodeProcess> nodeOf)
        {
            for (var attempt = 0; !await ReadAsync(nodeOf(attempt)); attempt++)
            {
                Resumptions++;
                await Task.Delay(Pause);
            }
        }

        public async Task<string> CommittedAsync(NodeProcess node)
        {
            using var response = await Http.SendAsync(Request(node, streamed: false));
            using var body = JsonDocument.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
            return body.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
        }

        private async Task<bool> ReadAsync(NodeProcess node)
        {
            try
            {
                using var request = Request(node, streamed: true);
                if (_last is not null) request.Headers.Add("Last-Event-ID", _last);
                using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                if ((int)response.StatusCode >= 500) return false;
                response.EnsureSuccessStatusCode();
                using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
                string? id = null;
                while (await lines.ReadLineAsync() is { } line)
                {
                    if (line == "data: [DONE]") return true;
                    if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line["id: ".Length..];
                    else if (line.StartsWith("data: ", StringComparison.Ordinal)) Take(line["data: ".Length..], id);
                }

                return false;
            }
            catch (Exception error) when (error is HttpRequestException or IOException)
            {
                return false;
            }
        }

        private void Take(string data, string? id)
        {
            using var chunk = JsonDocument.Parse(data);
            Assert.False(chunk.RootElement.TryGetProperty("error", out var error), $"{key}: {error}");
            if (!chunk.RootElement.GetProperty("choices")[0].GetProperty("delta").TryGetProperty("content", out var content)) return;
            _text.Append(content.GetString());
            _last = id ?? _last;
            if (++_chunks == ChunksBeforeTheKill) HasBegun.TrySetResult();
        }

        private HttpRequestMessage Request(NodeProcess node, bool streamed)
        {
            var body = JsonSerializer.Serialize(new { stream = streamed, messages = new[] { new { role = "user", content = Message } } });
            var request = new HttpRequestMessage(HttpMethod.Post, new Uri(node.Address, "v1/chat/completions"))
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            request.Headers.Add("Idempotency-Key", key);
            return request;
        }
    }
}
