using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ActorLlm.Hosting.Tests;

/// <summary>One line that was logged: its text with everything that goes with it, and its fields.</summary>
internal sealed record LogLine(string Text, IReadOnlyDictionary<string, object?> Fields);

/// <summary>Keeps all that is logged, at any level.</summary>
internal sealed class RecordedLogs : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = new();

    public IReadOnlyList<LogLine> Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) => new Recorder(_lines);

    public void Dispose()
    {
    }

    private sealed class Recorder(ConcurrentQueue<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var fields = new Dictionary<string, object?>(StringComparer.Ordinal);
            if (state is IEnumerable<KeyValuePair<string, object?>> pairs)
            {
                foreach (var (name, value) in pairs) fields[name] = value;
            }

            lines.Enqueue(new LogLine($"{formatter(state, exception)} {exception} {string.Join(' ', fields.Values)}", fields));
        }
    }
}
