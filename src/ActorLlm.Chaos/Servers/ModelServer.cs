namespace ActorLlm.Chaos.Servers;

/// <summary>The simulated model: one place with a fixed address, whose processes come and go.</summary>
internal sealed class ModelServer : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);

    private readonly string _folder;
    private readonly ServerProcess _process;

    private ModelServer(string folder, Uri address)
    {
        _folder = folder;
        Address = address;
        _process = StartProcess();
    }

    public Uri Address { get; }

    /// <summary>What OpenAI clients are given as their endpoint.</summary>
    public Uri Endpoint => new(Address, "v1");

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="host">The address of this machine that nodes reach it at.</param>
    /// <param name="folder">Its working folder.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ModelServer> StartAsync(string host, string folder, CancellationToken cancellationToken)
    {
        var server = new ModelServer(folder, new Uri($"http://{host}:{FixedPorts.Take(1)[0]}/"));
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

    public Task<ModelCalls> ReadCallsAsync(CancellationToken cancellationToken) => ModelCalls.ReadAsync(Address, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _process.KillAsync();
        await _process.DisposeAsync();
    }

    private Task WaitAsync(CancellationToken cancellationToken) =>
        _process.WaitHealthyAsync(new Uri(Address, "healthz/live"), StartDeadline, cancellationToken);

    private ServerProcess StartProcess() => ServerProcess.Start(new ServerStart(
        "The simulated model", ProductAssembly.Find("ActorLlm.Simulator"), ["--urls", Address.GetLeftPart(UriPartial.Authority)], _folder)
    {
        DropInherited = ["ASPNETCORE_", "DOTNET_URLS", "URLS", "Simulator"],
        LogFile = Path.Combine(_folder, "model.log"),
    });
}
