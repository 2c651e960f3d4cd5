namespace ActorLlm.Backends;

/// <summary>
/// A stream of server-sent events, of which those are repaired on the way that need it. All others pass as they are, in the pieces that they
/// come in but for half a line, with which no reader can begin anything.
/// </summary>
internal sealed class EventRepairStream(Stream inner) : Stream
{
    /// <summary>Longest line: more than the largest reply takes, each of its bytes escaped.</summary>
    private const int MaxLineBytes = 8 * 1024 * 1024;

    private const int FirstBufferBytes = 4 * 1024;

    private readonly AnswerRepair _repair = new();
    private byte[] _buffer = new byte[FirstBufferBytes];

    // What was read: given up to _given, fit to be given up to _fit, without an end of line from there up to _searched, and all up to _end.
    private int _given;
    private int _fit;
    private int _searched;
    private int _end;
    private ReadOnlyMemory<byte> _repaired;
    private bool _ended;

    private static ReadOnlySpan<byte> Field => "data:"u8;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int given;
        while ((given = Give(buffer.Span)) == 0 && !_ended && buffer.Length > 0)
            Take(await inner.ReadAsync(Room(), cancellationToken).ConfigureAwait(false));
        return given;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(Span<byte> buffer)
    {
        int given;
        while ((given = Give(buffer)) == 0 && !_ended && buffer.Length > 0)
            Take(inner.Read(Room().Span));
        return given;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private int Give(Span<byte> into)
    {
        if (_repaired.IsEmpty && _given == _fit)
            Check();
        int length;
        if (_repaired.Length > 0)
        {
            length = Math.Min(_repaired.Length, into.Length);
            _repaired.Span[..length].CopyTo(into);
            _repaired = _repaired[length..];
            return length;
        }
        length = Math.Min(_fit - _given, into.Length);
        _buffer.AsSpan(_given, length).CopyTo(into);
        _given += length;
        return length;
    }

    /// <summary>Finds out how much can be given as it is, or else repairs the line that comes next.</summary>
    private void Check()
    {
        while (_buffer.AsSpan(_searched, _end - _searched).IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and int found)
        {
            int lineEnd = _searched + found;
            ReadOnlySpan<byte> line = _buffer.AsSpan(_fit, lineEnd - _fit);
            if (NeedsLook(line))
            {
                if (_fit > _given)
                    return;
                if (_repair.Repair(line[Field.Length..]) is { } repaired)
                {
                    _repaired = (byte[])[.. Field, .. repaired];
                    _given = _fit = _searched = lineEnd;
                    return;
                }
            }
            _fit = _searched = lineEnd + 1;
        }
        _searched = _end;
        if (_ended)
            _fit = _end;
    }

    private bool NeedsLook(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith(Field))
            return false;
        ReadOnlySpan<byte> data = line[Field.Length..].TrimStart((byte)' ');
        return data.Length > 0 && data[0] == '{' && (!AnswerScan.IsPlain(data) || _repair.MustSeeAll);
    }

    private Memory<byte> Room()
    {
        if (_given > 0)
        {
            _buffer.AsSpan(_given, _end - _given).CopyTo(_buffer);
            (_fit, _searched, _end, _given) = (_fit - _given, _searched - _given, _end - _given, 0);
        }
        if (_end > MaxLineBytes)
            throw new BackendException(BackendFailures.Unusable($"The backend sent a line of more than {MaxLineBytes} bytes."));
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        return _buffer.AsMemory(_end);
    }

    private void Take(int read)
    {
        _end += read;
        _ended = read == 0;
    }
}
