using System.Net;
using ActorLlm.Cluster.Membership;
using Akka.Actor;
using Akka.Discovery;

namespace ActorLlm.Cluster.Tests.Membership;

public sealed class ContactsTests
{
    [Fact]
    public async Task Addresses_that_Akka_discovers_are_written_as_addresses_of_the_cluster_are()
    {
        var method = typeof(TwoAddresses).AssemblyQualifiedName;
        using var system = ActorSystem.Create("contacts", $$"""akka.discovery { method = two, two.class = "{{method}}" }""");

        var found = await Contacts.Of(new DiscoverySettings(DiscoveryMethod.Config, [], "nodes"), system)!.FindAsync(CancellationToken.None);

        Assert.Equal(["[2001:db8::1]:4053", "10.0.0.1:4053", "node-3:4053"], found.Select(contact => contact.ToString()));
    }

    private sealed class TwoAddresses : ServiceDiscovery
    {
        public override Task<Resolved> Lookup(Lookup lookup, TimeSpan resolveTimeout) => Task.FromResult(new Resolved(lookup.ServiceName,
        [
            new ResolvedTarget("2001:db8::1", 4053, IPAddress.Parse("2001:db8::1")), new ResolvedTarget("10.0.0.1", 4053, IPAddress.Parse("10.0.0.1")),
            new ResolvedTarget("node-3", 4053),
        ]));
    }
}
