using ActorLlm.Domain.Membership;

namespace ActorLlm.Domain.Tests.Membership;

public class RendezvousTests
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);
    private static readonly TimeSpan JustHeard = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_node_that_finds_nobody_forms_a_cluster_at_once() =>
        Assert.IsType<JoinStep.Form>(Rendezvous.Next([], TimeSpan.Zero));

    [Fact]
    public void While_one_node_is_heard_of_no_other_cluster_is_formed_however_long_it_takes()
    {
        var step = Rendezvous.Next([Node("b:1", JustHeard), Node("a:1", Long)], Long);

        Assert.Equal(["a:1", "b:1"], Assert.IsType<JoinStep.Join>(step).Addresses);
    }

    [Fact]
    public void Nodes_that_are_silent_are_tried_until_they_had_time_to_be_heard_again()
    {
        var silent = Node("a:1", Limits.NodeFreshFor);

        Assert.IsType<JoinStep.Join>(Rendezvous.Next([silent], Limits.WatchBeforeForming - TimeSpan.FromMilliseconds(1)));
        Assert.IsType<JoinStep.Form>(Rendezvous.Next([silent], Limits.WatchBeforeForming));
    }

    [Fact]
    public void Of_the_nodes_that_were_found_those_are_joined_that_the_database_knows()
    {
        string[] known = ["10.0.0.1:4053", "10.0.0.2:4053", "Node3:4053"];
        Contact[] found = [new("node3", 4053), new("10.0.0.2", 4053), new("10.0.0.1", 4054), new("elsewhere", 4053), new("10.0.0.2", 4053)];

        // As the database writes them, and so as they call themselves.
        Assert.Equal(["10.0.0.2:4053", "Node3:4053"], Rendezvous.Contacts(known, found));
    }

    [Fact]
    public void Nobody_is_joined_for_being_found_alone_or_known_alone()
    {
        Assert.Empty(Rendezvous.Contacts(["a:1"], []));
        Assert.Empty(Rendezvous.Contacts([], [new Contact("a", 1)]));
        Assert.Empty(Rendezvous.Contacts(["a:1"], [new Contact("b", 1)]));
    }

    [Fact]
    public void A_stranger_is_a_living_process_that_is_no_member_also_where_an_earlier_one_at_its_address_is()
    {
        KnownNode[] others =
            [Node("member:1", JustHeard), Node("dead:1", Limits.NodeFreshFor), Node("stranger:1", JustHeard), Node("restarted:1", JustHeard, incarnation: 2)];
        var members = new HashSet<NodeId> { new("self:1", 1), new("member:1", 1), new("restarted:1", 1) };

        Assert.Equal(["stranger:1", "restarted:1"], Rendezvous.Strangers(others, members).Select(node => node.Id.Address));
    }

    [Fact]
    public void Of_two_clusters_exactly_one_yields()
    {
        foreach (var (ours, theirs) in new[] { (1, 1), (1, 2), (2, 1), (3, 3), (9, 2) })
        {
            string[] ourNodes = [.. Enumerable.Range(0, ours).Select(n => $"b{n}:1")];
            string[] theirNodes = [.. Enumerable.Range(0, theirs).Select(n => $"a{n}:1")];

            var weYield = Rendezvous.Yields(ourNodes, [.. theirNodes.Select(address => Node(address, JustHeard, theirs))]);
            var theyYield = Rendezvous.Yields(theirNodes, [.. ourNodes.Select(address => Node(address, JustHeard, ours))]);

            Assert.NotEqual(weYield, theyYield);
            Assert.Equal(ours < theirs || ours == theirs, weYield);
        }
    }

    private static KnownNode Node(string address, TimeSpan age, int members = 1, long incarnation = 1) => new(new NodeId(address, incarnation), members, age);
}
