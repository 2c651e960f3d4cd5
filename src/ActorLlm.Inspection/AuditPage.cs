namespace ActorLlm.Inspection;

/// <summary>Orders that were given to the cluster, the latest first.</summary>
/// <param name="Entries">One page of the log.</param>
/// <param name="Next">What to give as <c>before</c> to get the next page; null after the last.</param>
/// <param name="Chain">What became of the check of the whole log; told with the first page, else null.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, long? Next, AuditCheck? Chain);

/// <summary>One row of the audit log: an order before it is carried out, or what became of it.</summary>
/// <param name="Number">From 1 on, without gaps.</param>
/// <param name="At">When, by the clock of <paramref name="Node"/>, in whole milliseconds.</param>
/// <param name="Node">The node that was asked, <c>host:port</c>.</param>
/// <param name="Who">The name of the key; <c>loopback</c> where none was needed.</param>
/// <param name="Address">Where the request came from.</param>
/// <param name="Action">What was ordered, such as <c>drain</c>.</param>
/// <param name="Target">What it was ordered for: a node, a conversation, or a turn after its conversation.</param>
/// <param name="Of">For a result the number of its order; 0 for an order.</param>
/// <param name="Outcome">For a result what became of the order; empty for an order.</param>
/// <param name="Previous">The hash of the row before; 64 zeros for the first.</param>
/// <param name="Hash">The row's own hash, see <see cref="AuditChain"/>.</param>
public sealed record AuditEntry(
    long Number,
    DateTimeOffset At,
    string Node,
    string Who,
    string Address,
    string Action,
    string Target,
    long Of,
    string Outcome,
    string Previous,
    string Hash)
{
    /// <summary>The most rows that one page holds.</summary>
    public const int MaxPage = 1000;
}

/// <summary>Whether the audit log is as it was written.</summary>
/// <param name="Intact">Whether every row has the hash of its content and of the row before it, and none is missing in between.</param>
/// <param name="Rows">How many rows are in order, from the first on.</param>
/// <param name="Head">
/// The hash of the last of them. A log whose latest rows were taken away is in order up to there: only a hash that was noted elsewhere, such as in the
/// nodes' logs, tells that it went on.
/// </param>
/// <param name="Problem">What is wrong, and with which row; empty where nothing is.</param>
public sealed record AuditCheck(bool Intact, long Rows, string Head, string Problem);
