using System.Globalization;
using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Faults;

/// <summary>The wall clock of a node jumps, as when it is set, and jumps back when the fault is over.</summary>
internal sealed class ClockFault : IFault
{
    private const double LeastSeconds = 10;
    private const double MostSeconds = 3600;

    private readonly Rig _rig;
    private readonly ClusterNode _victim;
    private readonly TimeSpan _offset;

    public ClockFault(Rig rig, ClusterNode victim, Random random)
    {
        (_rig, _victim) = (rig, victim);
        // As many jumps of seconds as of minutes.
        var seconds = Math.Round(LeastSeconds * Math.Pow(MostSeconds / LeastSeconds, random.NextDouble()));
        _offset = TimeSpan.FromSeconds(random.Next(2) == 0 ? seconds : -seconds);
    }

    public string Target => string.Create(CultureInfo.InvariantCulture, $"{_victim.Name} by {_offset.TotalSeconds:+0;-0} s");

    public Task InjectAsync(CancellationToken cancellationToken)
    {
        _rig.Jumps.Begin(_offset, _rig.Time.GetUtcNow());
        _victim.Clock!.Set(_offset);
        return Task.CompletedTask;
    }

    public Task HealAsync(CancellationToken hurry)
    {
        _victim.Clock!.Set(TimeSpan.Zero);
        _rig.Jumps.End(_rig.Time.GetUtcNow());
        return Task.CompletedTask;
    }
}
