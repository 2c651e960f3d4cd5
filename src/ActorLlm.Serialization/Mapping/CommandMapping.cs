using ActorLlm.Domain.Conversations;
using ActorLlm.Serialization.Proto;

namespace ActorLlm.Serialization.Mapping;

internal static class CommandMapping
{
    public static SubmitTurnProto ToProto(SubmitTurn c)
    {
        var proto = new SubmitTurnProto
        {
            Conversation = c.Conversation.Value,
            Turn = c.Turn.Value,
            Content = c.Content.ToProto(),
            Overlap = (int)c.Overlap,
            Follow = c.Follow,
            Stream = c.Stream,
        };
        if (c.Deadline is { } deadline) proto.DeadlineMs = (long)deadline.TotalMilliseconds;
        if (c.After is { } after) proto.After = after.Value;
        proto.MustExist = c.MustExist;
        if (c.Trace is { } trace) proto.Trace = trace.ToProto();
        return proto;
    }

    public static SubmitTurn FromProto(SubmitTurnProto p) => new(
        p.Conversation.Conversation(),
        p.Turn.Turn(),
        p.Content.Required("content").FromProto(),
        (OverlapPolicy)p.Overlap,
        p.HasDeadlineMs ? TimeSpan.FromMilliseconds(p.DeadlineMs) : null,
        p.Follow,
        p.Stream)
    {
        After = p.HasAfter ? p.After.Turn() : null,
        MustExist = p.MustExist,
        Trace = p.Trace.Trace(),
    };

    public static FollowTurnProto ToProto(FollowTurn c) =>
        new() { Conversation = c.Conversation.Value, Turn = c.Turn.Value, Stream = c.Stream, FromOffset = c.FromOffset };

    public static FollowTurn FromProto(FollowTurnProto p) => new(p.Conversation.Conversation(), p.Turn.Turn(), p.Stream, p.FromOffset);

    public static TurnRefProto ToProto(ConversationCommand c) => new() { Conversation = c.Conversation.Value, Turn = c.Turn.Value };

    public static GetTurn GetTurnFromProto(TurnRefProto p) => new(p.Conversation.Conversation(), p.Turn.Turn());

    public static TurnRefProto ToProto(CancelTurn c)
    {
        var proto = ToProto((ConversationCommand)c);
        // As it was before others than clients cancelled.
        if (c.By != CancelledBy.Client) proto.CancelledBy = (int)c.By;
        return proto;
    }

    public static CancelTurn CancelFromProto(TurnRefProto p) => new(p.Conversation.Conversation(), p.Turn.Turn())
    {
        By = p.CancelledBy == 0 ? CancelledBy.Client : (CancelledBy)p.CancelledBy,
    };

    public static AcknowledgeReply AcknowledgeFromProto(TurnRefProto p) => new(p.Conversation.Conversation(), p.Turn.Turn());

    public static ReadTurn ReadFromProto(TurnRefProto p) => new(p.Conversation.Conversation(), p.Turn.Turn());

    public static DeleteTurn DeleteTurnFromProto(TurnRefProto p) => new(p.Conversation.Conversation(), p.Turn.Turn());

    public static DeleteConversation DeleteConversationFromProto(TurnRefProto p) => new(p.Conversation.Conversation(), p.Turn.Turn());

    public static AddItemsProto ToProto(AddItems c)
    {
        var proto = new AddItemsProto { Conversation = c.Conversation.Value, Turn = c.Turn.Value };
        proto.Messages.AddRange(c.Messages.ToProto());
        return proto;
    }

    public static AddItems FromProto(AddItemsProto p) => new(p.Conversation.Conversation(), p.Turn.Turn(), p.Messages.FromProto());

    public static DeleteItemProto ToProto(DeleteItem c) => new() { Conversation = c.Conversation.Value, Turn = c.Turn.Value, Position = c.Position };

    public static DeleteItem FromProto(DeleteItemProto p) => new(p.Conversation.Conversation(), p.Turn.Turn(), p.Position);

    public static DescribeConversationProto ToProto(DescribeConversation c) =>
        new() { Conversation = c.Conversation.Value, Turn = c.Turn.Value, Metadata = c.Metadata, MustExist = c.MustExist, Request = c.Request };

    public static DescribeConversation FromProto(DescribeConversationProto p) =>
        new(p.Conversation.Conversation(), p.Turn.Turn(), p.Metadata, p.MustExist) { Request = p.Request };

