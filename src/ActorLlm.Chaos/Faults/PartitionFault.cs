using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Faults;

/// <summary>How nodes are kept from each other.</summary>
internal enum PartitionShape
{
    /// <summary>One node reaches nothing: no other node, no database, no model, no client.</summary>
    Isolate,

    /// <summary>Two groups of nodes do not reach each other; both reach everything else.</summary>
    Split,

    /// <summary>The smaller group does not hear the larger one, which hears it.</summary>
    Deaf,

    /// <summary>The smaller group is not heard by the larger one, which it hears.</summary>
    Mute,

    /// <summary>A split that comes and goes every few seconds.</summary>
    Flapping,
}

/// <summary>A partition between nodes.</summary>
internal sealed class PartitionFault : IFault
{
    private static readonly TimeSpan LeastFlap = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostFlap = TimeSpan.FromSeconds(4);

    private readonly Rig _rig;
    private readonly PartitionShape _shape;
    private readonly Random _random;
    private readonly int[] _few;
    private readonly int[] _many;
    private volatile bool _over;
    private Task _flapping = Task.CompletedTask;

    public PartitionFault(Rig rig, PartitionShape shape, Random random)
    {
        (_rig, _shape, _random) = (rig, shape, random);
        int[] all = [.. Enumerable.Range(0, rig.Cluster.Nodes.Count)];
        random.Shuffle(all);
        var few = shape == PartitionShape.Isolate ? 1 : (all.Length - 1) / 2;
        (_few, _many) = (all[..few], all[few..]);
    }

    public string Target => string.Join(", ", _few.Select(node => _rig.Cluster.Nodes[node].Name));

    public async Task InjectAsync(CancellationToken cancellationToken)
    {
        await CutAsync(cancellationToken);
        if (_shape == PartitionShape.Flapping)
            _flapping = FlapAsync();
    }

    public async Task HealAsync(CancellationToken hurry)
    {
        _over = true;
        await _flapping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _rig.Network!.HealAsync();
    }

    private async Task CutAsync(CancellationToken cancellationToken)
    {
        var network = _rig.Network!;
        foreach (var one in _few)
        {
            if (_shape == PartitionShape.Isolate)
                await network.IsolateAsync(one, cancellationToken);
            foreach (var other in _shape == PartitionShape.Isolate ? [] : _many)
            {
                if (_shape != PartitionShape.Mute)
                    await network.DeafenAsync(one, other, cancellationToken);
                if (_shape != PartitionShape.Deaf)
                    await network.DeafenAsync(other, one, cancellationToken);
            }
        }
    }

    private async Task FlapAsync()
    {
        for (var cut = false; !_over; cut = !cut)
        {
            await Task.Delay(LeastFlap + ((MostFlap - LeastFlap) * _random.NextDouble()), _rig.Time);
            await (cut ? CutAsync(CancellationToken.None) : _rig.Network!.HealAsync());
        }
    }
}
