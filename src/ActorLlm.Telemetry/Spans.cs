using System.Diagnostics;

namespace ActorLlm.Telemetry;

/// <summary>
/// Spans of code that runs one message after another on threads it shares, as actors do: a span there must not be left behind as the current one,
/// or whatever the thread does next is told as a part of it.
/// </summary>
internal static class Spans
{
    /// <summary>Begins a span below another one, which need not be of this process. Null when nobody listens or the span is not wanted.</summary>
    public static Activity? Begin(
        string name, in ActivityContext parent, ActivityKind kind = ActivityKind.Internal, ActivityLink[]? links = null, DateTimeOffset start = default)
    {
        var current = Activity.Current;
        var span = Sources.Spans.StartActivity(name, kind, parent, tags: null, links, start);
        Activity.Current = current;
        return span;
    }

    /// <summary>Ends a span; a reason makes it a failed one.</summary>
    public static void End(Activity? span, string? error = null)
    {
        if (span is null) return;
        if (error is not null) span.SetStatus(ActivityStatusCode.Error).SetTag(Names.ErrorType, error);
        var current = Activity.Current;
        span.Dispose();
        Activity.Current = current == span ? span.Parent : current;
    }
}
