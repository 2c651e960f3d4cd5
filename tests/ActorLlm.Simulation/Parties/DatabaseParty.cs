using System.Collections.Immutable;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Recovery;
using ActorLlm.Simulation.Canaries;
using ActorLlm.Simulation.Checking;
using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Parties;

/// <summary>Rows of one conversation to be written, all or none.</summary>
internal sealed class WriteJob(ConversationParty writer, long firstSequence, ImmutableArray<ConversationEvent> events)
{
    public ConversationParty Writer { get; } = writer;

    public long FirstSequence { get; } = firstSequence;

    public ImmutableArray<ConversationEvent> Events { get; } = events;

    /// <summary>The first row's number in the journal's global order, given before the commit.</summary>
    public long Ordering { get; set; }

    public bool Answered { get; set; }
}

/// <summary>How a write ended.</summary>
internal enum WriteEnd
{
    Durable,
    Stale,
    Failed,
}

/// <summary>The end of a write: database to journal to conversation.</summary>
internal sealed record WriteDone(WriteJob Job, WriteEnd End);

/// <summary>What a conversation reads when it recovers, step by step, each at a moment of its own.</summary>
internal sealed class RecoveryJob(ConversationParty reader)
{
    public ConversationParty Reader { get; } = reader;

    public int Stage { get; set; }

    public bool Failed { get; set; }

    public ConversationState? Snapshot { get; set; }

    public long Highest { get; set; }

    public ImmutableArray<ConversationEvent> Events { get; set; } = [];
}

/// <summary>A snapshot to be kept.</summary>
internal sealed record SaveSnapshot(ConversationParty Writer, ConversationState State);

/// <summary>The marks beyond a number, and those that fill gaps: watch to database.</summary>
internal sealed record ReadMarks(long Head, (long From, long To)[] Gaps);

/// <summary>The answer; null when the database is away.</summary>
internal sealed record Marks(List<JournalMark>? Found);

/// <summary>How far a conversation's journal goes: conversation to database, and back.</summary>
internal sealed record AskReach(int Conversation, TurnRejected? Otherwise, Party? Client);

/// <summary>The answer; while the database is away there is none.</summary>
internal sealed record JournalReaches(long Highest, TurnRejected? Otherwise, Party? Client);

/// <summary>Where a new watch may start: kept, or asked for.</summary>
internal sealed record Watermark(long? Save);

/// <summary>Where a new watch may start: database to watch.</summary>
internal sealed record Loaded(long Watermark);

/// <summary>
/// The journal, the snapshots and the watermark. Commits take time, may fail, may be answered late or never, and with an unknown outcome;
/// (conversation, sequence number) is unique. Numbers of the global order are given before a commit, as by PostgreSQL's sequences: they appear
/// out of order and leave gaps.
/// </summary>
internal sealed class DatabaseParty(World world) : Party(world, null, "database")
{
    private const int CommitMs = 4;

    /// <summary>The plugin's circuit breaker gives up on a call that is not answered.</summary>
    private const long CallTimeoutMs = 20_000;

    private readonly Dice _dice = Dice.For(world.Plan.Seed, 4);
    private readonly List<Row>[] _rows = [.. Enumerable.Range(0, world.Plan.Conversations).Select(_ => new List<Row>())];
    private readonly (long Sequence, ConversationState State)?[] _snapshots = new (long, ConversationState)?[world.Plan.Conversations];
    private readonly HashSet<WriteJob> _underWay = [];
    private long _lastOrdering;
    private long _watermark;

    public bool Down { get; set; }

    /// <summary>Longest time that an operation takes besides, in ms.</summary>
    public int SlowMs { get; set; }

    public int FailPercent { get; set; }

    public int LoseAnswerPercent { get; set; }

    /// <summary>Turns accepted and not terminal.</summary>
    public int OpenTurns { get; private set; }

    /// <summary>The connections of one node are gone: what was under way has an unknown outcome.</summary>
    public void CutConnections(int node)
    {
        foreach (var job in _underWay)
        {
            if (job.Writer.Node!.Id != node) continue;
            World.Counts.Add(Happening.WriteOutcomeUnknown);
            Answer(job, WriteEnd.Failed);
        }
    }

    public override void Receive(object message, Party? sender)
    {
        switch (message)
        {
            case WriteJob job:
                Begin(job);
                break;
            case Commit commit:
                End(commit.Job);
                break;
            case RecoveryJob job:
                Read(job);
                Reply(sender!, job);
                break;
            case AskReach ask when !Down:
                Reply(sender!, new JournalReaches(HighestOf(ask.Conversation), ask.Otherwise, ask.Client));
                break;
            case SaveSnapshot save when !Down:
                Keep(save);
                break;
            case ReadMarks read:
                Reply(sender!, new Marks(Down ? null : MarksOf(read)));
                break;
            case Watermark { Save: { } save } when !Down:
                _watermark = save;
                break;
            case Watermark { Save: null } when !Down:
                Reply(sender!, new Loaded(_watermark));
                break;
        }
    }

    private void Begin(WriteJob job)
    {
        if (Down)
        {
            World.Counts.Add(Happening.WriteFailed);
            Answer(job, WriteEnd.Failed);
            return;
        }

        job.Ordering = _lastOrdering + 1;
        _lastOrdering += job.Events.Length;
        _underWay.Add(job);
        World.Post(this, new Commit(job), null, 1 + _dice.Below(CommitMs) + (SlowMs > 0 ? _dice.Below(SlowMs) : 0));
    }

