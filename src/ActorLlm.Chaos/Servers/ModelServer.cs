using System.Net;

namespace ActorLlm.Chaos.Servers;

/// <summary>The simulated model: one place with a fixed address, whose processes come and go.</summary>
internal sealed class ModelServer : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(60);

    private readonly string _folder;
    private readonly string _statsFile;
    private readonly HttpClient _http = new();
    private ModelCalls _earlier = ModelCalls.None;
    private ServerProcess _process;

    private ModelServer(string folder, string host, bool withProxy)
    {
        _folder = folder;
        Address = new Uri($"http://{(withProxy ? "127.0.0.1" : host)}:{FixedPorts.Take(1)[0]}/");
        Proxy = withProxy ? TcpProxy.Start(IPAddress.Parse(host), Address.Port) : null;
        Endpoint = new Uri(Proxy is null ? Address : new Uri($"http://{host}:{Proxy.Port}/"), "v1");
        _statsFile = Path.Combine(folder, "stats.json");
        _process = StartProcess();
    }

    /// <summary>What stands between the nodes and the model; null where no fault needs it.</summary>
    public TcpProxy? Proxy { get; }

    /// <summary>What OpenAI clients are given as their endpoint.</summary>
    public Uri Endpoint { get; }

    private Uri Address { get; }

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="host">The address of this machine that nodes reach it at.</param>
    /// <param name="withProxy">Whether nodes are sent through a proxy.</param>
    /// <param name="folder">Its working folder.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ModelServer> StartAsync(string host, bool withProxy, string folder, CancellationToken cancellationToken)
    {
        var server = new ModelServer(folder, host, withProxy);
        try
        {
            await server.WaitAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The calls of all its processes.</summary>
    public async Task<ModelCalls> ReadCallsAsync(CancellationToken cancellationToken)
    {
        await using var stats = await _http.GetStreamAsync(new Uri(Address, "stats"), cancellationToken);
        return _earlier.And(await ModelCalls.ReadAsync(stats, cancellationToken));
    }

    /// <summary>Makes all further calls meet a fault in the simulator's words; none for no words.</summary>
    public async Task SetFaultAsync(string words, CancellationToken cancellationToken)
    {
        using var content = new StringContent(words);
        using var response = await _http.PutAsync(new Uri(Address, "fault"), content, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    public void Pause() => _process.Pause();

    public void Resume() => _process.Resume();

    /// <summary>Ends the process; nothing listens at its address until it is started again.</summary>
    /// <exception cref="UserErrorException">It did not end by itself, and with it went what it counted.</exception>
    public async Task EndAsync()
    {
        if (Proxy is not null)
            await Proxy.SwitchAsync(ProxyMode.Refuse);
        if (await _process.StopAsync(StopGrace) is not 0)
            throw new UserErrorException($"{_process.Name} did not end in order within {StopGrace.TotalSeconds} s, so nobody knows its calls any more. What it wrote is in {_folder}.");
        await using var stats = File.OpenRead(_statsFile);
        _earlier = _earlier.And(await ModelCalls.ReadAsync(stats, CancellationToken.None));
    }

    /// <summary>Starts it where it was ended, and waits until it answers.</summary>
    public async Task StartAgainAsync()
    {
        if (!_process.Exited.IsCompleted)
            return;
        await _process.DisposeAsync();
        _process = StartProcess();
        await WaitAsync(CancellationToken.None);
        if (Proxy is not null)
            await Proxy.SwitchAsync(ProxyMode.Pass);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (Proxy is not null)
            await Proxy.DisposeAsync();
        await _process.KillAsync();
        await _process.DisposeAsync();
    }

    private Task WaitAsync(CancellationToken cancellationToken) =>
        _process.WaitHealthyAsync(new Uri(Address, "healthz/live"), StartDeadline, cancellationToken);

    private ServerProcess StartProcess() => ServerProcess.Start(new ServerStart(
        "The simulated model", ProductAssembly.Find("ActorLlm.Simulator"),
        ["--urls", Address.GetLeftPart(UriPartial.Authority), "--StatsFile", _statsFile], _folder)
    {
        DropInherited = ["ASPNETCORE_", "DOTNET_URLS", "URLS", "Simulator"],
        LogFile = Path.Combine(_folder, "model.log"),
    });
}
