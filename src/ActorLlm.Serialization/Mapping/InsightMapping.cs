using ActorLlm.Domain.Conversations;
using ActorLlm.Serialization.Proto;

namespace ActorLlm.Serialization.Mapping;

/// <summary>What an operator asks conversations, and is told.</summary>
internal static class InsightMapping
{
    public static InspectTurn InspectTurnFromProto(TurnRefProto p) => new(p.Conversation.Conversation(), p.Turn.Turn());

    public static ConversationRefProto ToProto(InspectConversation c) => new() { Conversation = c.Conversation.Value };

    public static InspectConversation InspectFromProto(ConversationRefProto p) => new(p.Conversation.Conversation());

    public static TurnInsightProto ToProto(TurnInsight i) => new()
    {
        Conversation = i.Conversation.Value,
        Turn = i.Turn.Value,
        Home = i.Home,
        AcceptedNr = i.AcceptedNr,
        SettledNr = i.SettledNr,
        Ahead = i.Ahead,
        Acknowledged = i.Acknowledged,
        Requeued = i.Requeued,
        Run = i.Run is { } run ? new RunInsightProto { Attempt = run.Attempt, Queued = run.Queued, Node = run.Node, WaitsFor = run.WaitsFor } : null,
    };

    public static TurnInsight FromProto(TurnInsightProto p) => new(
        p.Conversation.Conversation(),
        p.Turn.Turn(),
        p.Home,
        p.AcceptedNr,
        p.SettledNr,
        p.Ahead,
        p.Acknowledged,
        p.Requeued,
        p.Run is { } run ? new RunInsight(run.Attempt, run.Queued, run.Node) { WaitsFor = run.WaitsFor } : null);

    public static ConversationInsightProto ToProto(ConversationInsight i)
    {
        var proto = new ConversationInsightProto { Conversation = i.Conversation.Value, Exists = i.Exists, TurnsSettled = i.TurnsSettled };
        if (i.CreatedAt != DateTimeOffset.MinValue) proto.CreatedAtMs = i.CreatedAt.Ms();
        foreach (var turn in i.Turns) proto.Turns.Add(ToProto(turn));
        return proto;
    }

    public static ConversationInsight FromProto(ConversationInsightProto p) => new(
        p.Conversation.Conversation(),
        p.Exists,
        p.HasCreatedAtMs ? p.CreatedAtMs.Time() : DateTimeOffset.MinValue,
        p.TurnsSettled,
        [.. p.Turns.Select(FromProto)]);

    private static TurnGlanceProto ToProto(TurnGlance turn)
    {
        var proto = new TurnGlanceProto
        {
            Turn = turn.Turn.Value,
            Phase = (int)turn.Phase,
            AcceptedNr = turn.AcceptedNr,
            Attempts = turn.Attempts,
            Reason = turn.Reason,
        };
        if (turn.AcceptedAt is { } accepted) proto.AcceptedAtMs = accepted.Ms();
        if (turn.SettledAt is { } settled) proto.SettledAtMs = settled.Ms();
        return proto;
    }

    private static TurnGlance FromProto(TurnGlanceProto p) => new(
        p.Turn.Turn(),
        (TurnPhase)p.Phase,
        p.AcceptedNr,
        p.HasAcceptedAtMs ? p.AcceptedAtMs.Time() : null,
        p.HasSettledAtMs ? p.SettledAtMs.Time() : null,
        p.Attempts,
        p.Reason);
}
