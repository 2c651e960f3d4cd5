namespace ActorLlm.Domain.Recovery;

/// <summary>What one row of the journal does to its conversation's number of unfinished turns and children.</summary>
public enum RowEffect
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A turn was accepted, or a child begun.</summary>
    Opens = 1,

    /// <summary>A turn reached its terminal outcome, or a child ended.</summary>
    Closes = 2,

    /// <summary>An approval was asked for.</summary>
    Asks = 3,
}

/// <summary>One row of the journal as the index needs it: no payload.</summary>
public readonly record struct JournalMark(long Ordering, string Conversation, RowEffect Effect);

/// <summary>
/// Knows which conversations have unfinished turns, from a read of the journal in its global order, and from where a later
/// reader must start to know the same.
/// </summary>
/// <remarks>
/// <para>Numbers of the global order are given before a transaction commits, so a missing number may still appear: it is waited for
/// (<see cref="GapPatience"/>, longer than any write may take) before it is taken for the trace of a rolled-back write.</para>
/// <para><see cref="Watermark"/> lies before the row that opened the oldest unfinished stretch. A reader that starts there may meet
/// closing rows whose opening row it never saw; a count that would go below zero stays at zero. That is right: for a
/// conversation with nothing unfinished at the watermark's writing, every opening row after the watermark has its closing row after it
/// too, so whatever is left over is closings.</para>
/// </remarks>
public sealed class UnfinishedIndex(long watermark)
{
    /// <summary>How long a missing number is waited for.</summary>
    public static readonly TimeSpan GapPatience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, Open> _open = new(StringComparer.Ordinal);
    private readonly List<Gap> _gaps = [];

    /// <summary>The highest number read.</summary>
    public long Head { get; private set; } = watermark;

    /// <summary>Missing numbers that may still appear, as inclusive ranges in rising order.</summary>
    public IEnumerable<(long From, long To)> Gaps => _gaps.Select(gap => (gap.From, gap.To));

    /// <summary>Conversations with unfinished turns.</summary>
    public int Count => _open.Count;

    /// <summary>When the longest unfinished conversation was first seen so; null where none is.</summary>
    public DateTimeOffset? OldestSeenAt => _open.Count == 0 ? null : _open.Values.Min(open => open.SeenAt);

    /// <summary>Where the unfinished stretches began, the oldest first.</summary>
    public IEnumerable<long> Since => _open.Values.Select(open => open.Since).Order();

    /// <summary>
    /// Conversations in which an approval was asked for since they are unfinished, those first that are so longest: each may wait for one. None other does.
    /// </summary>
    public IEnumerable<string> Asking =>
        _open.Where(pair => pair.Value.Asks).OrderBy(pair => pair.Value.Since).Select(pair => pair.Key);

    /// <summary>Every row up to this number may be skipped by a later reader.</summary>
    public long Watermark
    {
        get
        {
            var first = _gaps.Count > 0 ? Math.Min(Head + 1, _gaps[0].From) : Head + 1;
            foreach (var open in _open.Values) first = Math.Min(first, open.Since);
            return first - 1;
        }
    }

    /// <summary>
    /// Takes rows read in one statement, in rising order: rows beyond <see cref="Head"/>, and rows that fill gaps. A row that was read before
    /// changes nothing.
    /// </summary>
    /// <param name="rows">The rows.</param>
    /// <param name="now">
    /// The time before the statement was sent: what was missing then may have appeared since, however long the answer took.
    /// </param>
    /// <param name="complete">False when the statement's limit cut the rows off: missing numbers beyond the last one are not given up then.</param>
    public void Read(IEnumerable<JournalMark> rows, DateTimeOffset now, bool complete = true)
    {
        var last = 0L;
        foreach (var row in rows)
        {
            last = row.Ordering;
            if (row.Ordering <= Head)
            {
                if (!Fill(row.Ordering)) continue;
            }
            else
            {
                if (row.Ordering > Head + 1) _gaps.Add(new Gap(Head + 1, row.Ordering - 1, now));
                Head = row.Ordering;
            }

            Tally(row, now);
        }

        _gaps.RemoveAll(gap => gap.SeenAt + GapPatience < now && (complete || gap.To < last));
    }

    /// <summary>Conversations unfinished and first seen so before a time.</summary>
    public IEnumerable<string> UnfinishedSince(DateTimeOffset time) =>
        _open.Where(pair => pair.Value.SeenAt <= time).Select(pair => pair.Key);

    private void Tally(JournalMark row, DateTimeOffset now)
    {
        if (row.Effect == RowEffect.None) return;
        var known = _open.TryGetValue(row.Conversation, out var open);
        if (row.Effect == RowEffect.Opens)
        {
            _open[row.Conversation] = known ? open with { Owed = open.Owed + 1 } : new Open(1, row.Ordering, now, Asks: false);
        }
        else if (row.Effect == RowEffect.Asks)
        {
            if (known) _open[row.Conversation] = open with { Asks = true };
        }
        else if (known)
        {
            if (open.Owed == 1) _open.Remove(row.Conversation);
            else _open[row.Conversation] = open with { Owed = open.Owed - 1 };
        }
    }

    private bool Fill(long ordering)
    {
        var index = _gaps.FindIndex(gap => gap.From <= ordering && ordering <= gap.To);
        if (index < 0) return false;
        var gap = _gaps[index];
        _gaps.RemoveAt(index);
        if (ordering < gap.To) _gaps.Insert(index, gap with { From = ordering + 1 });
        if (gap.From < ordering) _gaps.Insert(index, gap with { To = ordering - 1 });
        return true;
    }

    private readonly record struct Open(int Owed, long Since, DateTimeOffset SeenAt, bool Asks);

    private readonly record struct Gap(long From, long To, DateTimeOffset SeenAt);
}
