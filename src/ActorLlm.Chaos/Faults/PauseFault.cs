using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Faults;

/// <summary>SIGSTOP of a node, and SIGCONT: a process that was away and does not know it.</summary>
internal sealed class PauseFault(ClusterNode victim) : IFault
{
    private Action? _resume;

    public string Target => victim.Name;

    public Task InjectAsync(CancellationToken cancellationToken)
    {
        _resume = victim.Pause();
        return Task.CompletedTask;
    }

    public Task HealAsync(CancellationToken hurry)
    {
        _resume?.Invoke();
        return Task.CompletedTask;
    }
}
