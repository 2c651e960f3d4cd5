using ActorLlm.Cluster.Persistence;
using ActorLlm.Inspection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ActorLlm.Hosting;

/// <summary>The audit log in the journal's database; each row is a line of the node's log besides.</summary>
internal sealed partial class AuditLog(IOptions<ActorLlmOptions> options, ClusterDoor door, TimeProvider time, ILogger<AuditLog> log) : IAuditLog, IAsyncDisposable
{
    private const int MaxTextLength = 4000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private readonly AuditTable _table = new(options.Value.Journal());

    public Task<AuditEntry> WriteAsync(AuditOrder order, CancellationToken cancellationToken = default) => AddAsync(
        new AuditEntry(0, time.GetUtcNow(), Self, Short(order.Who), Short(order.Address), order.Action, Short(order.Target), 0, "", "", ""), cancellationToken);

    public Task<AuditEntry> WriteAsync(AuditEntry order, string outcome, CancellationToken cancellationToken = default) => AddAsync(
        order with { At = time.GetUtcNow(), Of = order.Number, Outcome = Short(outcome) }, cancellationToken);

    public Task<AuditPage> ListAsync(long? before, int limit, CancellationToken cancellationToken = default) => InTimeAsync(
        async stop =>
        {
            // One more than asked for tells whether there is a next page.
            var rows = await _table.ReadBeforeAsync(before ?? long.MaxValue, limit + 1, stop).ConfigureAwait(false);
            AuditEntry[] page = [.. rows.Take(limit)];
            return new AuditPage(
                page, rows.Count > limit ? page[^1].Number : null, before is null ? await CheckAsync(stop).ConfigureAwait(false) : null);
        },
        cancellationToken);

    public ValueTask DisposeAsync() => _table.DisposeAsync();

    // No request is to fill the table with one row.
    private static string Short(string text) => text.Length <= MaxTextLength ? text : text[..MaxTextLength];

    private string Self => door.System is { } system && Akka.Cluster.Cluster.Get(system).SelfAddress is { Host: { } host, Port: { } port } ? $"{host}:{port}" : "";

    private async Task<AuditEntry> AddAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        // As it is stored, so that what is read back has the same hash.
        var whole = entry with { At = DateTimeOffset.FromUnixTimeMilliseconds(entry.At.ToUnixTimeMilliseconds()) };
        var written = await InTimeAsync(stop => _table.AddAsync(whole, stop), cancellationToken).ConfigureAwait(false);
        LogEntry(log, written.Number, written.Action, written.Target, written.Who, written.Address, written.Of, written.Outcome, written.Hash);
        return written;
    }

    private async Task<AuditCheck> CheckAsync(CancellationToken cancellationToken)
    {
        var chain = new AuditChain();
        IReadOnlyList<AuditEntry> rows;
        do
        {
            rows = await _table.ReadAfterAsync(chain.Rows, AuditEntry.MaxPage, cancellationToken).ConfigureAwait(false);
            if (!rows.All(chain.Add)) break;
        }
        while (rows.Count == AuditEntry.MaxPage);
        return chain.Check();
    }

    private static async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            // SQLite works before it first awaits.
            return await Task.Run(() => work(patience.Token), patience.Token).WaitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested
            && (error is OperationCanceledException || DatabaseLoss.IsMeantBy(error)))
        {
            throw new ConversationsUnavailableException($"The audit log's database did not answer: {error.Message.ReplaceLineEndings(" ")}", RetryAfter);
        }
    }

    [LoggerMessage(
        EventId = 500, Level = LogLevel.Information,
        Message = "Audit {Number}: {Action} {Target} by {Who} from {Address}, result of {Of}: '{Outcome}', hash {Hash}")]
    private static partial void LogEntry(ILogger log, long number, string action, string target, string who, string address, long of, string outcome, string hash);
}
