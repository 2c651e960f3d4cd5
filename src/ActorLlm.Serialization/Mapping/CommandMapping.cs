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
        return proto;
    }

    public static SubmitTurn FromProto(SubmitTurnProto p) => new(
        p.Conversation.Conversation(),
        p.Turn.Turn(),
        p.Content.Required("content").FromProto(),
        (OverlapPolicy)p.Overlap,
        p.HasDeadlineMs ? TimeSpan.FromMilliseconds(p.DeadlineMs) : null,
        p.Follow,
        p.Stream);

    public static FollowTurnProto ToProto(FollowTurn c) =>
        new() { Conversation = c.Conversation.Value, Turn = c.Turn.Value, Stream = c.Stream, FromOffset = c.FromOffset };

    public static FollowTurn FromProto(FollowTurnProto p) => new(p.Conversation.Conversation(), p.Turn.Turn(), p.Stream, p.FromOffset);

    public static TurnRefProto ToProto(ConversationCommand c) => new() { Conversation = c.Conversation.Value, Turn = c.Turn.Value };

    public static GetTurn GetTurnFromProto(TurnRefProto p) => new(p.Conversation.Conversation(), p.Turn.Turn());

    public static CancelTurn CancelFromProto(TurnRefProto p) => new(p.Conversation.Conversation(), p.Turn.Turn());

    public static AcknowledgeReply AcknowledgeFromProto(TurnRefProto p) => new(p.Conversation.Conversation(), p.Turn.Turn());

    public static ConversationRefProto ToProto(IWithConversationId c) => new() { Conversation = c.Conversation.Value };

    public static GetConversation GetFromProto(ConversationRefProto p) => new(p.Conversation.Conversation());

    public static WakeConversation WakeFromProto(ConversationRefProto p) => new(p.Conversation.Conversation());

    public static TurnPendingProto ToProto(TurnPending a) => new()
    {
        Conversation = a.Conversation.Value,
        Turn = a.Turn.Value,
        Ahead = a.Ahead,
        FailedAttempts = a.FailedAttempts,
        LastError = a.LastError,
        ContentCheck = a.ContentCheck,
    };

    public static TurnPending FromProto(TurnPendingProto p) =>
        new(p.Conversation.Conversation(), p.Turn.Turn(), p.Ahead, p.FailedAttempts, p.LastError) { ContentCheck = p.ContentCheck };

    public static TurnSettledProto ToProto(TurnSettled a) => new()
    {
        Conversation = a.Conversation.Value,
        Turn = a.Turn.Value,
        Outcome = a.Outcome.ToProto(),
        Attempts = a.Attempts,
        Acknowledged = a.Acknowledged,
        AtMs = a.At.Ms(),
        ContentCheck = a.ContentCheck,
    };

    public static TurnSettled FromProto(TurnSettledProto p) => new(
        p.Conversation.Conversation(), p.Turn.Turn(), p.Outcome.Required("outcome").FromProto(), p.Attempts, p.Acknowledged, p.AtMs.Time())
    {
        ContentCheck = p.ContentCheck,
    };

    public static TurnRejectedProto ToProto(TurnRejected a) =>
        new() { Conversation = a.Conversation.Value, Turn = a.Turn.Value, Code = (int)a.Code, Reason = a.Reason, ContentCheck = a.ContentCheck };

    public static TurnRejected FromProto(TurnRejectedProto p) =>
        new(p.Conversation.Conversation(), p.Turn.Turn(), (RejectionCode)p.Code, p.Reason) { ContentCheck = p.ContentCheck };

    public static ConversationViewProto ToProto(ConversationView v)
    {
        var proto = new ConversationViewProto { Conversation = v.Conversation.Value, TurnsSettled = v.TurnsSettled };
        proto.Pending.AddRange(v.Pending.Select(turn => turn.Value));
        proto.History.AddRange(v.History.Select(exchange => exchange.ToProto()));
        return proto;
    }

    public static ConversationView FromProto(ConversationViewProto p) => new(
        p.Conversation.Conversation(),
        p.TurnsSettled,
        [.. p.Pending.Select(turn => turn.Turn())],
        [.. p.History.Select(exchange => exchange.FromProto())]);
}
