using System.Diagnostics.Metrics;

namespace ActorLlm.Telemetry;

/// <summary>Turns and their attempts, where conversations live.</summary>
internal static class TurnMetrics
{
    private static readonly Counter<long> AcceptedTurns = Sources.Meter.CreateCounter<long>(
        "actorllm.turns.accepted", "{turn}", "Turns that became durable: the arrival rate.");

    private static readonly Counter<long> SettledTurns = Sources.Meter.CreateCounter<long>(
        "actorllm.turns.settled", "{turn}", "Turns that reached their outcome.");

    private static readonly Histogram<double> Duration = Sources.Meter.CreateHistogram(
        "actorllm.turn.duration", "s", "Time from a turn's acceptance to its outcome, waiting behind others included.", tags: null, Buckets.Long);

    private static readonly Histogram<double> Overhead = Sources.Meter.CreateHistogram(
        "actorllm.turn.overhead", "s",
        "Time that the platform adds to a turn of one attempt: from its arrival, or from the end of the turn before it, to the durable reply, less the backend's time.",
        tags: null, Buckets.Short);

    private static readonly Counter<long> Attempts = Sources.Meter.CreateCounter<long>(
        "actorllm.attempts", "{attempt}", "Attempts that ended, by how.");

    private static readonly Counter<long> ResentSubmits = Sources.Meter.CreateCounter<long>(
        "actorllm.submits.resent", "{submit}", "Turns sent again, as their acceptance was not answered in time.");

    private static readonly Counter<long> ResentResults = Sources.Meter.CreateCounter<long>(
        "actorllm.results.resent", "{result}", "Results sent again, as they were not acknowledged in time.");

    private static readonly Counter<long> RepeatedTokens = Sources.Meter.CreateCounter<long>(
        "actorllm.tokens.repeated", "{token}", "Tokens of replies that were dropped, as the turn had its outcome already.");

    private static readonly Histogram<double> Recovery = Sources.Meter.CreateHistogram(
        "actorllm.recovery.duration", "s", "Time that a conversation takes to start from its journal.", tags: null, Buckets.Short);

    /// <summary>Whether anybody asks what the platform adds to a turn: a worker measures the backend's time only then.</summary>
    public static bool OverheadWanted => Overhead.Enabled;

    /// <summary>Shows those at zero that tell of trouble: a counter that was never seen cannot be told from one that nobody keeps, and its first count is no rise.</summary>
    public static void ShowZeros()
    {
        AcceptedTurns.Add(0);
        ResentSubmits.Add(0);
        ResentResults.Add(0);
        Repeated(0, 0);
    }

    public static void Accepted() => AcceptedTurns.Add(1);

    public static void Settled(string outcome, TimeSpan took)
    {
        var tag = new KeyValuePair<string, object?>(Names.Outcome, outcome);
        SettledTurns.Add(1, tag);
        Duration.Record(Math.Max(0, took.TotalSeconds), tag);
    }

    public static void Added(TimeSpan overhead) => Overhead.Record(Math.Max(0, overhead.TotalSeconds));

    public static void AttemptEnded(string outcome) => Attempts.Add(1, new KeyValuePair<string, object?>(Names.Outcome, outcome));

    public static void SubmitResent() => ResentSubmits.Add(1);

    public static void ResultResent() => ResentResults.Add(1);

    public static void Repeated(long? input, long? output)
    {
        RepeatedTokens.Add(input ?? 0, new KeyValuePair<string, object?>(Names.TokenType, Names.Input));
        RepeatedTokens.Add(output ?? 0, new KeyValuePair<string, object?>(Names.TokenType, Names.Output));
    }

    public static void Recovered(TimeSpan took) => Recovery.Record(took.TotalSeconds);
}
