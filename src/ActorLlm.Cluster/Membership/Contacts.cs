using System.Net;
using System.Net.Sockets;
using ActorLlm.Domain;
using ActorLlm.Domain.Membership;
using Akka.Actor;
using Akka.Discovery;

namespace ActorLlm.Cluster.Membership;

/// <summary>Finds the nodes that may be asked to let this one in.</summary>
internal abstract class Contacts
{
    /// <summary>What is asked, for people.</summary>
    public abstract string Source { get; }

    /// <summary>Asks, anew each time: addresses come and go with their nodes.</summary>
    public abstract Task<IReadOnlyList<Contact>> FindAsync(CancellationToken cancellationToken);

    /// <summary>Those of the settings; null where the database is all that is asked.</summary>
    public static Contacts? Of(DiscoverySettings settings, ActorSystem system) => settings.Method switch
    {
        DiscoveryMethod.Database => null,
        DiscoveryMethod.Seeds => new Listed(settings.Names),
        DiscoveryMethod.Dns => new Named(settings.Names),
        DiscoveryMethod.Config => new Served(settings.Service, Discovery.Get(system).Default),
        _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Method, null),
    };

    // As an address in the cluster writes it.
    private static string Text(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();

    private sealed class Listed(IReadOnlyList<Contact> nodes) : Contacts
    {
        public override string Source => "the list ActorLlm:Cluster:Seeds";

        public override Task<IReadOnlyList<Contact>> FindAsync(CancellationToken cancellationToken) => Task.FromResult(nodes);
    }

    private sealed class Named(IReadOnlyList<Contact> names) : Contacts
    {
        public override string Source => $"DNS for {string.Join(", ", names)}";

        public override async Task<IReadOnlyList<Contact>> FindAsync(CancellationToken cancellationToken)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Limits.DiscoveryPatience);
            var found = await Task.WhenAll(names.Select(name => FindAsync(name, limit.Token))).ConfigureAwait(false);
            return [.. found.SelectMany(contacts => contacts)];
        }

        private static async Task<IEnumerable<Contact>> FindAsync(Contact name, CancellationToken cancellationToken)
        {
            try
            {
                var addresses = await Dns.GetHostAddressesAsync(name.Host, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
                return addresses.Select(address => new Contact(Text(address), name.Port));
            }
            catch (SocketException)
            {
                // A name without addresses does not resolve: the first node of all finds nobody, and other names may have some.
                return [];
            }
        }

    }

    private sealed class Served(string service, ServiceDiscovery discovery) : Contacts
    {
        public override string Source => $"Akka.Discovery for the service {service}";

        public override async Task<IReadOnlyList<Contact>> FindAsync(CancellationToken cancellationToken)
        {
            var resolved = await discovery.Lookup(new Lookup(service), Limits.DiscoveryPatience).WaitAsync(Limits.DiscoveryPatience, cancellationToken).ConfigureAwait(false);
            return [.. resolved.Addresses.Where(target => target.Port is not null).Select(target => new Contact(target.Address is { } address ? Text(address) : target.Host, target.Port!.Value))];
        }
    }
}
