using System.Collections.Immutable;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Routing;
using Akka.Event;

namespace ActorLlm.Cluster.Workers;

/// <summary>
/// Tells the operator how the backends of a worker do: at once when one begins to fail, now and then while it goes on, and when it answers
/// again. A line for each of a thousand attempts a second would be no help.
/// </summary>
internal sealed class BackendHealth(ILoggingAdapter log, TimeProvider time)
{
    private static readonly TimeSpan SayAgainAfter = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Trouble> _troubles = new(StringComparer.Ordinal);

    /// <summary>A fault of a chat client that nobody foresaw: with its trace, each time.</summary>
    public void Unforeseen(AttemptKey key, string backend, Exception error) => log.Warning(
        error, "{0}: attempt {1} of turn {2} ended in an unforeseen exception of backend {3}", key.Conversation, key.Attempt, key.Turn, backend);

    public void Failed(AttemptKey key, string backend, string reason)
    {
        log.Info("{0}: attempt {1} of turn {2} failed at backend {3}: {4}", key.Conversation, key.Attempt, key.Turn, backend, reason);
        int count;
        lock (_gate)
        {
            if (!_troubles.TryGetValue(backend, out var trouble)) _troubles[backend] = trouble = new Trouble();
            count = ++trouble.Failures;
            trouble.LastError = reason;
            if (trouble.SaidAt is { } said && time.GetElapsedTime(said) < SayAgainAfter) return;
            trouble.SaidAt = time.GetTimestamp();
        }

        log.Warning("Backend {0} fails ({1} attempts since it last answered); turns are tried again. {2}", backend, count, reason);
    }

    /// <summary>How the backends of these names do.</summary>
    public ImmutableArray<BackendLoad> Of(IEnumerable<string> backends)
    {
        lock (_gate)
        {
            return [.. backends.Select(backend => _troubles.TryGetValue(backend, out var trouble)
                ? new BackendLoad(backend, trouble.Failures, UnicodeText.Storable(trouble.LastError, Limits.MaxReasonLength))
                : new BackendLoad(backend, 0, ""))];
        }
    }

    public void Answered(string backend)
    {
        int failures;
        lock (_gate)
        {
            if (!_troubles.Remove(backend, out var trouble)) return;
            failures = trouble.Failures;
        }

        log.Warning("Backend {0} answers again, after {1} failed attempts.", backend, failures);
    }

    private sealed class Trouble
    {
        public int Failures { get; set; }

        public string LastError { get; set; } = "";

        public long? SaidAt { get; set; }
    }
}
