using System.Globalization;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using ActorLlm.Inspection;

namespace ActorLlm.Cluster.Inspection;

/// <summary>Looks after the database: whether and how fast it answers, the fence between two writers, and room on the disk of a file.</summary>
internal sealed class DatabaseCheck(JournalSettings settings, TimeProvider time)
{
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(100);
    private const long LittleSpace = 1L << 30;
    private const long NoSpace = 100L << 20;

    private readonly JournalQuery _journal = new(settings);

    /// <summary>The findings, and the database's clock against this node's; null where it did not answer or has none of its own.</summary>
    public async Task<(IReadOnlyList<Finding> Findings, TimeSpan? Ahead)> ExamineAsync(CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        TimeSpan? ahead = null;
        try
        {
            // The first one may have to connect; what is told is what a question costs.
            await AskTimeAsync(cancellationToken).ConfigureAwait(false);
            var (took, clock) = await AskTimeAsync(cancellationToken).ConfigureAwait(false);
            ahead = clock;
            findings.Add(took < Slow
                ? Good("database", $"{settings.Place} answers in {Ms(took)}.")
                : new Finding("database", Severity.Warning, $"{settings.Place} answers in {Ms(took)}.", "Every turn waits for two durable writes: see what else loads the database, its disk and the way to it."));
            findings.Add(await JournalSchema.HasFenceAsync(settings, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false)
                ? Good("journal index", "The unique index on (persistence_id, sequence_number) is there.")
                : new Finding("journal index", Severity.Bad, "The unique index on (persistence_id, sequence_number) is missing: two nodes could both write a conversation and lose messages.", JournalSchema.RestoreFence));
        }
        catch (Exception error) when (IsAway(error))
        {
            findings.Add(new Finding("database", Severity.Bad, $"{settings.Place} does not answer: {(error is OperationCanceledException ? "nothing came in time" : error.Message)}", "Start it, or repair the way to it. Nothing that was accepted is lost; nothing new is accepted until then."));
        }

        if (settings.Provider == JournalProvider.Sqlite) findings.Add(Disk());
        return (findings, ahead);
    }

    /// <summary>Looks for turns that have been unfinished for long.</summary>
    /// <param name="since">Where the unfinished stretches of conversations began, in rising order; null where nobody said.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Finding> ExamineUnfinishedAsync(IReadOnlyList<long>? since, CancellationToken cancellationToken)
    {
        const string check = "unfinished turns";
        if (since is null) return new Finding(check, Severity.Warning, "The coordinator did not say which conversations are unfinished.", "Ask again in a few seconds: it may be starting on another node.");
        var now = time.GetUtcNow();
        var old = new List<DateTimeOffset>();
        try
        {
            await _journal.RunAsync(
                $"SELECT created FROM actorllm_journal WHERE ordering IN (SELECT i.id FROM {_journal.Ids("$1")})",
                [_journal.Array(since)],
                row =>
                {
                    var created = new DateTimeOffset(row.GetInt64(0), TimeSpan.Zero);
                    if (now - created > Limits.UnfinishedTooLong) old.Add(created);
                },
                cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (IsAway(error))
        {
            return new Finding(check, Severity.Warning, "The database did not say how long turns have been unfinished.", "See the finding about the database.");
        }

        return old.Count == 0
            ? Good(check, $"No conversation has had an unfinished turn for more than {Limits.UnfinishedTooLong.TotalMinutes:0} minutes on end.")
            : new Finding(
                check,
                Severity.Warning,
                $"{old.Count} conversations have had an unfinished turn for more than {Limits.UnfinishedTooLong.TotalMinutes:0} minutes on end, one of them since {old.Min().ToString("u", CultureInfo.InvariantCulture)}.",
                "See whether workers are free and backends answer; explain one of the turns to learn what it waits for.");
    }

    /// <summary>Looks for replies that nobody tries to deliver any more.</summary>
    public async Task<Finding> ExamineOutboxAsync(CancellationToken cancellationToken)
    {
        const string check = "owed replies";
        var (parked, reason) = (0L, "");
        try
        {
            await _journal.RunAsync(
                $"SELECT count(*), min(reason) FROM actorllm_outbox WHERE parked = {(_journal.IsPostgres ? "true" : "1")}",
                [],
                row => (parked, reason) = (row.GetInt64(0), row.IsDBNull(1) ? "" : row.GetString(1)),
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (IsAway(error))
        {
            return new Finding(check, Severity.Warning, "The database did not say which replies could not be delivered.", "See the finding about the database.");
        }

        return parked == 0
            ? Good(check, "No reply to a queue or a URL was given up.")
            : new Finding(
                check, Severity.Warning, $"{parked} replies to a queue or a URL were given up, one of them for: {reason}",
                "See 'actorllm outbox'; once the receiver is well, 'actorllm outbox --retry' has them sent.");
    }

    private static Finding Good(string check, string message) => new(check, Severity.Good, message, "");

    private static string Ms(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms");

    private static bool IsAway(Exception error) =>
        error is OperationCanceledException or JournalUnusableException || DatabaseLoss.IsMeantBy(error);

    private async Task<(TimeSpan Took, TimeSpan? Ahead)> AskTimeAsync(CancellationToken cancellationToken)
    {
        var (asked, started) = (time.GetUtcNow(), time.GetTimestamp());
        DateTimeOffset? clock = null;
        // SQLite's clock is this machine's. A server that is halted does not answer the request to cancel either, for longer than anybody waits: hence WaitAsync.
        await _journal.RunAsync(
            _journal.IsPostgres ? "SELECT clock_timestamp()" : "SELECT 1",
            [],
            row => clock = _journal.IsPostgres ? new DateTimeOffset(row.GetFieldValue<DateTime>(0)) : null,
            cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        var took = time.GetElapsedTime(started);
        return (took, clock - (asked + (took / 2)));
    }

    private Finding Disk()
    {
        var drive = new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(settings.Place))!);
        var free = drive.AvailableFreeSpace;
        var message = string.Create(CultureInfo.InvariantCulture, $"{free / (double)(1 << 30):0.0} GiB are free where {settings.Place} lies.");
        return free >= LittleSpace
            ? Good("disk", message)
            : new Finding("disk", free >= NoSpace ? Severity.Warning : Severity.Bad, message, "Make room: when the disk is full no turn is accepted.");
    }
}
