namespace ActorLlm.Testing;

/// <summary>The simulated LLM as a server process with an OpenAI-compatible HTTP face (<c>dotnet ActorLlm.Simulator.dll</c>).</summary>
public sealed class SimulatorProcess : ProductProcess
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);

    private SimulatorProcess(IEnumerable<string> arguments)
        : base("The simulator", "ActorLlm.Simulator", httpPort: null, start => start with
        {
            Arguments = [.. start.Arguments, .. arguments],
            DropInherited = ["ASPNETCORE_", "DOTNET_URLS", "URLS"],
        })
    {
    }

    /// <summary>What OpenAI clients are given as their endpoint: the address with <c>v1</c>.</summary>
    public Uri Endpoint => new(Address, "v1");

    /// <summary>Starts it on a free port and waits until it answers.</summary>
    /// <param name="arguments">Further arguments of its command line.</param>
    public static Task<SimulatorProcess> StartAsync(params IEnumerable<string> arguments) =>
        OnceAsync(new SimulatorProcess(arguments), simulator => simulator.WaitHealthyAsync("healthz/live", StartDeadline));
}
