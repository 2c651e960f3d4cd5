using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Resumption;

/// <summary>
/// Nodes of one role each, so that what a killed one takes with it is known: two gateways, two workers, and one home of all conversations, in whose
/// place another is started when it is killed.
/// </summary>
internal sealed class ResumeNodes : IAsyncDisposable
{
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(90);

    private readonly DatabaseServer _database;
    private readonly ClusterNode[] _all;
    private int _home;

    private ResumeNodes(DatabaseServer database, ModelServer model, string folder, TimeProvider time, TextWriter output)
    {
        (_database, Model) = (database, model);
        string[] names = ["gateway-1", "gateway-2", "worker-1", "worker-2", "conversation-1", "conversation-2"];
        var ports = FixedPorts.Take(2 * names.Length);
        _all = [.. names.Select((name, i) => new ClusterNode(
            new NodePlace(name, "127.0.0.1", ports[i], ports[names.Length + i]),
            Path.Combine(folder, name),
            Settings(name.Split('-')[0], ports[names.Length + i]),
            time,
            output))];
    }

    /// <summary>The simulated model.</summary>
    public ModelServer Model { get; }

    public IReadOnlyList<ClusterNode> Gateways => _all[..2];

    private ClusterNode Home => _all[4 + _home];

    private IEnumerable<ClusterNode> Running => _all.Where(node => node != _all[5 - _home]);

    /// <summary>Starts everything and waits until it is ready.</summary>
    /// <exception cref="UserErrorException">Something could not be started.</exception>
    public static async Task<ResumeNodes> StartAsync(string folder, TimeProvider time, TextWriter output, CancellationToken cancellationToken)
    {
        var database = await DatabaseServer.StartAsync("127.0.0.1", withProxy: false, disk: null, cancellationToken);
        ModelServer? model = null;
        try
        {
            model = await ModelServer.StartAsync("127.0.0.1", withProxy: false, Path.Combine(folder, "model"), cancellationToken);
            var nodes = new ResumeNodes(database, model, folder, time, output);
            foreach (var node in nodes.Running)
                node.Start();
            try
            {
                await nodes.WaitReadyAsync(cancellationToken);
                return nodes;
            }
            catch
            {
                await nodes.EndNodesAsync();
                throw;
            }
        }
        catch
        {
            if (model is not null)
                await model.DisposeAsync();
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>A node of the role, by chance where there are two.</summary>
    public ClusterNode Pick(LostRole role, Random random) => role switch
    {
        LostRole.Gateway => _all[random.Next(2)],
        LostRole.Worker => _all[2 + random.Next(2)],
        _ => Home,
    };

    /// <summary>kill -9. The home of conversations is started at another address at once; others stay away until <see cref="MendAsync"/>.</summary>
    public async Task KillAsync(ClusterNode node)
    {
        await node.KillAsync();
        if (node != Home)
            return;
        _home = 1 - _home;
        Home.Start();
    }

    /// <summary>Starts what was killed, and waits until all are ready.</summary>
    public async Task MendAsync(CancellationToken cancellationToken)
    {
        foreach (var node in Running.Where(node => !node.IsRunning))
            node.Start();
        await WaitReadyAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await EndNodesAsync();
        await Model.DisposeAsync();
        await _database.DisposeAsync();
    }

    private Task WaitReadyAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Running.Select(node => node.WaitReadyAsync(ReadyDeadline, cancellationToken)));

    private async Task EndNodesAsync()
    {
        foreach (var node in _all)
            await node.KillAsync();
    }

    private Dictionary<string, string?> Settings(string role, int port) => new()
    {
        ["ActorLlm__Postgres"] = _database.NodesConnectionString,
        ["ActorLlm__Roles"] = role,
        ["ActorLlm__Cluster__Hostname"] = "127.0.0.1",
        ["ActorLlm__Cluster__Port"] = $"{port}",
        ["ActorLlm__Backends__sim__Type"] = "OpenAI",
        ["ActorLlm__Backends__sim__Endpoint"] = Model.Endpoint.AbsoluteUri,
        ["ActorLlm__Backends__sim__Models__0"] = "simulator",
        // The second attempt is given the words of the first, and words the rest as it likes.
        ["ActorLlm__Backends__sim__Continuation"] = "Vllm",
    };
}
