namespace ActorLlm.Chaos.Checking;

internal enum ViolationKind
{
    /// <summary>A message that was accepted, or its outcome, is gone.</summary>
    Lost,

    /// <summary>Something that must be there once is there twice.</summary>
    Duplicated,

    /// <summary>The order within a conversation is not kept.</summary>
    Reordered,

    /// <summary>A client saw an outcome, and was later told another one or none.</summary>
    Stale,

    /// <summary>An outcome, a reply or an event that nothing in this run can explain.</summary>
    Unexpected,
}

/// <summary>One breach of the promise.</summary>
internal sealed record Violation(ViolationKind Kind, string Conversation, string Turn, string Text)
{
    public override string ToString() => $"{Kind}: {Conversation} {Turn}: {Text}";
}

/// <summary>All breaches that were found.</summary>
internal sealed record Verdict(IReadOnlyList<Violation> Violations)
{
    public bool Holds => Violations.Count == 0;

    /// <summary>With what another rule found.</summary>
    public Verdict And(IEnumerable<Violation> more) => new([.. Violations, .. more]);

    public int Count(ViolationKind kind) => Violations.Count(violation => violation.Kind == kind);
}
