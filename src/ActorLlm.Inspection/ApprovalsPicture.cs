namespace ActorLlm.Inspection;

/// <summary>The approvals that are waited for.</summary>
/// <param name="Approvals">Those that were asked for first come first.</param>
/// <param name="Silent">Conversations that may wait for one and did not answer.</param>
public sealed record ApprovalsPicture(IReadOnlyList<ApprovalPicture> Approvals, IReadOnlyList<string> Silent);

/// <summary>An approval that is waited for.</summary>
/// <param name="Conversation">The conversation, <c>tenant/name</c>.</param>
/// <param name="Turn">The turn that waits.</param>
/// <param name="Step">The step's key.</param>
/// <param name="Module">The module that asks.</param>
/// <param name="Question">What is to be approved, in the module's words.</param>
/// <param name="AskedAt">When it was asked for.</param>
public sealed record ApprovalPicture(string Conversation, string Turn, string Step, string Module, string Question, DateTimeOffset AskedAt);
