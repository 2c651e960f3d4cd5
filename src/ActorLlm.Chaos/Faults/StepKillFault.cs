using System.Net;
using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Faults;

/// <summary>kill -9 of a node at a chosen step of the protocol, which a proxy sees and holds until the node is gone.</summary>
/// <param name="rig">What it strikes.</param>
/// <param name="victim">The node; it has an address of its own.</param>
/// <param name="proxy">Where the step can be seen.</param>
/// <param name="step">The step.</param>
internal sealed class StepKillFault(Rig rig, ClusterNode victim, TcpProxy proxy, ProtocolStep step) : IFault
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private bool _killed;

    public string Target => victim.Name;

    public bool Missed { get; private set; }

    /// <summary>At a write to the journal.</summary>
    public static StepKillFault AtJournal(Rig rig, ClusterNode victim, string manifest, bool committed) =>
        new(rig, victim, rig.Postgres.Proxy!, new JournalStep(manifest, committed));

    /// <summary>At a call of the model.</summary>
    public static StepKillFault AtModel(Rig rig, ClusterNode victim, int pieces) => new(rig, victim, rig.Simulator.Proxy!, new ModelStep(pieces));

    public async Task InjectAsync(CancellationToken cancellationToken)
    {
        var trap = new StepTrap(IPAddress.Parse(victim.Host), step);
        proxy.Trap = trap;
        try
        {
            await trap.Reached.WaitAsync(Patience, rig.Time, cancellationToken);
            _killed = true;
            await victim.KillAsync();
        }
        catch (TimeoutException)
        {
            Missed = true;
            rig.Output.WriteLine($"{victim.Name} was not killed: the step did not come within {Patience.TotalSeconds} s");
        }
        finally
        {
            proxy.Trap = null;
            trap.Release();
        }
    }

    public Task HealAsync(CancellationToken hurry)
    {
        if (_killed)
            victim.Start();
        return Task.CompletedTask;
    }
}
