namespace ActorLlm.Chaos.Ledger;

/// <summary>When nodes had a clock that was wrong, and by how much. Written by one fault at a time, read when all are over.</summary>
internal sealed class ClockJumps
{
    // A node reads how its clock is to be once a second, and then writes for a moment what it had decided before.
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(5);

    private readonly List<Jump> _jumps = [];

    /// <summary>Notes that a clock begins to be wrong.</summary>
    public void Begin(TimeSpan offset, DateTimeOffset now) => _jumps.Add(new Jump(offset, now, DateTimeOffset.MaxValue - Lag));

    /// <summary>Notes that the clock that jumped last is right again.</summary>
    public void End(DateTimeOffset now)
    {
        if (_jumps.Count > 0)
            _jumps[^1] = _jumps[^1] with { Until = now };
    }

    /// <summary>Whether a clock showed this time while it was wrong.</summary>
    public bool MayHaveWritten(DateTimeOffset time) =>
        _jumps.Exists(jump => time - jump.Offset >= jump.From && time - jump.Offset <= jump.Until + Lag);

    private sealed record Jump(TimeSpan Offset, DateTimeOffset From, DateTimeOffset Until);
}
