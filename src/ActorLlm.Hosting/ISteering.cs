using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Hosting;

/// <summary>What an operator may do to the cluster, from any of its nodes. A node is named <c>host:port</c>, its place in the cluster.</summary>
public interface ISteering
{
    /// <summary>Has a node finish or hand over what it does, leave the cluster and end.</summary>
    /// <exception cref="UnknownNodeException">There is no such member.</exception>
    Task LeaveAsync(string node, CancellationToken cancellationToken = default);

    /// <summary>
    /// Declares a node dead, for one that does not answer: others take over its conversations at once. A live one ends itself when it hears of it.
    /// </summary>
    /// <exception cref="UnknownNodeException">There is no such member.</exception>
    Task DownAsync(string node, CancellationToken cancellationToken = default);

    /// <summary>
    /// Has a node's worker take no new attempts and its readiness say 503, and waits until it holds none: then the node may be stopped and
    /// nothing is repeated. It stays in the cluster. Attempts that run are let to their end.
    /// </summary>
    /// <returns>Whether the worker was empty when the wait ended.</returns>
    /// <exception cref="UnknownNodeException">There is no such member.</exception>
    Task<bool> DrainAsync(string node, TimeSpan patience, CancellationToken cancellationToken = default);

    /// <summary>Takes <see cref="DrainAsync"/> back.</summary>
    /// <exception cref="UnknownNodeException">There is no such member.</exception>
    Task ResumeAsync(string node, CancellationToken cancellationToken = default);

    /// <summary>Cancels a turn unless it has its outcome already; gives its standing after that.</summary>
    /// <exception cref="TurnRejectedException">There is no such turn.</exception>
    Task<TurnAnswer> CancelAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default);

    /// <summary>
    /// Has what a failed or cancelled turn asked run again, as a new turn at the end of its conversation: a turn has one outcome and keeps it. Doing
    /// it again gives the same new turn.
    /// </summary>
    /// <returns>The new turn.</returns>
    /// <exception cref="TurnRejectedException">There is no such turn, or it did not fail and was not cancelled.</exception>
    Task<TurnId> RequeueAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default);

    /// <summary>Grants or refuses an approval that a turn waits for; gives the turn's standing after that. The same decision again changes nothing.</summary>
    /// <exception cref="TurnRejectedException">No such approval is waited for, or it was decided otherwise before.</exception>
    Task<TurnAnswer> DecideAsync(ApprovalDecision decision, CancellationToken cancellationToken = default);
}

/// <summary>A decision on an approval.</summary>
/// <param name="Conversation">The conversation.</param>
/// <param name="Turn">The turn that waits.</param>
/// <param name="Step">The step's key.</param>
/// <param name="Granted">The decision.</param>
/// <param name="By">Who decides; it is stored, and the module is told.</param>
/// <param name="Note">What the module is told with it; at most <see cref="Limits.MaxReasonLength"/> characters.</param>
public sealed record ApprovalDecision(ConversationId Conversation, TurnId Turn, string Step, bool Granted, string By, string Note = "");

/// <summary>No member of the cluster has this name; the message says which there are.</summary>
public sealed class UnknownNodeException(string message) : Exception(message);
