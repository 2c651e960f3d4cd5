namespace ActorLlm.Domain;

/// <summary>What an operator may set about conversations. Every range is checked at start.</summary>
public sealed record ConversationPolicy
{
    /// <summary>The policy where nothing is set.</summary>
    public static ConversationPolicy Default { get; } = new();

    /// <summary>Most turns accepted and not yet settled in one conversation: 1 to 1000, default 100.</summary>
    public int MaxPendingTurns { get; init; } = 100;

    /// <summary>Most turn ids remembered in one conversation: 2,000 to 1,000,000, default 10,000.</summary>
    public int MaxRememberedTurns { get; init; } = 10_000;

    /// <summary>Silence of a worker after which its attempt counts as lost: 3 s to 10 min, default 10 s.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// After a recovery, how long a conversation waits for the heartbeat of an attempt that may still run elsewhere before it makes another: 100 ms to 1 min,
    /// default 1.5 s, which is one <see cref="Limits.HeartbeatInterval"/> and half a second for it to travel. Heartbeats sent while the conversation had no
    /// home wait for it in their senders' shard regions. Longer is a slower failover, shorter a model that is called again needlessly.
    /// </summary>
    public TimeSpan RecoveryGrace { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Attempts that may fail for their content (a 4xx, an undecodable or too large reply): 1 to 100, default 3.</summary>
    public int MaxContentFailures { get; init; } = 3;

    /// <summary>Attempts whose worker may be lost: 1 to 100, default 10.</summary>
    public int MaxWorkerLosses { get; init; } = 10;

    /// <summary>
    /// How long a turn is tried while its provider fails, from the first failure on, or waits while no worker is free: 1 s to 30 days,
    /// default 1 hour. The time behind other turns of its conversation does not count.
    /// </summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromHours(1);

    /// <summary>First delay before another attempt after a provider failure: 10 ms to 1 min, default 500 ms; it doubles each time.</summary>
    public TimeSpan RetryMin { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest delay before another attempt: 10 ms to 1 hour, default 60 s. A provider's Retry-After may ask for more.</summary>
    public TimeSpan RetryMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What is wrong with the policy, a line each that names the setting, its value and the range; empty when it is valid.</summary>
    public IEnumerable<string> Errors()
    {
        if (OutOf(MaxPendingTurns, 1, 1000)) yield return Say(nameof(MaxPendingTurns), MaxPendingTurns, "1 to 1000");
        if (OutOf(MaxRememberedTurns, 2000, 1_000_000)) yield return Say(nameof(MaxRememberedTurns), MaxRememberedTurns, "2000 to 1000000");
        if (OutOf(Silence, TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(10)))
            yield return Say(nameof(Silence), Silence, "00:00:03 to 00:10:00");
        if (OutOf(RecoveryGrace, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)))
            yield return Say(nameof(RecoveryGrace), RecoveryGrace, "00:00:00.100 to 00:01:00");
        if (OutOf(MaxContentFailures, 1, 100)) yield return Say(nameof(MaxContentFailures), MaxContentFailures, "1 to 100");
        if (OutOf(MaxWorkerLosses, 1, 100)) yield return Say(nameof(MaxWorkerLosses), MaxWorkerLosses, "1 to 100");
        if (OutOf(TimeToLive, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30)))
            yield return Say(nameof(TimeToLive), TimeToLive, "00:00:01 to 30.00:00:00");
        if (OutOf(RetryMin, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)))
            yield return Say(nameof(RetryMin), RetryMin, "00:00:00.010 to 00:01:00");
        if (OutOf(RetryMax, RetryMin, TimeSpan.FromHours(1)))
            yield return Say(nameof(RetryMax), RetryMax, $"RetryMin ({RetryMin}) to 01:00:00");
    }

    private static bool OutOf<T>(T value, T min, T max) where T : IComparable<T> => value.CompareTo(min) < 0 || value.CompareTo(max) > 0;

    private static string Say(string name, object value, string range) =>
        $"ActorLlm:Conversations:{name} is {value}; allowed is {range}.";
}
