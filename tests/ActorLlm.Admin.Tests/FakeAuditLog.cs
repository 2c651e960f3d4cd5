using ActorLlm.Hosting;
using ActorLlm.Inspection;

namespace ActorLlm.Admin.Tests;

/// <summary>The audit log in memory, with the real chain.</summary>
public sealed class FakeAuditLog : IAuditLog
{
    private readonly Lock _gate = new();
    private readonly List<AuditEntry> _rows = [];

    /// <summary>Whether a row with this outcome (empty for an order) cannot be written.</summary>
    public Func<string, bool> Fails { get; set; } = _ => false;

    public IReadOnlyList<AuditEntry> Rows
    {
        get
        {
            lock (_gate) return [.. _rows];
        }
    }

    public Task<AuditEntry> WriteAsync(AuditOrder order, CancellationToken cancellationToken = default) =>
        AddAsync(new AuditEntry(0, DateTimeOffset.UnixEpoch, "here:1", order.Who, order.Address, order.Action, order.Target, 0, "", "", ""));

    public Task<AuditEntry> WriteAsync(AuditEntry order, string outcome, CancellationToken cancellationToken = default) =>
        AddAsync(order with { Of = order.Number, Outcome = outcome });

    public Task<AuditPage> ListAsync(long? before, int limit, CancellationToken cancellationToken = default)
    {
        var rows = Rows.Reverse().Where(row => row.Number < (before ?? long.MaxValue)).ToArray();
        return Task.FromResult(new AuditPage([.. rows.Take(limit)], rows.Length > limit ? rows[limit - 1].Number : null, null));
    }

    private Task<AuditEntry> AddAsync(AuditEntry entry)
    {
        if (Fails(entry.Outcome)) throw new ConversationsUnavailableException("The audit log's database did not answer.", TimeSpan.FromSeconds(2));
        lock (_gate)
        {
            var row = entry with { Number = _rows.Count + 1, Previous = _rows.Count == 0 ? AuditChain.Start : _rows[^1].Hash };
            row = row with { Hash = AuditChain.HashOf(row) };
            _rows.Add(row);
            return Task.FromResult(row);
        }
    }
}