    private void End(WriteJob job)
    {
        _underWay.Remove(job);
        var lost = Down || (LoseAnswerPercent > 0 && _dice.Chance(LoseAnswerPercent));
        if ((Down && _dice.Chance(50)) || (FailPercent > 0 && _dice.Chance(FailPercent)))
        {
            World.Counts.Add(Happening.WriteFailed);
            Answer(job, WriteEnd.Failed);
        }
        else if (!TryStore(job))
        {
            World.Counts.Add(Happening.WriteStale);
            Answer(job, WriteEnd.Stale);
        }
        else if (lost)
        {
            World.Counts.Add(Happening.WriteOutcomeUnknown);
            Answer(job, WriteEnd.Failed, _dice.Chance(30) ? CallTimeoutMs : _dice.Below(3000));
        }
        else
        {
            Answer(job, WriteEnd.Durable, LoseAnswerPercent > 0 ? _dice.Below(8000) : 0);
        }
    }

    private bool TryStore(WriteJob job)
    {
        var rows = _rows[job.Writer.Number];
        if (World.Canary != Canary.MissingUniqueIndex)
        {
            foreach (var row in rows)
            {
                if (row.Sequence >= job.FirstSequence && row.Sequence < job.FirstSequence + job.Events.Length) return false;
            }
        }

        for (var i = 0; i < job.Events.Length; i++) Store(job, i, rows);
        return true;
    }

    private void Store(WriteJob job, int index, List<Row> rows)
    {
        var e = World.Plan.Wire ? (ConversationEvent)Wire.Through(job.Events[index]) : job.Events[index];
        var row = new Row(job.Ordering + index, job.Writer.Number, job.FirstSequence + index, e, World.NowMs, job.Writer.ToString());
        rows.Add(row);
        World.History.Rows.Add(row);
        World.Mark((ulong)row.Sequence ^ Names.CodeOf(e));
        World.Trace?.Line(World.NowMs, $"durable: {Trace.Describe(row)}");
        switch (EffectOf(e))
        {
            case RowEffect.Opens:
                OpenTurns++;
                World.Counts.Add(Happening.TurnAccepted);
                break;
            case RowEffect.Closes:
                OpenTurns--;
                World.Counts.Add(Happening.TurnSettled);
                break;
        }

        if (e is AttemptFailed { Kind: FailureKind.WorkerLost }) World.Counts.Add(Happening.WorkerLostCounted);
    }

    private void Answer(WriteJob job, WriteEnd end, long delay = 0)
    {
        if (job.Answered) return;
        job.Answered = true;
        World.Post(job.Writer.Node!.Journal, new WriteDone(job, end), this, delay + 1 + _dice.Below(2));
    }

    private void Read(RecoveryJob job)
    {
        if (Down || (FailPercent > 0 && _dice.Chance(FailPercent / 4)))
        {
            World.Counts.Add(Happening.ReadFailed);
            job.Failed = true;
            return;
        }

        var number = job.Reader.Number;
        switch (job.Stage)
        {
            case 0:
                if (_snapshots[number] is not { } snapshot) break;
                World.Counts.Add(Happening.SnapshotRecovered);
                job.Snapshot = snapshot.State;
                break;
            case 1:
                job.Highest = HighestOf(number);
                break;
            default:
                var from = job.Snapshot?.Version ?? 0;
                var rows = _rows[number].Where(row => row.Sequence > from && row.Sequence <= job.Highest).OrderBy(row => row.Sequence);
                job.Events = [.. Defects.ReplayFilter(World, rows).Select(row => row.Event)];
                break;
        }
    }

    private long HighestOf(int conversation) => _rows[conversation].Count == 0 ? 0 : _rows[conversation].Max(row => row.Sequence);

    private void Keep(SaveSnapshot save)
    {
        // Deleting older ones is the writer's next step; a failed one leaves them, and the latest is the one that is read.
        if (_snapshots[save.Writer.Number] is { } known && known.Sequence >= save.State.Version) return;
        World.Counts.Add(Happening.SnapshotSaved);
        var state = Defects.Snapshot(World, save.State);
        _snapshots[save.Writer.Number] = (save.State.Version, (ConversationState)Wire.Through(state));
    }

    private void Reply(Party to, object answer) => World.Post(to, answer, this, 1 + _dice.Below(3) + (SlowMs > 0 ? _dice.Below(SlowMs) : 0));

    private List<JournalMark> MarksOf(ReadMarks read)
    {
        var marks = new List<JournalMark>();
        foreach (var row in World.History.Rows)
        {
            if (row.Ordering > read.Head || Array.Exists(read.Gaps, gap => gap.From <= row.Ordering && row.Ordering <= gap.To))
                marks.Add(new JournalMark(row.Ordering, World.Ids[row.Conversation].Value, EffectOf(row.Event)));
        }

        if (marks.Count > 1) marks.Sort((a, b) => a.Ordering.CompareTo(b.Ordering));
        return marks;
    }

    private static RowEffect EffectOf(ConversationEvent e) => e switch
    {
        TurnAccepted => RowEffect.Opens,
        ReplyCommitted or TurnFailed or TurnCancelled => RowEffect.Closes,
        _ => RowEffect.None,
    };

    private sealed record Commit(WriteJob Job);
}
