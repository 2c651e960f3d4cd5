using System.Text;
using ActorLlm.Cluster.Streams;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Akka.Actor;

namespace ActorLlm.Cluster.Workers;

/// <summary>
/// The text of a running attempt and those who watch it grow. With a store, they see what is stored and nothing else, so that another attempt
/// can go on from it. Pieces are gathered for a moment, save the first.
/// </summary>
/// <param name="key">The attempt.</param>
/// <param name="store">Where the text is stored before it is shown; null where it is not.</param>
/// <param name="time">The clock.</param>
/// <param name="takenOver">Called when another attempt has taken the stream over.</param>
internal sealed class StreamFan(AttemptKey key, StreamStore? store, TimeProvider time, Action takenOver) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private readonly TimeSpan _interval = store?.Interval ?? Limits.StreamInterval;
    private List<Watcher>? _watchers;
    private ITimer? _timer;
    private bool _flushPending;
    private bool _writing;
    private bool _ended;
    private long _lastFlush;
    private int _position;
    private int _shown;

    public int Length => _text.Length;

    /// <summary>Begins with what an earlier attempt has stored.</summary>
    /// <param name="text">Its text, which this attempt continues.</param>
    /// <param name="position">Its last piece's place.</param>
    public void GoOn(string text, int position)
    {
        lock (_gate)
        {
            _text.Append(text);
            (_position, _shown) = (position, text.Length);
            if (_watchers is not null) Show();
        }
    }

    public void Append(string piece)
    {
        lock (_gate)
        {
            _text.Append(piece);
            if (_watchers is not null) FlushSoon();
        }
    }

    public string Complete()
    {
        lock (_gate)
        {
            // Where the text is stored first, the rest is shown with the outcome, which is stored next.
            if (store is null && _watchers is not null) Flush();
            _ended = true;
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
            Show();
            Flush();
        }
    }

    /// <summary>Drops what was stored.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            if (_position > 0) store?.Forget(StreamRow.StreamOf(key));
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            _timer?.Dispose();
            _watchers = null;
        }
    }

    private void FlushSoon()
    {
        if (_flushPending || _writing) return;
        var since = time.GetElapsedTime(_lastFlush);
        if (since >= _interval) Flush();
        else FlushIn(_interval - since);
    }

    private void FlushIn(TimeSpan wait)
    {
        _flushPending = true;
        _timer ??= time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            _flushPending = false;
            if (_watchers is not null) Flush();
        }
    }

    private void Flush()
    {
        if (_writing || _ended) return;
        // Half a surrogate pair does not survive the wire; it waits for its other half, or for the outcome.
        var end = _text.Length;
        if (end > 0 && char.IsHighSurrogate(_text[end - 1])) end--;
        if (end <= _shown) return;
        _lastFlush = time.GetTimestamp();
        if (store is null)
        {
            _shown = end;
            Show();
            return;
        }

        _writing = true;
        _ = StoreAsync(store, new StreamRow(StreamRow.StreamOf(key), _position + 1, key.Attempt, _shown, _text.ToString(_shown, end - _shown)));
    }

    private async Task StoreAsync(StreamStore into, StreamRow row)
    {
        bool? stored = null;
        try
        {
            stored = await into.WriteAsync(row).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The database is away. The same piece is tried again; until then nothing further is shown.
        }

        lock (_gate)
        {
            _writing = false;
            if (stored == true)
            {
                (_position, _shown) = (row.Position, row.Offset + row.Text.Length);
                if (_watchers is null) return;
                Show();
                if (_text.Length > _shown) FlushSoon();
            }
            else if (stored is null && !_ended)
            {
                FlushIn(Limits.StreamRetry);
            }
        }

        if (stored == false) takenOver();
    }

    private void Show()
    {
        foreach (var watcher in _watchers!)
        {
            if (watcher.Sent >= _shown) continue;
            watcher.Client.Tell(new StreamChunk(key, watcher.Sent, _text.ToString(watcher.Sent, _shown - watcher.Sent)));
            watcher.Sent = _shown;
        }
    }

    private sealed class Watcher(IActorRef client)
    {
        public IActorRef Client { get; } = client;

        public int Sent { get; set; }
    }
}
