namespace ActorLlm.Cluster;

/// <summary>
/// A clock that goes on evenly when the machine's clock is set: what was due in a second is still due in a second. It starts with the
/// machine's time, counts on by the monotonic clock, and where the two have come apart it goes a little faster or slower until they agree.
/// </summary>
/// <param name="machine">The machine's clock.</param>
internal sealed class SteadyTime(TimeProvider machine) : TimeProvider
{
    /// <summary>How much faster it goes while it is behind, and slower while it is ahead: not so much that anything would seem early or late.</summary>
    public const double CatchUp = 0.02;

    /// <summary>How far it may be from the machine's clock and still go at the ordinary pace.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(100);

    /// <summary>How often it looks at the machine's clock.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private volatile Leg _leg = new(machine.GetTimestamp(), machine.GetUtcNow(), Pace: 1);

    /// <inheritdoc/>
    public override long TimestampFrequency => machine.TimestampFrequency;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        var leg = _leg;
        var passed = machine.GetElapsedTime(leg.Start);
        return passed < LookInterval ? leg.After(passed) : Look();
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => machine.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);

    private DateTimeOffset Look()
    {
        lock (_gate)
        {
            var start = machine.GetTimestamp();
            var now = _leg.After(machine.GetElapsedTime(_leg.Start, start));
            var ahead = now - machine.GetUtcNow();
            _leg = new Leg(start, now, ahead > Tolerance ? 1 - CatchUp : ahead < -Tolerance ? 1 + CatchUp : 1);
            return now;
        }
    }

    /// <summary>The time from one look at the machine's clock to the next.</summary>
    private sealed record Leg(long Start, DateTimeOffset Time, double Pace)
    {
        // Nobody may have asked for long, and then nobody looked either: only the first part was meant to go at another pace.
        public DateTimeOffset After(TimeSpan passed) => Time + passed + ((passed < LookInterval ? passed : LookInterval) * (Pace - 1));
    }
}
