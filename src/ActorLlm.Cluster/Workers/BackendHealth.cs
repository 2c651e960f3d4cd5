using System.Collections.Immutable;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Routing;
using ActorLlm.Telemetry;
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
        error, "{ConversationId}: attempt {Attempt} of turn {TurnId} ended in an unforeseen exception of backend {Backend}", key.Conversation, key.Attempt, key.Turn, backend);

    public void Failed(AttemptKey key, string backend, string reason)
    {
        log.Info("{ConversationId}: attempt {Attempt} of turn {TurnId} failed at backend {Backend}: {Reason}", key.Conversation, key.Attempt, key.Turn, backend, reason);
        int count;
        lock (_gate)
        {
            if (!_troubles.TryGetValue(backend, out var trouble)) _troubles[backend] = trouble = new Trouble();
            count = ++trouble.Failures;
            trouble.LastError = reason;
            WorkerMetrics.Failures(backend, count);
            if (trouble.SaidAt is { } said && time.GetElapsedTime(said) < SayAgainAfter) return;
            trouble.SaidAt = time.GetTimestamp();
        }

        log.Warning("Backend {Backend} fails ({Failures} attempts since it last answered); turns are tried again. {Reason}", backend, count, reason);
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
            WorkerMetrics.Failures(backend, 0);
        }

        log.Warning("Backend {Backend} answers again, after {Failures} failed attempts.", backend, failures);
    }

    private sealed class Trouble
    {
        public int Failures { get; set; }

        public string LastError { get; set; } = "";

        public long? SaidAt { get; set; }
    }
}
