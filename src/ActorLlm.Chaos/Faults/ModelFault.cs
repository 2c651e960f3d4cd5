using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Faults;

/// <summary>An outage of the model.</summary>
/// <param name="target">What it is like.</param>
/// <param name="inject">Brings it about.</param>
/// <param name="heal">Ends it; harmless where nothing was done.</param>
internal sealed class ModelFault(string target, Func<CancellationToken, Task> inject, Func<Task> heal) : IFault
{
    public string Target => target;

    /// <summary>Nothing listens at its address.</summary>
    public static ModelFault Refused(Rig rig) => new("connections refused", _ => rig.Simulator.EndAsync(), rig.Simulator.StartAgainAsync);

    /// <summary>Its process is halted: connections are taken, and nothing comes.</summary>
    public static ModelFault Hang(Rig rig) => new("no byte comes", _ => Do(rig.Simulator.Pause), () => Do(rig.Simulator.Resume));

    /// <summary>Calls meet a fault in the simulator's words.</summary>
    public static ModelFault Words(Rig rig, string words) =>
        new(words, cancellationToken => rig.Simulator.SetFaultAsync(words, cancellationToken), () => rig.Simulator.SetFaultAsync("", CancellationToken.None));

    public Task InjectAsync(CancellationToken cancellationToken) => inject(cancellationToken);

    public Task HealAsync(CancellationToken hurry) => heal();

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
