namespace ActorLlm.KillTest.Ledger;

/// <summary>One kill -9 and what was under way.</summary>
/// <param name="Victims">The nodes' numbers, from 1.</param>
/// <param name="At">When the processes were told to die.</param>
/// <param name="Unfinished">The turns that were sent and had no outcome.</param>
internal sealed record KillRecord(IReadOnlyList<int> Victims, DateTimeOffset At, IReadOnlyList<TurnRecord> Unfinished)
{
    /// <summary>From the kill until the last victim was started again.</summary>
    public TimeSpan Downtime { get; set; }

    /// <summary>From that start until every node was ready.</summary>
    public TimeSpan ReadyAfter { get; set; }
}
