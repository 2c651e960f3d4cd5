namespace ActorLlm.Processes;

/// <summary>Keeps the last lines of a process's output, and all of it in a file when one is named. Safe for several threads.</summary>
public sealed class OutputLog : IDisposable
{
    /// <summary>How many lines are kept in memory.</summary>
    public const int TailLines = 200;

    private readonly Lock _lock = new();
    private readonly Queue<string> _tail = new(TailLines);
    private readonly Action<string>? _onLine;
    private StreamWriter? _file;

    /// <summary>Opens the log.</summary>
    /// <param name="file">The file to append to, or null for none.</param>
    /// <param name="onLine">Called for each line, or null.</param>
    public OutputLog(string? file, Action<string>? onLine)
    {
        _onLine = onLine;
        if (file is null)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        _file = new StreamWriter(file, append: true) { AutoFlush = true };
    }

    /// <summary>The last lines, oldest first.</summary>
    public IReadOnlyList<string> Tail
    {
        get
        {
            lock (_lock)
                return [.. _tail];
        }
    }

    /// <summary>Adds a line; null, which ends a stream, is ignored.</summary>
    public void Append(string? line)
    {
        if (line is null)
            return;
        lock (_lock)
        {
            if (_tail.Count == TailLines)
                _tail.Dequeue();
            _tail.Enqueue(line);
            _file?.WriteLine(line);
        }
        _onLine?.Invoke(line);
    }

    /// <summary>Closes the file; the lines in memory stay readable.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
        }
    }
}
