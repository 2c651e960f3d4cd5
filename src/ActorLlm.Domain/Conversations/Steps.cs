using System.Text;

namespace ActorLlm.Domain.Conversations;

/// <summary>What a module does within a turn that is not to be silently repeated. The numbers travel and never change.</summary>
public enum StepKind
{
    /// <summary>It calls a tool.</summary>
    Tool = 1,

    /// <summary>It sends another module a turn, and waits for the reply.</summary>
    Child = 2,

    /// <summary>It asks for a human's approval, and waits for it.</summary>
    Approval = 3,
}

/// <summary>How a step ended. The numbers are stored and never change.</summary>
public enum StepOutcome
{
    /// <summary>The tool or the other module has answered.</summary>
    Done = 1,

    /// <summary>It has not, and will not.</summary>
    Failed = 2,

    /// <summary>Approved.</summary>
    Granted = 3,

    /// <summary>Not approved.</summary>
    Refused = 4,

    /// <summary>The other module's turn was cancelled.</summary>
    Cancelled = 5,
}

/// <summary>A step as its module asks for it.</summary>
/// <param name="Key">The module's own name for it, unique in the turn: visible ASCII, 1 to <see cref="Limits.MaxIdLength"/> characters.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The tool or the other module; empty for an approval.</param>
/// <param name="Detail">A tool's arguments, or what is to be approved; empty for another module.</param>
public sealed record StepRequest(string Key, StepKind Kind, string Name, string Detail)
{
    /// <summary>What the other module is asked; null for any other step.</summary>
    public TurnContent? Content { get; init; }

    /// <summary>Size of all texts in UTF-8 bytes.</summary>
    public long ByteCount() =>
        Key.Length + Encoding.UTF8.GetByteCount(Name) + Encoding.UTF8.GetByteCount(Detail) + (Content?.ByteCount() ?? 0);

    /// <summary>Without any text: what prints a message, as logs do, must not print what people wrote.</summary>
    public override string ToString() => $"StepRequest {{ {Kind} {Key}, Name = {Name}, Bytes = {ByteCount()} }}";
}

/// <summary>The end of a step.</summary>
/// <param name="Outcome">How.</param>
/// <param name="Result">A tool's result, another module's reply, a human's note, or why it failed.</param>
/// <param name="By">Who decided an approval; empty elsewhere.</param>
/// <param name="At">When.</param>
public sealed record StepEnd(StepOutcome Outcome, string Result, string By, DateTimeOffset At)
{
    /// <summary>Without any text: what prints a message, as logs do, must not print what people wrote.</summary>
    public override string ToString() => $"StepEnd {{ {Outcome}, Length = {Result.Length}, By = {By}, At = {At:O} }}";
}

/// <summary>A step of an unfinished turn.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Attempt">The attempt that began it; for a tool that is called once more, the latest one.</param>
/// <param name="BegunAt">When it was first begun.</param>
/// <param name="End">Its end; null while it has none.</param>
public sealed record TurnStep(StepRequest Request, int Attempt, DateTimeOffset BegunAt, StepEnd? End)
{
    /// <summary>The module's own name for it.</summary>
    public string Key => Request.Key;

    /// <summary>Whether an attempt is suspended while it is open: what is waited for holds no worker.</summary>
    public bool IsAwaited => End is null && Request.Kind is StepKind.Child or StepKind.Approval;

    /// <summary>Size of all texts in UTF-8 bytes.</summary>
    public long ByteCount() => Request.ByteCount() + (End is { } end ? Encoding.UTF8.GetByteCount(end.Result) : 0);
}

/// <summary>A child whose turn is to be cancelled, since the turn that asked for it has its outcome.</summary>
/// <param name="Turn">The turn that asked for it.</param>
/// <param name="Key">Its step there.</param>
/// <param name="Content">What it was asked.</param>
public sealed record UnwantedChild(TurnId Turn, string Key, TurnContent Content);
