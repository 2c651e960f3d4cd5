namespace ActorLlm.Chaos.Ledger;

/// <summary>One fault and what was under way.</summary>
/// <param name="Kind">Its kind's name.</param>
/// <param name="Target">What it struck.</param>
/// <param name="At">When it began.</param>
/// <param name="Unfinished">The turns that were sent and had no outcome.</param>
internal sealed record FaultRecord(string Kind, string Target, DateTimeOffset At, IReadOnlyList<TurnRecord> Unfinished)
{
    /// <summary>Whether it waited for a moment that did not come, and nothing was done.</summary>
    public bool Missed { get; set; }

    /// <summary>From its beginning until it was undone.</summary>
    public TimeSpan HealedAfter { get; set; }

    /// <summary>From then until every node was ready.</summary>
    public TimeSpan ReadyAfter { get; set; }
}
