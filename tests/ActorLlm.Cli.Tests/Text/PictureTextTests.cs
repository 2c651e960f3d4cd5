using ActorLlm.Cli.Tests.Fakes;
using ActorLlm.Inspection;
using ActorLlm.Inspection.Text;

namespace ActorLlm.Cli.Tests.Text;

public sealed class PictureTextTests
{
    [Fact]
    public void Members_are_a_table_with_what_is_special_about_each() => Assert.Equal(
        """
        2 members, seen by 10.0.0.1:4053

        NODE           STATUS  REACHABLE  ROLES                          VERSION  NOTES
        10.0.0.1:4053  Up      yes        conversation, gateway, worker  0.1.0    leader, coordinator
        10.0.0.2:4053  Up      no         worker                         0.1.0    draining

        """,
        ClusterText.Of(Samples.Cluster, Samples.View).ToString());

    [Fact]
    public void Changes_between_two_looks_are_told_and_nothing_else()
    {
        var before = Samples.Cluster with { Members = [Samples.Cluster.Members[0], Samples.Cluster.Members[1] with { Reachable = true, Draining = false }] };
        var gone = Samples.Cluster with { Leader = null, Members = [Samples.Cluster.Members[0]] };

        Assert.Empty(ClusterText.Changes(before, before));
        Assert.Equal(["10.0.0.2:4053 is Up, unreachable, draining"], Lines(before, Samples.Cluster));
        Assert.Equal(["10.0.0.2:4053 is no member any more", "there is no leader"], Lines(Samples.Cluster, gone));
        Assert.Equal(
            ["10.0.0.1:4053 is Up", "10.0.0.2:4053 is Up", "10.0.0.1:4053 is the leader", "10.0.0.1:4053 is the coordinator"], Lines(null, before));

        static IEnumerable<string> Lines(ClusterPicture? before, ClusterPicture now) => ClusterText.Changes(before, now).Select(line => line.ToString());
    }

    [Fact]
    public void Workers_have_a_row_for_each_backend() => Assert.Equal(
        """
        NODE           IN FLIGHT    CAPACITY  LATENCY  BACKEND  HEALTH
        10.0.0.1:4053          3         256   1.24 s  main     good
                                                       spare    4 failures in a row: status 503
        10.0.0.2:4053          0  takes none        -  -

        """,
        LoadText.Of(
            new WorkersPicture(
            [
                new(Samples.First, 256, 3, 1240, [new("main", 0, ""), new("spare", 4, "status\n503")]),
                new(Samples.Second, 0, 0, 0, []),
            ]),
            Samples.View).ToString());

    [Fact]
    public void No_worker_at_all_is_said_with_what_it_means() =>
        Assert.Contains("There is no worker", LoadText.Of(new WorkersPicture([]), Samples.View).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Shards_are_counted_by_node_with_those_that_did_not_answer_and_what_moved() => Assert.Equal(
        """
        3 of 300 shards have a home, with 12 conversations in memory

        NODE              SHARDS  CONVERSATIONS
        10.0.0.1:4053          3             12
        10.0.0.2:4053  no answer              ?

        MOVED AT (UTC)       SHARD  FROM           TO
        2026-11-28 12:00:00      7  10.0.0.2:4053  10.0.0.1:4053

        """,
        LoadText.Of(Shards, Samples.View).ToString());

    [Fact]
    public void Each_shard_has_a_row_where_that_is_asked_for() => Assert.StartsWith(
        """
        3 of 300 shards have a home, with 12 conversations in memory

        SHARD  NODE           CONVERSATIONS
            1  10.0.0.1:4053              4
            7  10.0.0.1:4053              8
          299  10.0.0.1:4053              0
            ?  10.0.0.2:4053      no answer

        """,
        LoadText.Of(Shards, Samples.View, each: true).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Conversations_are_a_table_by_their_last_event() => Assert.Equal(
        """
        CONVERSATION  EVENTS  LAST EVENT      AT (UTC)
        default/demo       4  ReplyCommitted  2026-11-28 12:00:00

        """,
        ConversationText.Of(new ConversationPage([new("default/demo", 4, "ReplyCommitted", Samples.Noon)], null), Samples.View).ToString());

    [Fact]
    public void A_conversation_shows_its_turns_and_why_some_failed() => Assert.Equal(
        """
        default/demo: created 2026-11-28 12:00:00 UTC, 1 turn settled

        TURN    STATE    ATTEMPTS  ACCEPTED (UTC)         TOOK  REASON
        turn-1  failed          3  2026-11-28 12:00:00  1.50 s  status 503
        turn-2  running         1  ?                         -

        """,
        ConversationText.Of(
            new ConversationPicture("default/demo", Samples.Noon, 1,
            [
                new("turn-1", TurnState.Failed, Samples.Noon, Samples.Noon.AddSeconds(1.5), 3, "status 503"),
                new("turn-2", TurnState.Running, null, null, 1, ""),
            ]),
            Samples.View).ToString());

    [Fact]
    public void A_doctor_says_the_worst_first_and_how_much_there_is() => Assert.Equal(
        """
        warning  versions: two versions are mixed: 0.1.0, 0.2.0
                 Finish the upgrade.
        good     journal index: the unique index is there

        0 bad, 1 to be seen to, 1 good; asked 10.0.0.1:4053 at 2026-11-28 12:00:00 UTC

        """,
        DoctorText.Of(Samples.Doctor, Samples.View).ToString());

    [Fact]
    public void An_audit_log_shows_orders_with_what_became_of_them_and_whether_it_was_changed()
    {
        var order = new AuditEntry(1, Samples.Noon, Samples.First, "loopback", "127.0.0.1", "drain", Samples.Second, 0, "", "0", "a");
        var page = new AuditPage([order with { Number = 2, Of = 1, Outcome = "empty" }, order], null, new AuditCheck(true, 2, "abc", ""));

        Assert.Equal(
            """
            The log is as it was written: 2 rows, the last with the hash abc

            ROW  AT (UTC)             WHO       FROM       NODE           ACTION  TARGET         OUTCOME
              2  2026-11-28 12:00:00  loopback  127.0.0.1  10.0.0.1:4053  drain   10.0.0.2:4053  of 1: empty
              1  2026-11-28 12:00:00  loopback  127.0.0.1  10.0.0.1:4053  drain   10.0.0.2:4053  ordered

            """,
            AuditText.Of(page, Samples.View).ToString());
        Assert.StartsWith(
            "THE LOG WAS CHANGED: Row 2 was changed.",
            AuditText.Of(page with { Chain = new AuditCheck(false, 1, "a", "Row 2 was changed.") }, Samples.View).ToString(), StringComparison.Ordinal);
    }

    private static ShardsPicture Shards => new(
        300, [new(Samples.First, [new(1, 4), new(7, 8), new(299, 0)])], [Samples.Second], [new(7, Samples.Second, Samples.First, Samples.Noon)]);
}
