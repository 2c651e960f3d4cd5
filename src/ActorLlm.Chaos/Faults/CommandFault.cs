using System.ComponentModel;
using System.Globalization;
using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Faults;

/// <summary>Whatever a program of the user does to a cluster of the user: called as <c>PROGRAM inject N</c>, and <c>PROGRAM heal N</c> when it is over.</summary>
internal sealed class CommandFault(GivenCluster cluster) : IFault
{
    private const int Shown = 300;

    private readonly string _number = cluster.NextCommand().ToString(CultureInfo.InvariantCulture);

    public string Target => $"{Path.GetFileName(cluster.FaultCommand)} {_number}";

    public Task InjectAsync(CancellationToken cancellationToken) => RunAsync("inject", cancellationToken);

    public Task HealAsync(CancellationToken hurry) => RunAsync("heal", CancellationToken.None);

    private async Task RunAsync(string verb, CancellationToken cancellationToken)
    {
        string problem;
        try
        {
            var result = await CommandRunner.RunAsync([cluster.FaultCommand, verb, _number], cancellationToken);
            if (result.ExitCode == 0)
                return;
            var said = result.Output.ReplaceLineEndings(" ");
            problem = $"ended with exit code {result.ExitCode}: {said[..Math.Min(said.Length, Shown)]}";
        }
        catch (Win32Exception error)
        {
            problem = $"could not be started: {error.Message}";
        }
        throw new UserErrorException($"'{cluster.FaultCommand} {verb} {_number}' {problem}");
    }
}

/// <summary>Nothing is done: what a run looks like without faults.</summary>
internal sealed class NoFault : IFault
{
    public string Target => "nothing";

    public Task InjectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task HealAsync(CancellationToken hurry) => Task.CompletedTask;
}
