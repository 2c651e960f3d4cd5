using ActorLlm.Domain.Conversations;
using ActorLlm.Serialization.Proto;

namespace ActorLlm.Serialization.Mapping;

/// <summary>Where and when an attempt ran: small, as every stored reply carries one.</summary>
internal static class TraceMapping
{
    public static AttemptTraceProto ToProto(this AttemptTrace trace)
    {
        var proto = new AttemptTraceProto { Node = trace.Node, Backend = trace.Backend, Model = trace.Model };
        var from = trace.TakenAt?.Ms() ?? 0;
        if (trace.TakenAt is not null) proto.TakenAtMs = from;
        if (trace.CalledAt is { } called) proto.CalledMs = called.Ms() - from;
        if (trace.FirstTextAt is { } text) proto.FirstTextMs = text.Ms() - from;
        if (trace.EndedAt is { } ended) proto.EndedMs = ended.Ms() - from;
        if (trace.InputTokens is { } input) proto.InputTokens = input;
        if (trace.OutputTokens is { } output) proto.OutputTokens = output;
        return proto;
    }

    public static AttemptTrace FromProto(this AttemptTraceProto proto)
    {
        var from = proto.HasTakenAtMs ? proto.TakenAtMs : 0;
        return new AttemptTrace(proto.Node)
        {
            TakenAt = proto.HasTakenAtMs ? from.Time() : null,
            CalledAt = proto.HasCalledMs ? checked(from + proto.CalledMs).Time() : null,
            FirstTextAt = proto.HasFirstTextMs ? checked(from + proto.FirstTextMs).Time() : null,
            EndedAt = proto.HasEndedMs ? checked(from + proto.EndedMs).Time() : null,
            Backend = proto.Backend,
            Model = proto.Model,
            InputTokens = proto.HasInputTokens ? proto.InputTokens : null,
            OutputTokens = proto.HasOutputTokens ? proto.OutputTokens : null,
        };
    }
}
