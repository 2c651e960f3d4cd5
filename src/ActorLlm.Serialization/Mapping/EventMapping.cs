using ActorLlm.Domain.Conversations;
using ActorLlm.Serialization.Proto;

namespace ActorLlm.Serialization.Mapping;

internal static class EventMapping
{
    public static TurnAcceptedProto ToProto(TurnAccepted e)
    {
        var proto = new TurnAcceptedProto { Turn = e.Turn.Value, Content = e.Content.ToProto(), AtMs = e.At.Ms() };
        if (e.Deadline is { } deadline) proto.DeadlineMs = deadline.Ms();
        if (e.Trace is { } trace) proto.Trace = trace.ToProto();
        return proto;
    }

    public static TurnAccepted FromProto(TurnAcceptedProto p) =>
        new(p.Turn.Turn(), p.Content.Required("content").FromProto(), p.HasDeadlineMs ? p.DeadlineMs.Time() : null, p.AtMs.Time())
        {
            Trace = p.Trace.Trace(),
        };

    public static AttemptFailedProto ToProto(AttemptFailed e)
    {
        var proto = new AttemptFailedProto
        {
            Turn = e.Turn.Value,
            Attempt = e.Attempt,
            Kind = (int)e.Kind,
            Reason = e.Reason,
            RetryAtMs = e.RetryAt.Ms(),
            AtMs = e.At.Ms(),
            Trace = e.Trace?.ToProto(),
        };
        if (e.SpanId is { } span) proto.SpanId = span;
        return proto;
    }

    public static AttemptFailed FromProto(AttemptFailedProto p) =>
        new(p.Turn.Turn(), p.Attempt, (FailureKind)p.Kind, p.Reason, p.RetryAtMs.Time(), p.AtMs.Time())
        {
            Trace = p.Trace?.FromProto(),
            SpanId = p.HasSpanId ? p.SpanId : null,
        };

    public static ReplyCommittedProto ToProto(ReplyCommitted e) =>
        new() { Turn = e.Turn.Value, Attempt = e.Attempt, Reply = e.Reply.ToProto(), AtMs = e.At.Ms(), Trace = e.Trace?.ToProto() };

    public static ReplyCommitted FromProto(ReplyCommittedProto p) =>
        new(p.Turn.Turn(), p.Attempt, p.Reply.Required("reply").FromProto(), p.AtMs.Time()) { Trace = p.Trace?.FromProto() };

    public static TurnFailedProto ToProto(TurnFailed e) =>
        new() { Turn = e.Turn.Value, Attempt = e.Attempt, Kind = (int)e.Kind, Reason = e.Reason, AtMs = e.At.Ms(), Trace = e.Trace?.ToProto() };

    public static TurnFailed FromProto(TurnFailedProto p) =>
        new(p.Turn.Turn(), p.Attempt, (FailureKind)p.Kind, p.Reason, p.AtMs.Time()) { Trace = p.Trace?.FromProto() };

    public static TurnCancelledProto ToProto(TurnCancelled e) =>
        new() { Turn = e.Turn.Value, By = (int)e.By, AtMs = e.At.Ms(), Attempt = e.Attempt, Trace = e.Trace?.ToProto() };

    public static TurnCancelled FromProto(TurnCancelledProto p) => new(p.Turn.Turn(), (CancelledBy)p.By, p.AtMs.Time()) { Attempt = p.Attempt, Trace = p.Trace?.FromProto() };

    public static ItemsAddedProto ToProto(ItemsAdded e)
    {
        var proto = new ItemsAddedProto { Turn = e.Turn.Value, AtMs = e.At.Ms() };
        proto.Messages.AddRange(e.Messages.ToProto());
        return proto;
    }

    public static ItemsAdded FromProto(ItemsAddedProto p) => new(p.Turn.Turn(), p.Messages.FromProto(), p.AtMs.Time());

    public static ItemDeletedProto ToProto(ItemDeleted e) => new() { Turn = e.Turn.Value, Position = e.Position, AtMs = e.At.Ms() };

    public static ItemDeleted FromProto(ItemDeletedProto p) => new(p.Turn.Turn(), p.Position, p.AtMs.Time());

    public static TurnDeletedProto ToProto(TurnDeleted e) => new() { Turn = e.Turn.Value, AtMs = e.At.Ms() };

    public static TurnDeleted FromProto(TurnDeletedProto p) => new(p.Turn.Turn(), p.AtMs.Time());

    public static ConversationDescribedProto ToProto(ConversationDescribed e) =>
        new() { Turn = e.Turn.Value, Metadata = e.Metadata, AtMs = e.At.Ms(), Request = e.Request };

    public static ConversationDescribed FromProto(ConversationDescribedProto p) => new(p.Turn.Turn(), p.Metadata, p.AtMs.Time()) { Request = p.Request };

    public static ConversationDeletedProto ToProto(ConversationDeleted e) => new() { Turn = e.Turn.Value, AtMs = e.At.Ms() };

    public static ConversationDeleted FromProto(ConversationDeletedProto p) => new(p.Turn.Turn(), p.AtMs.Time());

    public static ReplyAcknowledgedProto ToProto(ReplyAcknowledged e) => new() { Turn = e.Turn.Value, AtMs = e.At.Ms() };

    public static ReplyAcknowledged FromProto(ReplyAcknowledgedProto p) => new(p.Turn.Turn(), p.AtMs.Time());
}
