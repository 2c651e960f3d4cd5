using System.Text;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Akka.Actor;

namespace ActorLlm.Cluster.Workers;

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
