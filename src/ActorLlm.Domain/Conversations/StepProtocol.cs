using System.Collections.Immutable;

namespace ActorLlm.Domain.Conversations;

/// <summary>Record that a step begins: worker to conversation, again and again until <see cref="StepStanding"/> or <see cref="StepRefused"/>.</summary>
/// <param name="Key">The attempt.</param>
/// <param name="Step">The step.</param>
/// <param name="Again">Whether a tool that another attempt began, and whose end is not known, is to be called once more.</param>
public sealed record BeginStep(AttemptKey Key, StepRequest Step, bool Again) : AttemptMessage(Key);

/// <summary>Record what a tool has answered: worker to conversation, again and again until <see cref="StepStanding"/> or <see cref="StepRefused"/>.</summary>
/// <param name="Key">The attempt that called it.</param>
/// <param name="Step">The step's key.</param>
/// <param name="Outcome"><see cref="StepOutcome.Done"/> or <see cref="StepOutcome.Failed"/>.</param>
/// <param name="Result">The result, or why it failed.</param>
public sealed record EndStep(AttemptKey Key, string Step, StepOutcome Outcome, string Result) : AttemptMessage(Key)
{
    /// <summary>Without the result: what prints a message, as logs do, must not print what people wrote.</summary>
    public override string ToString() => $"EndStep {{ {Key}, Step = {Step}, {Outcome}, Length = {Result.Length} }}";
}

/// <summary>How a step stands, durably: conversation to worker.</summary>
/// <param name="Key">The attempt that asked.</param>
/// <param name="Step">The step's key.</param>
/// <param name="BegunBy">The attempt that began it last.</param>
/// <param name="End">Its end; null while it has none.</param>
public sealed record StepStanding(AttemptKey Key, string Step, int BegunBy, StepEnd? End) : AttemptMessage(Key);

/// <summary>Nothing was recorded: conversation to worker.</summary>
/// <param name="Key">The attempt that asked.</param>
/// <param name="Step">The step's key.</param>
/// <param name="Stale">Whether the attempt is no longer wanted; else the module is in error.</param>
/// <param name="Reason">For people.</param>
public sealed record StepRefused(AttemptKey Key, string Step, bool Stale, string Reason) : AttemptMessage(Key);

/// <summary>Grant or refuse an approval. The same decision may be sent any number of times.</summary>
/// <param name="Conversation">The conversation.</param>
/// <param name="Turn">The turn that waits for it.</param>
/// <param name="Step">The step's key.</param>
/// <param name="Granted">The decision.</param>
/// <param name="By">Who decides.</param>
/// <param name="Note">What the module is told with it; at most <see cref="Limits.MaxReasonLength"/> characters.</param>
public sealed record DecideApproval(ConversationId Conversation, TurnId Turn, string Step, bool Granted, string By, string Note) : ConversationCommand(Conversation, Turn);

/// <summary>Tell the sender, an operator, which approvals the conversation waits for: <see cref="ApprovalList"/>.</summary>
public sealed record GetApprovals(ConversationId Conversation) : IWithConversationId;

/// <summary>The approvals that a conversation waits for.</summary>
public sealed record ApprovalList(ConversationId Conversation, ImmutableArray<PendingApproval> Approvals) : IWithConversationId;

/// <summary>An approval that is waited for.</summary>
/// <param name="Turn">The turn that waits.</param>
/// <param name="Step">The step's key.</param>
/// <param name="Module">The module that asks.</param>
/// <param name="Question">What is to be approved.</param>
/// <param name="At">When it was asked.</param>
public sealed record PendingApproval(TurnId Turn, string Step, string Module, string Question, DateTimeOffset At);
