using ActorLlm.Cluster.Inspection;
using ActorLlm.Inspection;

namespace ActorLlm.Cluster.Tests.Inspection;

/// <summary>What is found in what members say.</summary>
public class ClusterCheckTests
{
    private static readonly MemberPicture Member = new("a:1", "Up", true, ["worker"], "0.1.0", false);

    [Fact]
    public void A_member_that_is_not_heard_is_bad_and_is_named()
    {
        var finding = Single(Cluster(Member, Member with { Node = "b:1", Reachable = false }), "members");

        Assert.Equal((Severity.Bad, "Not heard: b:1."), (finding.Severity, finding.Message));
        Assert.Equal(Severity.Good, Single(Cluster(Member), "members").Severity);
    }

    [Fact]
    public void Two_versions_side_by_side_are_a_warning_that_says_who_runs_which()
    {
        var finding = Single(Cluster(Member, Member with { Node = "b:1", Version = "0.2.0" }), "versions");

        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.Contains("0.1.0 on a:1; 0.2.0 on b:1", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.9, 0, Severity.Good)]
    [InlineData(2, 0, Severity.Warning)]
    [InlineData(-2, 0, Severity.Warning)]
    [InlineData(11, 0, Severity.Bad)]
    // The question itself took two seconds: the difference may come from that.
    [InlineData(1.5, 1, Severity.Good)]
    public void A_clock_that_differs_from_the_databases_is_found(double ahead, double uncertainty, Severity severity)
    {
        var finding = ClusterCheck.Clocks([Clock("a:1", 5, 0), Clock("b:1", 5 + ahead, uncertainty)], TimeSpan.FromSeconds(5));

        Assert.Equal(severity, finding.Severity);
        Assert.Equal(severity != Severity.Good, finding.Message.Contains("b:1", StringComparison.Ordinal));
        Assert.DoesNotContain("a:1", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_did_not_tell_its_time_is_named() =>
        Assert.Equal(
            (Severity.Warning, "Not told by b:1."),
            ClusterCheck.Clocks([Clock("a:1", 0, 0), new NodeClock("b:1", null, TimeSpan.Zero)], null) is var finding ? (finding.Severity, finding.Message) : default);

    [Fact]
    public void Workers_that_take_nothing_and_backends_that_fail_are_found()
    {
        var failing = new WorkerPicture("a:1", 8, 0, 0, [new BackendPicture("openai", 4, "503"), new BackendPicture("spare", 0, "")]);

        var found = ClusterCheck.Workers(new WorkersPicture([failing, new WorkerPicture("b:1", 0, 0, 0, [])])).ToArray();
        var none = ClusterCheck.Workers(new WorkersPicture([new WorkerPicture("b:1", 0, 0, 0, [])])).ToArray();

        Assert.Equal([("workers", Severity.Good), ("backends", Severity.Warning)], found.Select(finding => (finding.Check, finding.Severity)));
        Assert.Contains("openai fails on a:1, 4 attempts in a row: 503", found[1].Message, StringComparison.Ordinal);
        Assert.Equal([("workers", Severity.Bad), ("backends", Severity.Good)], none.Select(finding => (finding.Check, finding.Severity)));
        Assert.Equal(Severity.Warning, Assert.Single(ClusterCheck.Workers(null)).Severity);
    }

    private static ClusterPicture Cluster(params MemberPicture[] members) => new("a:1", "a:1", "a:1", members);

    private static Finding Single(ClusterPicture cluster, string check) => ClusterCheck.Members(cluster).Single(finding => finding.Check == check);

    private static NodeClock Clock(string node, double ahead, double uncertainty) => new(node, TimeSpan.FromSeconds(ahead), TimeSpan.FromSeconds(uncertainty));
}
