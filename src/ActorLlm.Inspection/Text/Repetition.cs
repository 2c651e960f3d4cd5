namespace ActorLlm.Inspection.Text;

/// <summary>What attempts cost that gave no reply: the provider may have been paid for them.</summary>
/// <param name="Known">Attempts whose tokens are known.</param>
/// <param name="Input">Their tokens read.</param>
/// <param name="Output">Their tokens written.</param>
/// <param name="Unknown">Attempts that called the backend, or may have, and whose tokens nobody counted.</param>
public readonly record struct Repetition(int Known, long Input, long Output, int Unknown)
{
    /// <summary>The cost as words.</summary>
    public string Text => (Known, Unknown) switch
    {
        (0, 0) => "nothing",
        (0, _) => $"not known: nobody counted the tokens of {Attempts(Unknown)} that may have been paid for",
        (_, 0) => Counted,
        _ => $"{Counted}, and what {Attempts(Unknown)} cost that nobody counted",
    };

    private string Counted => $"{Input} tokens read and {Output} written in {Attempts(Known)}";

    /// <summary>The cost of a turn's attempts that ended without giving its reply.</summary>
    public static Repetition Of(TurnLife life)
    {
        ArgumentNullException.ThrowIfNull(life);
        var wasted = life.Attempts.Where(attempt => attempt.End is not (AttemptState.Committed or AttemptState.Queued or AttemptState.Running or AttemptState.Suspended)).ToArray();
        var counted = wasted.Where(attempt => attempt.InputTokens is not null || attempt.OutputTokens is not null).ToArray();
        return new Repetition(
            counted.Length, counted.Sum(attempt => attempt.InputTokens ?? 0), counted.Sum(attempt => attempt.OutputTokens ?? 0),
            wasted.Except(counted).Count(MayHaveCalled));
    }

    /// <summary>How an attempt ended, in words.</summary>
    internal static string Word(AttemptState end) => end switch
    {
        AttemptState.Queued => "queued",
        AttemptState.Running => "running",
        AttemptState.Committed => "committed",
        AttemptState.ContentFailed => "content refused",
        AttemptState.ProviderFailed => "provider failed",
        AttemptState.WorkerLost => "worker lost",
        AttemptState.Interrupted => "handed back",
        AttemptState.Abandoned => "abandoned",
        AttemptState.Suspended => "ended to wait",
        _ => throw new ArgumentOutOfRangeException(nameof(end), end, null),
    };

    /// <summary>Why an attempt was followed by another.</summary>
    internal static string Why(AttemptState end) => end switch
    {
        AttemptState.ContentFailed => "gave nothing that can be used",
        AttemptState.ProviderFailed => "was failed by its provider",
        AttemptState.WorkerLost => "lost its worker",
        AttemptState.Interrupted => "was handed back by a worker that shut down",
        _ => $"ended ({Word(end)})",
    };

    private static string Attempts(int count) => count == 1 ? "1 attempt" : $"{count} attempts";

    // A worker that is lost takes its knowledge with it: that the call was not seen does not say that there was none.
    private static bool MayHaveCalled(AttemptLife attempt) =>
        attempt.CalledAt is not null || attempt.End is AttemptState.WorkerLost or AttemptState.Abandoned;
}
