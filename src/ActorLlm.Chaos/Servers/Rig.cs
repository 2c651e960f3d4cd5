using ActorLlm.Chaos.Faults;
using ActorLlm.Chaos.Journal;
using ActorLlm.Chaos.Ledger;
using ActorLlm.Chaos.Network;

namespace ActorLlm.Chaos.Servers;

/// <summary>All that a run starts itself, for the faults to strike. What its faults need beyond that is set up only where one of them does.</summary>
internal sealed class Rig : IServers
{
    // Not the default one: a turn that loses its tenant is found.
    private const string Tenant = "chaos";

    // Nodes in networks of their own listen where others reach them, and so do not start without.
    private readonly ApiKey _key = new();

    // In the order they were started.
    private readonly Stack<IAsyncDisposable> _started = new();

    private Rig(TimeProvider time, TextWriter output) => (Time, Output) = (time, output);

    public TimeProvider Time { get; }

    /// <summary>Where it is told what happens.</summary>
    public TextWriter Output { get; }

    public NodeCluster Cluster { get; private set; } = null!;

    /// <summary>The nodes' PostgreSQL.</summary>
    public DatabaseServer Postgres { get; private set; } = null!;

    /// <summary>The simulated model.</summary>
    public ModelServer Simulator { get; private set; } = null!;

    /// <summary>The nodes' networks; null where all is on loopback.</summary>
    public NodeNetwork? Network { get; private set; }

    /// <summary>The jumps of the nodes' clocks.</summary>
    public ClockJumps Jumps { get; } = new();

    public IReadOnlyList<Uri> Nodes => [.. Cluster.Nodes.Select(node => node.Address)];

    public IReadOnlyList<Uri> Running =>
        Cluster.Nodes.Where(node => node.IsRunning).Select(node => node.Address).ToArray() is { Length: > 0 } running ? running : Nodes;

    public string Database => Postgres.DirectConnectionString;

    public JournalScope Scope => JournalScope.All(Tenant);

    public string? ApiKey => _key.Key;

    /// <summary>What the nodes know of the key.</summary>
    public IReadOnlyDictionary<string, string?> KeySettings => new Dictionary<string, string?>
    {
        ["ActorLlm__Gateway__ApiKeys__0__Tenant"] = Tenant,
        ["ActorLlm__Gateway__ApiKeys__0__Hash"] = _key.Hash,
    };

    public string? Model => null;

    public bool HasSimulatedModel => true;

    /// <summary>Starts everything; the nodes are not ready yet.</summary>
    /// <param name="options">How many nodes, and of which version.</param>
    /// <param name="needs">What the faults of the run need.</param>
    /// <param name="folder">Where the logs go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="output">Where it is told what happens.</param>
    /// <param name="cancellationToken">Gives up; what was started is ended.</param>
    /// <exception cref="UserErrorException">Something could not be started.</exception>
    public static async Task<Rig> StartAsync(
        ChaosOptions options, Needs needs, string folder, TimeProvider time, TextWriter output, CancellationToken cancellationToken)
    {
        var rig = new Rig(time, output);
        try
        {
            if (needs.HasFlag(Needs.Namespaces))
                rig.Network = rig.Keep(await NodeNetwork.CreateAsync(options.Nodes, cancellationToken));
            var host = rig.Network?.HostAddress ?? "127.0.0.1";
            var disk = needs.HasFlag(Needs.SmallDisk) ? rig.Keep(await SmallDisk.CreateAsync(cancellationToken)) : null;
            rig.Postgres = rig.Keep(await DatabaseServer.StartAsync(
                host, rig.Network is not null || needs.HasFlag(Needs.DatabaseProxy), disk, cancellationToken));
            rig.Simulator = rig.Keep(await ModelServer.StartAsync(host, needs.HasFlag(Needs.ModelProxy), Path.Combine(folder, "model"), cancellationToken));
            rig.Cluster = rig.Keep(NodeCluster.Plan(options.Nodes, rig, needs, folder, options.From));
            foreach (var node in rig.Cluster.Nodes)
                node.Start();
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    public bool IsComparable(DateTimeOffset written) => !Jumps.MayHaveWritten(written);

    public Task WaitReadyAsync(TimeSpan deadline, CancellationToken cancellationToken) => Cluster.WaitReadyAsync(deadline, cancellationToken);

    public async Task<ServersReport> ReportAsync(CancellationToken cancellationToken) => new(
        await Simulator.ReadCallsAsync(cancellationToken), [.. Cluster.Nodes.SelectMany(node => node.EndedByItself)], Postgres.Proxy?.CommitsLost);

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var last))
            await last.DisposeAsync();
    }

    private T Keep<T>(T started)
        where T : IAsyncDisposable
    {
        _started.Push(started);
        return started;
    }
}
