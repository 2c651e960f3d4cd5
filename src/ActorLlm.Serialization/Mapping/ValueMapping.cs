using System.Buffers.Binary;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Serialization.Proto;
using Google.Protobuf;

namespace ActorLlm.Serialization.Mapping;

/// <summary>The values that events and messages share.</summary>
internal static class ValueMapping
{
    private const int TraceBytes = 24;

    public static long Ms(this DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static DateTimeOffset Time(this long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    /// <summary>A part without which the whole means nothing; protobuf reads a missing one as null.</summary>
    public static T Required<T>(this T? part, string name) where T : class => part ?? throw new FormatException($"The {name} is missing.");

    public static TurnId Turn(this string text) => TurnId.Parse(text);

    public static ConversationId Conversation(this string text) => ConversationId.Parse(text);

    public static ByteString ToProto(this TraceContext trace)
    {
        var bytes = new byte[TraceBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, trace.TraceId);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(16), trace.SpanId);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    /// <summary>Null for none, and for what is no trace: a turn is worth more than its trace.</summary>
    public static TraceContext? Trace(this ByteString bytes)
    {
        if (bytes.Length < TraceBytes) return null;
        var trace = new TraceContext(BinaryPrimitives.ReadUInt128BigEndian(bytes.Span), BinaryPrimitives.ReadUInt64BigEndian(bytes.Span[16..]));
        return trace.TraceId == 0 || trace.SpanId == 0 ? null : trace;
    }

    public static ExchangeProto ToProto(this Exchange exchange)
    {
        var proto = new ExchangeProto { Turn = exchange.Turn.Value, Reply = exchange.Reply?.ToProto() };
        proto.Deleted.AddRange(exchange.Deleted);
        foreach (var message in exchange.Messages) proto.Messages.Add(message.ToProto());
        return proto;
    }

    public static Exchange FromProto(this ExchangeProto proto) =>
        new(proto.Turn.Turn(), proto.Messages.FromProto(), proto.Reply?.FromProto()) { Deleted = [.. proto.Deleted] };

    public static OutcomeProto ToProto(this Outcome outcome) => outcome switch
    {
        Outcome.Committed committed => new OutcomeProto { Committed = committed.Reply.ToProto() },
        Outcome.Failed failed => new OutcomeProto { Failed = new FailedProto { Kind = (int)failed.Kind, Reason = failed.Reason } },
        Outcome.Cancelled cancelled => new OutcomeProto { CancelledBy = (int)cancelled.By },
        Outcome.Recorded => new OutcomeProto { Recorded = new RecordedProto() },
        _ => throw new ArgumentException($"Unknown outcome {outcome.GetType().Name}.", nameof(outcome)),
    };

    public static Outcome FromProto(this OutcomeProto proto) => proto.OutcomeCase switch
    {
        OutcomeProto.OutcomeOneofCase.Committed => new Outcome.Committed(proto.Committed.FromProto()),
        OutcomeProto.OutcomeOneofCase.Failed => new Outcome.Failed((FailureKind)proto.Failed.Kind, proto.Failed.Reason),
        OutcomeProto.OutcomeOneofCase.CancelledBy => new Outcome.Cancelled((CancelledBy)proto.CancelledBy),
        OutcomeProto.OutcomeOneofCase.Recorded => Outcome.Recorded.Instance,
        _ => throw new FormatException("An outcome is missing."),
    };
}
