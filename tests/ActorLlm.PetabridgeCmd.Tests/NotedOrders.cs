using ActorLlm.Hosting;
using ActorLlm.Inspection;

namespace ActorLlm.PetabridgeCmd.Tests;

/// <summary>An audit log of lines.</summary>
internal sealed class NotedOrders : IAuditLog
{
    private readonly List<string> _rows = [];

    public IReadOnlyList<string> Rows => _rows;

    /// <summary>Whether it takes nothing.</summary>
    public bool IsAway { get; set; }

    public Task<AuditEntry> WriteAsync(AuditOrder order, CancellationToken cancellationToken = default) =>
        Add($"{order.Who} {order.Action} {order.Target}", new AuditEntry(_rows.Count + 1, DateTimeOffset.UnixEpoch, "", order.Who, order.Address, order.Action, order.Target, 0, "", "", ""));

    public Task<AuditEntry> WriteAsync(AuditEntry order, string outcome, CancellationToken cancellationToken = default) => Add($"of {order.Number}: {outcome}", order);

    public Task<AuditPage> ListAsync(long? before, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException("Nobody asks for it here.");

    private Task<AuditEntry> Add(string line, AuditEntry row)
    {
        if (IsAway) throw new ConversationsUnavailableException("The audit log's database did not answer.", TimeSpan.FromSeconds(2));
        _rows.Add(line);
        return Task.FromResult(row);
    }
}
