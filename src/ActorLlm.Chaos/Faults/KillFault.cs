using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Faults;

/// <summary>kill -9 of some nodes at once; they start again one after the other.</summary>
internal sealed class KillFault(Rig rig, IReadOnlyList<ClusterNode> victims, Random random) : IFault
{
    private const int MaxPauseMs = 3000;

    public string Target => string.Join(", ", victims.Select(victim => victim.Name));

    public Task InjectAsync(CancellationToken cancellationToken) => Task.WhenAll(victims.Select(victim => victim.KillAsync()));

    public async Task HealAsync(CancellationToken hurry)
    {
        foreach (var victim in victims)
        {
            if (victim != victims[0])
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(MaxPauseMs)), rig.Time, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            victim.Start();
        }
    }
}
