using System.Text;
using ActorLlm.Backends;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Akka.Actor;
using Microsoft.Extensions.AI;

namespace ActorLlm.Cluster.Workers;

/// <summary>One attempt at work: calls the backend, gathers the text and passes it on to those who watch.</summary>
internal sealed class AttemptRun
{
    private readonly RunAttempt _request;
    private readonly BackendCatalog _backends;
    private readonly BackendHealth _health;
    private readonly StreamFan _fan;

    // Not disposed of: it has no timer, and the call may still look at it after its worker has let go.
    private readonly CancellationTokenSource _stop = new();

    public AttemptRun(RunAttempt request, BackendCatalog backends, TimeProvider time, BackendHealth health)
    {
        _request = request;
        _backends = backends;
        _health = health;
        _fan = new StreamFan(request.Key, time);
    }

    /// <summary>Sends a client the text from an offset on, what there is now and what follows.</summary>
    public void Attach(IActorRef client, int offset) => _fan.Attach(client, offset);

    /// <summary>Breaks the call off, if it still runs, and lets those go who watch. What a client does when it is cancelled is not done on the caller's thread.</summary>
    public void Stop()
    {
        _fan.Dispose();
        _ = _stop.CancelAsync();
    }

    /// <summary>Runs to the end; every way to end is a value.</summary>
    public async Task<AttemptEnd> ExecuteAsync()
    {
        if (!_backends.TryResolve(_request.Content.Model, out var backend))
        {
            return new AttemptEnd.Failed(
                FailureKind.Content, $"No backend of the worker's node serves the model '{_request.Content.Model}'.", null);
        }

        try
        {
            var end = await CallAsync(backend).ConfigureAwait(false);
            if (end is AttemptEnd.Failed failed) _health.Failed(_request.Key, backend.Backend, failed.Reason);
            else _health.Answered(backend.Backend);
            return end;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return new AttemptEnd.Failed(FailureKind.Interrupted, "The worker was asked to stop.", null);
        }
        catch (Exception error)
        {
            var failure = BackendFailures.Classify(error);
            if (failure.Unforeseen) _health.Unforeseen(_request.Key, backend.Backend, error);
            else if (failure.Kind == BackendFailureKind.Provider) _health.Failed(_request.Key, backend.Backend, failure.Message);
            var kind = failure.Kind == BackendFailureKind.Provider ? FailureKind.Provider : FailureKind.Content;
            return new AttemptEnd.Failed(kind, failure.Message, failure.RetryAfter);
        }
    }

    private async Task<AttemptEnd> CallAsync(ResolvedBackend backend)
    {
        string? finish = null;
        UsageDetails? usage = null;
        var updates = backend.Client.GetStreamingResponseAsync(
            ChatRequest.Messages(_request), ChatRequest.Options(_request.Content, backend.Model), _stop.Token);
        await foreach (var update in updates.ConfigureAwait(false))
        {
            if (update.FinishReason is { Value.Length: > 0 } reason) finish = reason.Value;
            foreach (var content in update.Contents)
            {
                if (content is UsageContent counted) usage = counted.Details;
                else if (content is TextContent { Text.Length: > 0 } text) _fan.Append(text.Text);
            }

            // A coarse stop, in characters; the bytes are counted when the reply is committed.
            if (_fan.Length > Limits.MaxReplyBytes)
            {
                return new AttemptEnd.Failed(
                    FailureKind.Content, $"The reply grew past {Limits.MaxReplyBytes} characters and was broken off.", null);
            }
        }

        if (finish is null) return new AttemptEnd.Failed(FailureKind.Provider, "The reply ended without a finish reason: it may be cut short.", null);
        return new AttemptEnd.Succeeded(new Reply(
            _fan.Complete(), backend.Model, backend.Backend, finish, new Usage(usage?.InputTokenCount, usage?.OutputTokenCount)));
    }
}

/// <summary>The text of a running attempt and those who watch it grow. Pieces are gathered for <see cref="Limits.StreamInterval"/>, save the first.</summary>
internal sealed class StreamFan(AttemptKey key, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private List<Watcher>? _watchers;
    private ITimer? _timer;
    private bool _flushPending;
    private long _lastFlush;

    public int Length => _text.Length;

    public void Append(string piece)
    {
        lock (_gate)
        {
            _text.Append(piece);
            if (_watchers is null || _flushPending) return;
            var since = time.GetElapsedTime(_lastFlush);
            if (since >= Limits.StreamInterval)
            {
                Flush();
                return;
            }

            _flushPending = true;
            _timer ??= time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(Limits.StreamInterval - since, Timeout.InfiniteTimeSpan);
        }
    }

    public string Complete()
    {
        lock (_gate)
        {
            if (_watchers is not null) Flush();
            return _text.ToString();
        }
    }

    public void Attach(IActorRef client, int offset)
    {
        lock (_gate)
        {
            _watchers ??= [];
            _watchers.RemoveAll(watcher => watcher.Client.Equals(client));
            if (_watchers.Count == Limits.MaxFollowers) _watchers.RemoveAt(0);
            _watchers.Add(new Watcher(client) { Sent = Math.Max(0, offset) });
            Flush();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _timer?.Dispose();
            _watchers = null;
        }
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            if (_watchers is not null) Flush();
        }
    }

    private void Flush()
    {
        _flushPending = false;
        _lastFlush = time.GetTimestamp();
        // Half a surrogate pair does not survive the wire; it waits for its other half, or for the outcome.
        var end = _text.Length;
        if (end > 0 && char.IsHighSurrogate(_text[end - 1])) end--;
        foreach (var watcher in _watchers!)
        {
            if (watcher.Sent >= end) continue;
            watcher.Client.Tell(new StreamChunk(key, watcher.Sent, _text.ToString(watcher.Sent, end - watcher.Sent)));
            watcher.Sent = end;
        }
    }

    private sealed class Watcher(IActorRef client)
    {
        public IActorRef Client { get; } = client;

        public int Sent { get; set; }
    }
}
