using ActorLlm.Cli.Processes;

namespace ActorLlm.Testing;

/// <summary>The simulated LLM as a server process with an OpenAI-compatible HTTP face (<c>dotnet ActorLlm.Simulator.dll</c>).</summary>
public sealed class SimulatorProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder;
    private readonly ServerProcess _process;

    private SimulatorProcess(DirectoryInfo folder, ServerProcess process, Uri address)
    {
        _folder = folder;
        _process = process;
        Address = address;
    }

    /// <summary>Where it listens, for example <c>http://127.0.0.1:41234/</c>.</summary>
    public Uri Address { get; }

    /// <summary>What OpenAI clients are given as their endpoint: <see cref="Address"/> with <c>v1</c>.</summary>
    public Uri Endpoint => new(Address, "v1");

    /// <summary>Its last lines of output, at most 200.</summary>
    public IReadOnlyList<string> Output => _process.Tail;

    /// <summary>Starts it on a free port and waits until it answers.</summary>
    /// <param name="arguments">Further arguments of its command line.</param>
    public static async Task<SimulatorProcess> StartAsync(params IEnumerable<string> arguments)
    {
        var folder = Directory.CreateTempSubdirectory("actorllm-simulator-");
        var address = new Uri($"http://127.0.0.1:{LoopbackPorts.Free()[0]}/");
        var process = ServerProcess.Start(new ServerStart(
            "The simulator",
            ProductAssembly.Find("ActorLlm.Simulator"),
            ["--urls", address.GetLeftPart(UriPartial.Authority), .. arguments],
            folder.FullName)
        {
            DropInherited = ["ASPNETCORE_", "DOTNET_URLS", "URLS"],
        });
        var simulator = new SimulatorProcess(folder, process, address);
        try
        {
            await process.WaitHealthyAsync(new Uri(address, "healthz/live"), StartDeadline);
            return simulator;
        }
        catch
        {
            await simulator.DisposeAsync();
            throw;
        }
    }

    /// <summary>kill -9: an outage of the LLM.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Kills it if it still runs, and deletes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await _process.KillAsync();
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
