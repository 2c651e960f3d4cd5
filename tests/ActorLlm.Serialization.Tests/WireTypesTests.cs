using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Recovery;

namespace ActorLlm.Serialization.Tests;

public class WireTypesTests
{
    [Fact]
    public void The_manifests_are_frozen_and_an_entry_is_only_ever_added() =>
        Assert.Equal(
            [
                "ta1 TurnAccepted", "af1 AttemptFailed", "rc1 ReplyCommitted", "tf1 TurnFailed", "tc1 TurnCancelled", "ra1 ReplyAcknowledged",
                "ia1 ItemsAdded", "id1 ItemDeleted", "td1 TurnDeleted", "cd1 ConversationDescribed", "cx1 ConversationDeleted",
                "cs1 ConversationState",
                "sb1 ToolBegun", "cb1 ChildBegun", "ab1 ApprovalBegun", "se1 StepEnded", "ce1 ChildEnded", "su1 AttemptSuspended",
                "st1 SubmitTurn", "ft1 FollowTurn", "gt1 GetTurn", "ct1 CancelTurn", "ar1 AcknowledgeReply",
                "rt1 ReadTurn", "dt1 DeleteTurn", "ai1 AddItems", "di1 DeleteItem", "dc1 DescribeConversation", "dx1 DeleteConversation", "te1 TurnRecord",
                "gc1 GetConversation", "wc1 WakeConversation",
                "tp1 TurnPending", "ts1 TurnSettled", "tr1 TurnRejected", "cv1 ConversationView",
                "it1 InspectTurn", "ic1 InspectConversation", "ti1 TurnInsight", "ci1 ConversationInsight",
                "at1 RunAttempt", "as1 StopAttempt", "aa1 AttachStream", "ac1 StreamChunk", "ah1 Heartbeat", "ae1 AttemptResult",
                "ak1 ResultAck", "ax1 AttemptRefused",
                "lr1 LoadReport", "gw1 GetWorkers", "wl1 WorkerList",
                "bs1 BeginStep", "es1 EndStep", "ss1 StepStanding", "sr1 StepRefused", "da1 DecideApproval", "ga1 GetApprovals", "al1 ApprovalList",
                "gs1 GetNodeStanding", "dn1 DrainNode", "rn1 ResumeNode", "ns1 NodeStanding", "gu1 GetUnfinished", "ul1 UnfinishedList", "gp1 GetCapacity", "cp1 CapacityReport",
                "gk1 GetAsking", "kl1 AskingList",
            ],
            WireTypes.All.Select(type => $"{type.Manifest} {type.Type.Name}"));

    [Fact]
    public void The_serializers_number_is_frozen() => Assert.Equal((711, 711), (ActorLlmSerializer.Id, Wire.Serializer.Identifier));

    [Fact]
    public void Manifests_and_types_are_unique()
    {
        Assert.Distinct(WireTypes.All.Select(type => type.Manifest));
        Assert.Distinct(WireTypes.All.Select(type => type.Type));
    }

    [Fact]
    public void Every_type_in_the_table_has_a_generator_and_the_other_way_round() =>
        Assert.Equal(
            WireTypes.All.Select(type => type.Type.Name).Order(StringComparer.Ordinal),
            Values.Of.Keys.Select(type => type.Name).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData(typeof(ConversationEvent))]
    [InlineData(typeof(IWithConversationId))]
    public void Every_message_and_event_of_the_domain_is_in_the_table(Type kind)
    {
        var kinds = kind.Assembly.GetTypes().Where(type => type.IsAssignableTo(kind) && !type.IsAbstract && !type.IsInterface);

        Assert.Empty(kinds.Except(WireTypes.All.Select(type => type.Type)));
    }

    [Fact]
    public void Acceptances_and_children_open_what_is_owed_and_each_end_closes_it_and_an_approval_asks()
    {
        string[] closing = ["rc1", "tf1", "tc1", "ce1"];
        Assert.All((string[])["ta1", "cb1"], manifest => Assert.Equal(RowEffect.Opens, WireTypes.EffectOf(manifest)));
        Assert.Equal(RowEffect.Asks, WireTypes.EffectOf("ab1"));
        Assert.All(closing, manifest => Assert.Equal(RowEffect.Closes, WireTypes.EffectOf(manifest)));
        Assert.All(
            WireTypes.All.Select(type => type.Manifest).Except([.. closing, "ta1", "cb1", "ab1"]),
            manifest => Assert.Equal(RowEffect.None, WireTypes.EffectOf(manifest)));
    }

    [Fact]
    public void A_row_is_named_by_its_event_and_one_of_a_newer_version_by_its_manifest() =>
        Assert.Equal(("ReplyCommitted", "zz9"), (WireTypes.NameOf("rc1"), WireTypes.NameOf("zz9")));

    [Fact]
    public void An_unknown_manifest_in_the_journal_neither_opens_nor_closes() => Assert.Equal(RowEffect.None, WireTypes.EffectOf("zz9"));
}
