namespace ActorLlm.Domain.Conversations;

/// <summary>A step of an unfinished turn has begun: whoever wrote it may be lost before it ends.</summary>
public abstract record StepBegun(TurnId Turn, int Attempt, string Key, DateTimeOffset At) : ConversationEvent(Turn, At)
{
    /// <summary>What was asked.</summary>
    public abstract StepRequest Request { get; }
}

/// <summary>A tool is about to be called: by the first attempt that does, or once more by a later one that does not know what came of it.</summary>
public sealed record ToolBegun(TurnId Turn, int Attempt, string Key, string Name, string Arguments, DateTimeOffset At) : StepBegun(Turn, Attempt, Key, At)
{
    /// <inheritdoc/>
    public override StepRequest Request => new(Key, StepKind.Tool, Name, Arguments);
}

/// <summary>Another module is sent a turn. Its conversation is owed it, and its end, until <see cref="ChildEnded"/>.</summary>
public sealed record ChildBegun(TurnId Turn, int Attempt, string Key, TurnContent Content, DateTimeOffset At) : StepBegun(Turn, Attempt, Key, At)
{
    /// <inheritdoc/>
    public override StepRequest Request => new(Key, StepKind.Child, Content.Model, "") { Content = Content };
}

/// <summary>A human's approval is asked for.</summary>
public sealed record ApprovalBegun(TurnId Turn, int Attempt, string Key, string Question, DateTimeOffset At) : StepBegun(Turn, Attempt, Key, At)
{
    /// <inheritdoc/>
    public override StepRequest Request => new(Key, StepKind.Approval, "", Question);
}

/// <summary>A tool has answered, or a human has decided.</summary>
public sealed record StepEnded(TurnId Turn, string Key, StepOutcome Outcome, string Result, string By, DateTimeOffset At) : ConversationEvent(Turn, At);

/// <summary>The other module's turn has its outcome. It may come after that of the turn which asked for it, and is then of use to nobody.</summary>
public sealed record ChildEnded(TurnId Turn, string Key, StepOutcome Outcome, string Result, DateTimeOffset At) : ConversationEvent(Turn, At);

/// <summary>An attempt ended since it waits for a child or an approval; the next one starts when nothing is waited for any more.</summary>
public sealed record AttemptSuspended(TurnId Turn, int Attempt, DateTimeOffset At) : ConversationEvent(Turn, At)
{
    /// <summary>Where the attempt ran and when; null where nobody can say.</summary>
    public AttemptTrace? Trace { get; init; }
}
