using ActorLlm.Inspection;

namespace ActorLlm.Hosting;

/// <summary>What operators ordered, kept in the cluster's database by all of its nodes. Rows are only added.</summary>
/// <remarks>All calls throw <see cref="ConversationsUnavailableException"/> when the database does not answer.</remarks>
public interface IAuditLog
{
    /// <summary>Writes an order before it is carried out.</summary>
    /// <returns>The row; give it to <see cref="WriteAsync(AuditEntry, string, CancellationToken)"/> with the result.</returns>
    Task<AuditEntry> WriteAsync(AuditOrder order, CancellationToken cancellationToken = default);

    /// <summary>Writes what became of an order.</summary>
    Task<AuditEntry> WriteAsync(AuditEntry order, string outcome, CancellationToken cancellationToken = default);

    /// <summary>Lists rows, the latest first; checks the whole log along with the first page.</summary>
    /// <param name="before">Where an earlier page said that the next one begins; null for the first page.</param>
    /// <param name="limit">How many at most: 1 to <see cref="AuditEntry.MaxPage"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<AuditPage> ListAsync(long? before, int limit, CancellationToken cancellationToken = default);
}

/// <summary>An order of an operator.</summary>
/// <param name="Who">The name of the key, or, where none was asked for, one of <see cref="OrderAudit.Reserved"/>.</param>
/// <param name="Address">Where the request came from; empty where that is not known.</param>
/// <param name="Action">What is ordered, such as <c>drain</c>.</param>
/// <param name="Target">What it is ordered for.</param>
public sealed record AuditOrder(string Who, string Address, string Action, string Target);
