using System.Text;
using System.Text.Json;

namespace ActorLlm.Chaos.Resumption;

/// <summary>
/// A client of one streamed turn that comes back, with its Idempotency-Key and its Last-Event-ID and at the other gateway, until it has seen the
/// end, and puts together what it read.
/// </summary>
/// <param name="http">What it sends through.</param>
/// <param name="key">The turn's key, and the first word of its prompt.</param>
/// <param name="gateways">The gateways' addresses, that of the first request first.</param>
/// <param name="time">The clock.</param>
internal sealed class ResumingStream(HttpClient http, string key, IReadOnlyList<Uri> gateways, TimeProvider time)
{
    // No two calls of the model word it alike: what is lost, doubled or begun anew is seen in the text.
    private const string Words = "Tell me. [[reply vary ttft=50 inter=100 tokens=60]]";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly StringBuilder _text = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Action _hangUp = () => { };
    private string? _last;
    private int _chunks;
    private int _beginsWith;
    private long _lostAt;

    public string Key => key;

    /// <summary>The gateway that it reads from, or asks.</summary>
    public Uri Gateway { get; private set; } = gateways[0];

    /// <summary>What it read, of all connections together.</summary>
    public string Text => _text.ToString();

    /// <summary>Whether it has seen the end, or given up.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>How often it went on reading with a Last-Event-ID, and got text or the end.</summary>
    public int Resumptions { get; private set; }

    /// <summary>From the kill to the next text; null where none was lost, or none came.</summary>
    public TimeSpan? Gap { get; private set; }

    /// <summary>Why it gave up; null where it did not.</summary>
    public string? Problem { get; private set; }

    /// <summary>Completes when it has read so many chunks.</summary>
    public Task BegunAsync(int chunks)
    {
        _beginsWith = chunks;
        return _begun.Task;
    }

    /// <summary>From now on the next text is waited for.</summary>
    public void NoteLoss() => Interlocked.Exchange(ref _lostAt, time.GetTimestamp());

    /// <summary>Closes its connection, as a client does that loses its network.</summary>
    public void HangUp()
    {
        try
        {
            _hangUp();
        }
        catch (ObjectDisposedException)
        {
            // The connection was closed in the meantime.
        }
    }

    public async Task ReadToEndAsync(CancellationToken cancellationToken)
    {
        try
        {
            for (var attempt = 0; !await TryAsync(cancellationToken) && Problem is null; attempt++)
            {
                await Task.Delay(Pause, time, cancellationToken);
                Gateway = gateways[(attempt + 1) % gateways.Count];
            }
        }
        catch (OperationCanceledException)
        {
            Problem = $"no end in time, after {_chunks} chunks";
        }
        finally
        {
            HasEnded = true;
            _begun.TrySetResult();
        }
    }

    /// <summary>The reply as it is committed, asked for anew.</summary>
    public async Task<string?> CommittedAsync(CancellationToken cancellationToken)
    {
        using var request = Request(streamed: false);
        using var response = await http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            return null;
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        return body.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();
    }

    private async Task<bool> TryAsync(CancellationToken cancellationToken)
    {
        using var connection = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _hangUp = connection.Cancel;
        var resumes = _last is not null;
        var before = _chunks;
        try
        {
            using var request = Request(streamed: true);
            if (resumes)
                request.Headers.Add("Last-Event-ID", _last);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, connection.Token);
            if (response.IsSuccessStatusCode)
                return await ReadAsync(response, connection.Token);
            if ((int)response.StatusCode < 500)
                Problem = $"status {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(connection.Token)}";
            return false;
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            if (resumes && _chunks > before)
                Resumptions++;
        }
    }

    private async Task<bool> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        string? id = null;
        while (Problem is null && await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line == "data: [DONE]")
                return true;
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                id = line["id: ".Length..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                Take(line["data: ".Length..], id);
        }
        return false;
    }

    private void Take(string data, string? id)
    {
        using var chunk = JsonDocument.Parse(data);
        if (chunk.RootElement.TryGetProperty("error", out var error))
        {
            // A stream may break off; what it says of the reply itself is final.
            if (error.GetProperty("code").GetString() is not ("stream_ended" or "service_unavailable"))
                Problem = $"error frame {error}";
            return;
        }
        if (!chunk.RootElement.GetProperty("choices")[0].GetProperty("delta").TryGetProperty("content", out var content) || content.GetString() is not { Length: > 0 } text)
            return;
        _text.Append(text);
        _last = id;
        if (++_chunks == _beginsWith)
            _begun.TrySetResult();
        if (Interlocked.Exchange(ref _lostAt, 0) is var lostAt and not 0)
            Gap = time.GetElapsedTime(lostAt);
    }

    private HttpRequestMessage Request(bool streamed)
    {
        var body = JsonSerializer.Serialize(new { stream = streamed, messages = new[] { new { role = "user", content = $"{key} {Words}" } } });
        return new HttpRequestMessage(HttpMethod.Post, new Uri(Gateway, "v1/chat/completions"))
        {
            Headers = { { "Idempotency-Key", key } },
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
    }
}
