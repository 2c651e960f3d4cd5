using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Routing;
using ActorLlm.Serialization.Proto;

namespace ActorLlm.Serialization.Mapping;

internal static class AttemptMapping
{
    public static RunAttemptProto ToProto(RunAttempt m)
    {
        var proto = new RunAttemptProto { Key = ToProto(m.Key), Content = m.Content.ToProto() };
        foreach (var exchange in m.History) proto.History.Add(exchange.ToProto());
        if (m.Trace is { } trace) proto.Trace = trace.ToProto();
        if (m.FailedSpanId is { } span) proto.FailedSpanId = span;
        proto.WaitedUs = (long)m.Waited.TotalMicroseconds;
        return proto;
    }

    public static RunAttempt FromProto(RunAttemptProto p) =>
        new(FromProto(p.Key), p.Content.Required("content").FromProto(), [.. p.History.Select(exchange => exchange.FromProto())])
        {
            Trace = p.Trace.Trace(),
            FailedSpanId = p.HasFailedSpanId ? p.FailedSpanId : null,
            Waited = TimeSpan.FromMicroseconds(p.WaitedUs),
        };

    public static AttemptRefProto ToProto(AttemptMessage m) => new() { Key = ToProto(m.Key) };

    public static StopAttempt StopFromProto(AttemptRefProto p) => new(FromProto(p.Key));

    public static ResultAck AckFromProto(AttemptRefProto p) => new(FromProto(p.Key));

    public static AttemptRefused RefusedFromProto(AttemptRefProto p) => new(FromProto(p.Key));

    public static AttachStreamProto ToProto(AttachStream m) => new() { Key = ToProto(m.Key), FromOffset = m.FromOffset };

    public static AttachStream FromProto(AttachStreamProto p) => new(FromProto(p.Key), p.FromOffset);

    public static StreamChunkProto ToProto(StreamChunk m) => new() { Key = ToProto(m.Key), Offset = m.Offset, Text = m.Text };

    public static StreamChunk FromProto(StreamChunkProto p) => new(FromProto(p.Key), p.Offset, p.Text);

    public static HeartbeatProto ToProto(Heartbeat m) => new() { Key = ToProto(m.Key), Queued = m.Queued, WaitsFor = m.WaitsFor };

    public static Heartbeat FromProto(HeartbeatProto p) => new(FromProto(p.Key), p.Queued) { WaitsFor = p.WaitsFor };

    public static AttemptResultProto ToProto(AttemptResult m)
    {
        var proto = new AttemptResultProto { Key = ToProto(m.Key), Trace = m.End.Trace?.ToProto() };
        switch (m.End)
        {
            case AttemptEnd.Succeeded succeeded:
                proto.Succeeded = succeeded.Reply.ToProto();
                break;
            case AttemptEnd.Failed failed:
                proto.Failed = new AttemptFailureProto { Kind = (int)failed.Kind, Reason = failed.Reason, Final = failed.Final };
                if (failed.RetryAfter is { } wait) proto.Failed.RetryAfterMs = (long)wait.TotalMilliseconds;
                break;
            case AttemptEnd.Suspended:
                proto.Suspended = true;
                break;
            default:
                throw new ArgumentException($"Unknown attempt end {m.End.GetType().Name}.", nameof(m));
        }

        if (m.SpanId is { } span) proto.SpanId = span;
        if (m.BackendTime is { } time) proto.BackendUs = (long)time.TotalMicroseconds;
        return proto;
    }

    public static AttemptResult FromProto(AttemptResultProto p) => new(FromProto(p.Key), (p.Succeeded, p.Failed) switch
    {
        ({ } reply, _) => new AttemptEnd.Succeeded(reply.FromProto()) { Trace = p.Trace?.FromProto() },
        (_, { } failed) => new AttemptEnd.Failed(
            (FailureKind)failed.Kind, failed.Reason, failed.HasRetryAfterMs ? TimeSpan.FromMilliseconds(failed.RetryAfterMs) : null)
        {
            Trace = p.Trace?.FromProto(),
            Final = failed.Final,
        },
        _ when p.Suspended => new AttemptEnd.Suspended { Trace = p.Trace?.FromProto() },
        _ => throw new FormatException("A result has neither a reply nor a failure, and does not wait."),
    })
    {
        SpanId = p.HasSpanId ? p.SpanId : null,
        BackendTime = p.HasBackendUs ? TimeSpan.FromMicroseconds(p.BackendUs) : null,
    };

    internal static AttemptKeyProto ToProto(AttemptKey key) =>
        new() { Conversation = key.Conversation.Value, Turn = key.Turn.Value, Attempt = key.Attempt };

    internal static AttemptKey FromProto(AttemptKeyProto? key)
    {
        var p = key.Required("attempt");
        return new AttemptKey(p.Conversation.Conversation(), p.Turn.Turn(), p.Attempt);
    }
}
