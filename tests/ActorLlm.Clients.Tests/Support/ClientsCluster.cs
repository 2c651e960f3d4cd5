using ActorLlm.Clients.Tests.Clients;
using ActorLlm.Processes.Postgres;
using ActorLlm.Testing;

namespace ActorLlm.Clients.Tests.Support;

/// <summary>
/// The one cluster that all clients talk to: three node processes, PostgreSQL, and the simulated model behind HTTP. Every check has
/// prompts, keys and conversations of its own.
/// </summary>
internal sealed class ClientsCluster : IAsyncDisposable
{
    /// <summary>The model that the cluster serves.</summary>
    public const string Model = "simulator";

    /// <summary>The same model at a backend that loses patience soon: for faults.</summary>
    private const string Faulty = "faulty";

    /// <summary>The same again, at a backend that goes on from the beginning of an answer.</summary>
    private const string Continuing = "continuing";

    /// <summary>A model at an address where nothing listens.</summary>
    private const string Nowhere = "nowhere";

    private const int NodeCount = 3;

    private static readonly Lazy<Task<ClientsCluster>> OneForTheProcess = new(StartAsync);

    private readonly TestPostgres _postgres;
    private readonly bool _ownPostgres;
    private readonly SimulatorProcess _simulator;
    private readonly NodeProcess[] _nodes;

    private ClientsCluster(TestPostgres postgres, bool ownPostgres, SimulatorProcess simulator, Dictionary<string, string> settings, Task packages)
    {
        (_postgres, _ownPostgres, _simulator) = (postgres, ownPostgres, simulator);
        _nodes = [.. Enumerable.Range(0, NodeCount).Select(_ => NodeProcess.Start(settings))];
        Nodes = [.. _nodes.Select(node => new Uri(node.Address, "v1"))];
        Npm = new NpmPrograms(packages, Nodes, _simulator.Address);
    }

    /// <summary>The base addresses that clients are given, one a node.</summary>
    public IReadOnlyList<Uri> Nodes { get; }

    /// <summary>The model's own base address.</summary>
    public Uri ModelEndpoint => _simulator.Endpoint;

    public NpmPrograms Npm { get; }

    /// <summary>
    /// The cluster of this test process, started when it is first asked for. Where nobody disposes of it, as <see cref="OutageTests"/> does
    /// at the end, its processes end with this one.
    /// </summary>
    public static Task<ClientsCluster> SharedAsync() => OneForTheProcess.Value;

    /// <summary>How often the model was called for prompts whose last user message contains the text.</summary>
    public Task<ModelCalls> CallsAsync(string text) => ModelCalls.ReadAsync(_simulator.Address, text);

    /// <summary>Takes the database away: nodes accept nothing until <see cref="StartDatabaseAsync"/>.</summary>
    public Task StopDatabaseAsync() => _postgres.StopAsync();

    public Task StartDatabaseAsync() => _postgres.StartAgainAsync();

    public async ValueTask DisposeAsync()
    {
        await Npm.EndedAsync();
        foreach (var node in _nodes)
            await node.DisposeAsync();
        await _simulator.DisposeAsync();
        if (_ownPostgres)
            await _postgres.DisposeAsync();
    }

    private static async Task<ClientsCluster> StartAsync()
    {
        var packages = NpmPackages.InstallAsync();
        // A server of its own can be stopped. On a machine without the binaries there is none, and the test that does so is skipped.
        var own = PostgresBinaries.Find() is not null;
        var postgres = own ? await TestPostgres.StartPrivateAsync() : await TestPostgres.SharedAsync();
        var simulator = await SimulatorProcess.StartAsync("--Models", $"{Model},{Faulty},{Continuing}");
        var cluster = new ClientsCluster(postgres, own, simulator, Settings(await postgres.CreateDatabaseAsync(), simulator.Endpoint), packages);
        await Task.WhenAll(cluster._nodes.Select(node => node.WaitReadyAsync()));
        // The first turns of a node take the longest, and what is timed here is not that.
        await Task.WhenAll(cluster.Nodes.Select(node => new OpenAISdk().AskAsync(new ChatAsk(node, "Warm up.") { Retries = 5 })));
        // The programs mostly wait: meanwhile the other tests run.
        if (NodeJs.Missing is null)
            NpmClientTests.StartAll(cluster.Npm);
        return cluster;
    }

    private static Dictionary<string, string> Settings(string postgres, Uri model) => new()
    {
        ["ActorLlm:Postgres"] = postgres,
        ["ActorLlm:DefaultModel"] = Model,
        ["ActorLlm:Backends:sim:Type"] = "OpenAI",
        ["ActorLlm:Backends:sim:Endpoint"] = model.AbsoluteUri,
        ["ActorLlm:Backends:sim:Models:0"] = Model,
        ["ActorLlm:Backends:faulty:Type"] = "OpenAI",
        ["ActorLlm:Backends:faulty:Endpoint"] = model.AbsoluteUri,
        ["ActorLlm:Backends:faulty:Models:0"] = Faulty,
        ["ActorLlm:Backends:faulty:InactivityTimeoutSeconds"] = "3",
        ["ActorLlm:Backends:continuing:Type"] = "OpenAI",
        ["ActorLlm:Backends:continuing:Endpoint"] = model.AbsoluteUri,
        ["ActorLlm:Backends:continuing:Models:0"] = Continuing,
        ["ActorLlm:Backends:continuing:Continuation"] = "Vllm",
        ["ActorLlm:Backends:nowhere:Type"] = "OpenAI",
        // Port 1 (tcpmux): nobody has it.
        ["ActorLlm:Backends:nowhere:Endpoint"] = "http://127.0.0.1:1/v1",
        ["ActorLlm:Backends:nowhere:Models:0"] = Nowhere,
        // So that one running turn fills a conversation.
        ["ActorLlm:Conversations:MaxPendingTurns"] = "1",
        // So that what fails for good does so within seconds.
        ["ActorLlm:Conversations:TimeToLive"] = "00:00:05",
        ["ActorLlm:Conversations:RetryMin"] = "00:00:00.100",
        ["ActorLlm:Conversations:RetryMax"] = "00:00:01",
    };
}
