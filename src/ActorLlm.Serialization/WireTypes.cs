using ActorLlm.Domain.Capacity;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Recovery;
using ActorLlm.Domain.Routing;
using ActorLlm.Serialization.Mapping;
using ActorLlm.Serialization.Proto;
using Google.Protobuf;

namespace ActorLlm.Serialization;

/// <summary>One type on the wire: its manifest and how it is written and read.</summary>
internal sealed record WireType(Type Type, string Manifest, RowEffect Effect, Func<object, IMessage> Write, Func<byte[], object> Read)
{
    public static WireType Of<T, TProto>(
        string manifest, Func<T, TProto> write, Func<TProto, T> read, RowEffect effect = RowEffect.None)
        where T : class
        where TProto : IMessage<TProto>, new()
    {
        var parser = new MessageParser<TProto>(() => new TProto());
        return new WireType(typeof(T), manifest, effect, value => write((T)value), bytes => read(parser.ParseFrom(bytes)));
    }
}

/// <summary>
/// The flat table of manifests. An entry, once released, never changes and never goes; a new shape of a message is a new manifest beside
/// the old one, read one release before it is written.
/// </summary>
public static class WireTypes
{
    internal static readonly WireType[] All =
    [
        // Stored.
        WireType.Of<TurnAccepted, TurnAcceptedProto>("ta1", EventMapping.ToProto, EventMapping.FromProto, RowEffect.Opens),
        WireType.Of<AttemptFailed, AttemptFailedProto>("af1", EventMapping.ToProto, EventMapping.FromProto),
        WireType.Of<ReplyCommitted, ReplyCommittedProto>("rc1", EventMapping.ToProto, EventMapping.FromProto, RowEffect.Closes),
        WireType.Of<TurnFailed, TurnFailedProto>("tf1", EventMapping.ToProto, EventMapping.FromProto, RowEffect.Closes),
        WireType.Of<TurnCancelled, TurnCancelledProto>("tc1", EventMapping.ToProto, EventMapping.FromProto, RowEffect.Closes),
        WireType.Of<ReplyAcknowledged, ReplyAcknowledgedProto>("ra1", EventMapping.ToProto, EventMapping.FromProto),
        WireType.Of<ItemsAdded, ItemsAddedProto>("ia1", EventMapping.ToProto, EventMapping.FromProto),
        WireType.Of<ItemDeleted, ItemDeletedProto>("id1", EventMapping.ToProto, EventMapping.FromProto),
        WireType.Of<TurnDeleted, TurnDeletedProto>("td1", EventMapping.ToProto, EventMapping.FromProto),
        WireType.Of<ConversationDescribed, ConversationDescribedProto>("cd1", EventMapping.ToProto, EventMapping.FromProto),
        WireType.Of<ConversationDeleted, ConversationDeletedProto>("cx1", EventMapping.ToProto, EventMapping.FromProto),
        WireType.Of<ConversationState, SnapshotProto>("cs1", SnapshotMapping.ToProto, SnapshotMapping.FromProto),

        WireType.Of<ToolBegun, ToolBegunProto>("sb1", StepMapping.ToProto, StepMapping.FromProto),
        WireType.Of<ChildBegun, ChildBegunProto>("cb1", StepMapping.ToProto, StepMapping.FromProto, RowEffect.Opens),
        WireType.Of<ApprovalBegun, ApprovalBegunProto>("ab1", StepMapping.ToProto, StepMapping.FromProto, RowEffect.Asks),
        WireType.Of<StepEnded, StepEndedProto>("se1", StepMapping.ToProto, StepMapping.FromProto),
        WireType.Of<ChildEnded, ChildEndedProto>("ce1", StepMapping.ToProto, StepMapping.FromProto, RowEffect.Closes),
        WireType.Of<AttemptSuspended, AttemptSuspendedProto>("su1", StepMapping.ToProto, StepMapping.FromProto),

        // Client and conversation.
        WireType.Of<SubmitTurn, SubmitTurnProto>("st1", CommandMapping.ToProto, CommandMapping.FromProto),
        WireType.Of<FollowTurn, FollowTurnProto>("ft1", CommandMapping.ToProto, CommandMapping.FromProto),
        WireType.Of<GetTurn, TurnRefProto>("gt1", CommandMapping.ToProto, CommandMapping.GetTurnFromProto),
        WireType.Of<CancelTurn, TurnRefProto>("ct1", CommandMapping.ToProto, CommandMapping.CancelFromProto),
        WireType.Of<AcknowledgeReply, TurnRefProto>("ar1", CommandMapping.ToProto, CommandMapping.AcknowledgeFromProto),
        WireType.Of<ReadTurn, TurnRefProto>("rt1", CommandMapping.ToProto, CommandMapping.ReadFromProto),
        WireType.Of<DeleteTurn, TurnRefProto>("dt1", CommandMapping.ToProto, CommandMapping.DeleteTurnFromProto),
        WireType.Of<AddItems, AddItemsProto>("ai1", CommandMapping.ToProto, CommandMapping.FromProto),
        WireType.Of<DeleteItem, DeleteItemProto>("di1", CommandMapping.ToProto, CommandMapping.FromProto),
        WireType.Of<DescribeConversation, DescribeConversationProto>("dc1", CommandMapping.ToProto, CommandMapping.FromProto),
        WireType.Of<DeleteConversation, TurnRefProto>("dx1", CommandMapping.ToProto, CommandMapping.DeleteConversationFromProto),
        WireType.Of<TurnRecord, TurnRecordProto>("te1", CommandMapping.ToProto, CommandMapping.FromProto),
        WireType.Of<GetConversation, ConversationRefProto>("gc1", CommandMapping.ToProto, CommandMapping.GetFromProto),
        WireType.Of<WakeConversation, ConversationRefProto>("wc1", CommandMapping.ToProto, CommandMapping.WakeFromProto),
        WireType.Of<TurnPending, TurnPendingProto>("tp1", CommandMapping.ToProto, CommandMapping.FromProto),
        WireType.Of<TurnSettled, TurnSettledProto>("ts1", CommandMapping.ToProto, CommandMapping.FromProto),
        WireType.Of<TurnRejected, TurnRejectedProto>("tr1", CommandMapping.ToProto, CommandMapping.FromProto),
        WireType.Of<ConversationView, ConversationViewProto>("cv1", CommandMapping.ToProto, CommandMapping.FromProto),
        WireType.Of<InspectTurn, TurnRefProto>("it1", CommandMapping.ToProto, InsightMapping.InspectTurnFromProto),
        WireType.Of<InspectConversation, ConversationRefProto>("ic1", InsightMapping.ToProto, InsightMapping.InspectFromProto),
        WireType.Of<TurnInsight, TurnInsightProto>("ti1", InsightMapping.ToProto, InsightMapping.FromProto),
        WireType.Of<ConversationInsight, ConversationInsightProto>("ci1", InsightMapping.ToProto, InsightMapping.FromProto),

        // Conversation, dispatcher and worker.
        WireType.Of<RunAttempt, RunAttemptProto>("at1", AttemptMapping.ToProto, AttemptMapping.FromProto),
        WireType.Of<StopAttempt, AttemptRefProto>("as1", AttemptMapping.ToProto, AttemptMapping.StopFromProto),
        WireType.Of<AttachStream, AttachStreamProto>("aa1", AttemptMapping.ToProto, AttemptMapping.FromProto),
        WireType.Of<StreamChunk, StreamChunkProto>("ac1", AttemptMapping.ToProto, AttemptMapping.FromProto),
        WireType.Of<Heartbeat, HeartbeatProto>("ah1", AttemptMapping.ToProto, AttemptMapping.FromProto),
        WireType.Of<AttemptResult, AttemptResultProto>("ae1", AttemptMapping.ToProto, AttemptMapping.FromProto),
        WireType.Of<ResultAck, AttemptRefProto>("ak1", AttemptMapping.ToProto, AttemptMapping.AckFromProto),
        WireType.Of<AttemptRefused, AttemptRefProto>("ax1", AttemptMapping.ToProto, AttemptMapping.RefusedFromProto),
        WireType.Of<LoadReport, LoadReportProto>("lr1", RoutingMapping.ToProto, RoutingMapping.FromProto),
        WireType.Of<GetWorkers, WorkerListProto>("gw1", _ => new WorkerListProto(), _ => GetWorkers.Instance),
        WireType.Of<WorkerList, WorkerListProto>("wl1", RoutingMapping.ToProto, RoutingMapping.FromProto),

        WireType.Of<BeginStep, BeginStepProto>("bs1", StepMapping.ToProto, StepMapping.FromProto),
        WireType.Of<EndStep, EndStepProto>("es1", StepMapping.ToProto, StepMapping.FromProto),
        WireType.Of<StepStanding, StepStandingProto>("ss1", StepMapping.ToProto, StepMapping.FromProto),
        WireType.Of<StepRefused, StepRefusedProto>("sr1", StepMapping.ToProto, StepMapping.FromProto),

        // Operator and conversation.
        WireType.Of<DecideApproval, DecideApprovalProto>("da1", StepMapping.ToProto, StepMapping.FromProto),
        WireType.Of<GetApprovals, ConversationRefProto>("ga1", StepMapping.ToProto, StepMapping.FromProto),
        WireType.Of<ApprovalList, ApprovalListProto>("al1", StepMapping.ToProto, StepMapping.FromProto),

        // Operator and node.
        WireType.Of<GetNodeStanding, NodeOrderProto>("gs1", _ => new NodeOrderProto(), _ => GetNodeStanding.Instance),
        WireType.Of<DrainNode, NodeOrderProto>("dn1", _ => new NodeOrderProto(), _ => DrainNode.Instance),
        WireType.Of<ResumeNode, NodeOrderProto>("rn1", _ => new NodeOrderProto(), _ => ResumeNode.Instance),
        WireType.Of<NodeStanding, NodeStandingProto>("ns1", RoutingMapping.ToProto, RoutingMapping.FromProto),
        WireType.Of<GetUnfinished, NodeOrderProto>("gu1", _ => new NodeOrderProto(), _ => GetUnfinished.Instance),
        WireType.Of<UnfinishedList, UnfinishedListProto>("ul1", RoutingMapping.ToProto, RoutingMapping.FromProto),
        WireType.Of<GetCapacity, NodeOrderProto>("gp1", _ => new NodeOrderProto(), _ => GetCapacity.Instance),
        WireType.Of<CapacityReport, CapacityReportProto>("cp1", CapacityMapping.ToProto, CapacityMapping.FromProto),
        WireType.Of<GetAsking, NodeOrderProto>("gk1", _ => new NodeOrderProto(), _ => GetAsking.Instance),
        WireType.Of<AskingList, AskingListProto>("kl1", RoutingMapping.ToProto, RoutingMapping.FromProto),
    ];

    private static readonly Dictionary<string, string> Names = All.ToDictionary(type => type.Manifest, type => type.Type.Name);

    private static readonly Dictionary<string, RowEffect> Effects = All.ToDictionary(type => type.Manifest, type => type.Effect);

    /// <summary>What a journal row with this manifest does to its conversation's unfinished turns and children; an unknown manifest does nothing.</summary>
    public static RowEffect EffectOf(string manifest) => Effects.GetValueOrDefault(manifest);

    /// <summary>The name of what a journal row with this manifest holds; the manifest itself where a newer version wrote it.</summary>
    public static string NameOf(string manifest) => Names.GetValueOrDefault(manifest, manifest);
}
