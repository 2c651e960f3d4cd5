using System.Buffers.Binary;
using System.Diagnostics;
using ActorLlm.Domain;
using ActorLlm.Telemetry;

namespace ActorLlm.Cluster;

/// <summary>Traces as the domain keeps them, and as .NET has them.</summary>
internal static class Traces
{
    /// <summary>The place of a span that is recorded; null for any other, so that nothing of a trace travels or is stored that nobody will see.</summary>
    public static TraceContext? Of(Activity? span)
    {
        if (span is not { Recorded: true, IdFormat: ActivityIdFormat.W3C }) return null;
        Span<byte> bytes = stackalloc byte[16];
        span.TraceId.CopyTo(bytes);
        return new TraceContext(BinaryPrimitives.ReadUInt128BigEndian(bytes), SpanIdOf(span)!.Value);
    }

    /// <summary>A span's number; null where there is no span.</summary>
    public static ulong? SpanIdOf(Activity? span)
    {
        if (span is null) return null;
        Span<byte> bytes = stackalloc byte[8];
        span.SpanId.CopyTo(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    /// <summary>Begins a span below a place, if there is one and anybody listens.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="trace">The place.</param>
    /// <param name="linked">A span of the same trace that it is linked to; null for none.</param>
    /// <param name="start">When it began; not given for now.</param>
    public static Activity? Begin(string name, TraceContext? trace, ulong? linked = null, DateTimeOffset start = default)
    {
        if (trace is null || !Sources.Spans.HasListeners()) return null;
        ActivityLink[]? links = linked is { } span ? [new ActivityLink(ContextOf(trace with { SpanId = span }))] : null;
        return Spans.Begin(name, ContextOf(trace), ActivityKind.Internal, links, start);
    }

    private static ActivityContext ContextOf(TraceContext trace)
    {
        Span<byte> id = stackalloc byte[16];
        Span<byte> span = stackalloc byte[8];
        BinaryPrimitives.WriteUInt128BigEndian(id, trace.TraceId);
        BinaryPrimitives.WriteUInt64BigEndian(span, trace.SpanId);
        return new ActivityContext(ActivityTraceId.CreateFromBytes(id), ActivitySpanId.CreateFromBytes(span), ActivityTraceFlags.Recorded, traceState: null, isRemote: true);
    }
}
