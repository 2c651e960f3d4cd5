using ActorLlm.Domain;
using ActorLlm.Inspection;

namespace ActorLlm.Hosting;

/// <summary>What an operator sees of the cluster, from any of its nodes. No call changes anything, and none reads what was written to or by a model.</summary>
/// <remarks>All of them throw <see cref="ConversationsUnavailableException"/> when the database or the cluster does not answer in time.</remarks>
public interface IInspection
{
    /// <summary>The members of the cluster.</summary>
    Task<ClusterPicture> GetClusterAsync(CancellationToken cancellationToken = default);

    /// <summary>Where the shards live, and which moved.</summary>
    Task<ShardsPicture> GetShardsAsync(CancellationToken cancellationToken = default);

    /// <summary>The workers and their load.</summary>
    Task<WorkersPicture> GetWorkersAsync(CancellationToken cancellationToken = default);

    /// <summary>What was measured of the load, and what queueing theory says of it.</summary>
    Task<CapacityPicture> GetCapacityAsync(CancellationToken cancellationToken = default);

    /// <summary>Lists conversations, those first that changed last.</summary>
    Task<ConversationPage> ListAsync(ConversationFilter filter, CancellationToken cancellationToken = default);

    /// <summary>One conversation and its turns; null where there is none.</summary>
    Task<ConversationPicture?> GetConversationAsync(ConversationId conversation, CancellationToken cancellationToken = default);

    /// <summary>The life of a turn, with those of the turns that its modules sent to others, at most <see cref="Limits.MaxTreeTurns"/> in all; null where its conversation has no such turn, or no longer remembers it.</summary>
    Task<TurnLife?> ExplainAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default);

    /// <summary>
    /// The approvals that are waited for, of one tenant or of all; among those of the <see cref="Limits.MaxApprovalsListed"/> conversations that are unfinished longest
    /// of those in which any was asked for. What a module asks is told in its words.
    /// </summary>
    Task<ApprovalsPicture> ListApprovalsAsync(string? tenant, CancellationToken cancellationToken = default);

    /// <summary>Looks after the node's health and that of the cluster.</summary>
    Task<DoctorReport> ExamineAsync(CancellationToken cancellationToken = default);
}