    public static TurnRecordProto ToProto(TurnRecord a) => new()
    {
        Pending = a.Standing is TurnPending pending ? ToProto(pending) : null,
        Settled = a.Standing is TurnSettled settled ? ToProto(settled) : null,
        Content = a.Content.ToProto(),
        AcceptedAtMs = a.AcceptedAt.Ms(),
    };

    public static TurnRecord FromProto(TurnRecordProto p) => new(
        p.Pending is { } pending ? FromProto(pending) : FromProto(p.Settled.Required("standing")),
        p.Content.Required("content").FromProto(),
        p.AcceptedAtMs.Time());

    public static ConversationRefProto ToProto(GetConversation c) => new() { Conversation = c.Conversation.Value, WithoutHistory = c.WithoutHistory };

    public static GetConversation GetFromProto(ConversationRefProto p) => new(p.Conversation.Conversation()) { WithoutHistory = p.WithoutHistory };

    public static ConversationRefProto ToProto(WakeConversation c) => new() { Conversation = c.Conversation.Value };

    public static WakeConversation WakeFromProto(ConversationRefProto p) => new(p.Conversation.Conversation());

    public static TurnPendingProto ToProto(TurnPending a)
    {
        var proto = new TurnPendingProto
        {
            Conversation = a.Conversation.Value,
            Turn = a.Turn.Value,
            Ahead = a.Ahead,
            FailedAttempts = a.FailedAttempts,
            LastError = a.LastError,
            ContentCheck = a.ContentCheck,
        };
        if (a.Unfinished is { } unfinished) proto.Unfinished = unfinished;
        return proto;
    }

    public static TurnPending FromProto(TurnPendingProto p) =>
        new(p.Conversation.Conversation(), p.Turn.Turn(), p.Ahead, p.FailedAttempts, p.LastError)
        {
            ContentCheck = p.ContentCheck,
            Unfinished = p.HasUnfinished ? p.Unfinished : null,
        };

    public static TurnSettledProto ToProto(TurnSettled a)
    {
        var proto = new TurnSettledProto
        {
            Conversation = a.Conversation.Value,
            Turn = a.Turn.Value,
            Outcome = a.Outcome.ToProto(),
            Attempts = a.Attempts,
            Acknowledged = a.Acknowledged,
            AtMs = a.At.Ms(),
            ContentCheck = a.ContentCheck,
        };
        if (a.Unfinished is { } unfinished) proto.Unfinished = unfinished;
        return proto;
    }

    public static TurnSettled FromProto(TurnSettledProto p) => new(
        p.Conversation.Conversation(), p.Turn.Turn(), p.Outcome.Required("outcome").FromProto(), p.Attempts, p.Acknowledged, p.AtMs.Time())
    {
        ContentCheck = p.ContentCheck,
        Unfinished = p.HasUnfinished ? p.Unfinished : null,
    };

    public static TurnRejectedProto ToProto(TurnRejected a) =>
        new() { Conversation = a.Conversation.Value, Turn = a.Turn.Value, Code = (int)a.Code, Reason = a.Reason, ContentCheck = a.ContentCheck };

    public static TurnRejected FromProto(TurnRejectedProto p) =>
        new(p.Conversation.Conversation(), p.Turn.Turn(), (RejectionCode)p.Code, p.Reason) { ContentCheck = p.ContentCheck };

    public static ConversationViewProto ToProto(ConversationView v)
    {
        var proto = new ConversationViewProto
        {
            Conversation = v.Conversation.Value,
            TurnsSettled = v.TurnsSettled,
            Exists = v.Exists,
            Metadata = v.Metadata,
        };
        if (v.CreatedAt != DateTimeOffset.MinValue) proto.CreatedAtMs = v.CreatedAt.Ms();
        proto.Pending.AddRange(v.Pending.Select(turn => turn.Value));
        proto.History.AddRange(v.History.Select(exchange => exchange.ToProto()));
        return proto;
    }

    public static ConversationView FromProto(ConversationViewProto p) => new(
        p.Conversation.Conversation(),
        p.TurnsSettled,
        [.. p.Pending.Select(turn => turn.Turn())],
        [.. p.History.Select(exchange => exchange.FromProto())])
    {
        Exists = p.Exists,
        CreatedAt = p.HasCreatedAtMs ? p.CreatedAtMs.Time() : DateTimeOffset.MinValue,
        Metadata = p.Metadata,
    };
}
