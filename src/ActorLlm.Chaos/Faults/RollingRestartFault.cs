using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Faults;

/// <summary>SIGTERM of one node after the other, and a start as the other version where there are two; the next one when the last is ready again.</summary>
internal sealed class RollingRestartFault(Rig rig) : IFault
{
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(120);

    private ClusterNode? _stopped;

    public string Target => "every node";

    public async Task InjectAsync(CancellationToken cancellationToken)
    {
        foreach (var node in rig.Cluster.Nodes)
        {
            _stopped = node;
            await node.StopAsync();
            node.ChangeVersion();
            node.Start();
            _stopped = null;
            try
            {
                await node.WaitReadyAsync(ReadyDeadline, cancellationToken);
            }
            catch (UserErrorException)
            {
                // Whoever waits for all nodes after this fault says it.
                return;
            }
        }
    }

    public Task HealAsync(CancellationToken hurry)
    {
        _stopped?.Start();
        return Task.CompletedTask;
    }
}
