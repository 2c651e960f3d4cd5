namespace ActorLlm.Simulation.Checking;

/// <summary>What a run broke: the promise, and how.</summary>
internal sealed record Violation(string Rule, string Detail)
{
    public override string ToString() => $"{Rule}: {Detail}";
}

/// <summary>
/// Says what a run broke, from what was recorded of it: the journal's rows, the starts, the model's calls, and what callers asked and were told.
/// It folds the rows by itself and uses no code of the domain.
/// </summary>
internal static class Checker
{
    /// <summary>Everything broken, the journal's faults first.</summary>
    public static IReadOnlyList<Violation> Check(History history)
    {
        var violations = new List<Violation>();
        foreach (var error in history.Errors) violations.Add(new Violation(Rules.DomainThrew, error));
        var logs = new Dictionary<int, Log>();
        foreach (var rows in history.Rows.GroupBy(row => row.Conversation)) logs[rows.Key] = Log.Read(rows.Key, rows, violations);
        StartRules.Check(history, logs, violations);
        CallRules.Check(history, logs, violations);
        CallerRules.Check(history, logs, violations);
        EndRules.Check(history, logs, violations);
        return violations;
    }
}

/// <summary>The names of what is checked.</summary>
internal static class Rules
{
    public const string DomainThrew = "the domain threw";
    public const string SequenceUnique = "sequence numbers are unique and without gaps";
    public const string AcceptedOnce = "a turn is accepted once";
    public const string OneOutcome = "an accepted turn has one terminal event";
    public const string CommittedInOrder = "replies are committed in the order of acceptance";
    public const string AttemptsCount = "attempts count upwards";
    public const string ContentBound = "a turn is tried at most three times for its content";
    public const string NoEarlyDeadline = "no turn fails by a deadline that has not passed";
    public const string NoStartAfterEnd = "no attempt starts for a turn that its conversation knows to be settled, or out of order";
    public const string ReplyIsWhole = "a committed reply is a whole answer of the model to this turn";
    public const string RetryAfterRespected = "the next attempt waits as long as the provider asked";
    public const string NotExecutedTwice = "what was not disturbed is not executed twice";
    public const string ToldIsDurable = "what a caller is told is durable";
    public const string OutcomeIsFinal = "an outcome told is the one in the journal";
    public const string IdNotReused = "the same id with other content is refused";
    public const string NotForgotten = "a turn that a caller was told of is not unknown to it later";
    public const string OversizeRefused = "what is too large is refused";
    public const string ViewIsPrefix = "a view is a prefix of the final log";
    public const string StreamMatches = "a stream shows the committed reply";
    public const string AllTerminal = "everything is terminal within the bound after the faults";
    public const string CallersAnswered = "every waiting caller has its answer within the bound after the faults";
}
