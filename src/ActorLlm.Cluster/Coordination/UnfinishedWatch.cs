using ActorLlm.Cluster.Conversations;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Recovery;
using ActorLlm.Domain.Routing;
using ActorLlm.Telemetry;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace ActorLlm.Cluster.Coordination;

/// <summary>
/// Wakes conversations with unfinished turns after a crash, without waiting for a client: reads the journal's marks, keeps the index of
/// unfinished conversations, and sends each a wake-up now and then. To one that is awake it means nothing.
/// </summary>
internal sealed class UnfinishedWatch : UntypedActor, IWithTimers
{
    private const string ConversationPrefix = "conversation/";

    // Younger turns are most likely just running; this only saves needless wake-ups.
    private static readonly TimeSpan Young = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WakeInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WakeAgainAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(10);

    private readonly IActorRef _region;
    private readonly TimeProvider _time;
    private readonly UnfinishedReader _reader;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, DateTimeOffset> _woken = new(StringComparer.Ordinal);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private UnfinishedIndex? _index;
    private long _saved;

    public UnfinishedWatch(IActorRef region, JournalSettings journal, TimeProvider time)
    {
        _region = region;
        _time = time;
        _reader = new UnfinishedReader(journal);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Akka.Cluster.Cluster.Get(Context.System).Subscribe(Self, typeof(ClusterEvent.MemberRemoved));
        Timers.StartPeriodicTimer(nameof(Wake), Wake.Instance, WakeInterval);
        Timers.StartPeriodicTimer(nameof(Save), Save.Instance, SaveInterval);
        Self.Tell(Poll.Instance);
    }

    protected override void PostStop()
    {
        Akka.Cluster.Cluster.Get(Context.System).Unsubscribe(Self);
        _stop.Cancel();
        _ = _reader.DisposeAsync().AsTask();
        // Another node's watch tells of them from now on.
        ClusterMetrics.Unfinished(0, TimeSpan.Zero);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Poll when _index is null:
                _reader.LoadWatermarkAsync(_stop.Token).PipeTo(Self, success: watermark => new Loaded(watermark), failure: Failed.Because);
                break;
            case Poll:
                var askedAt = _time.NowInMilliseconds();
                _reader.ReadAsync(_index.Head, [.. _index.Gaps], _stop.Token)
                    .PipeTo(Self, success: marks => new Page(marks, askedAt), failure: Failed.Because);
                break;
            case Loaded loaded:
                (_index, _saved) = (new UnfinishedIndex(loaded.Watermark), loaded.Watermark);
                Self.Tell(Poll.Instance);
                break;
            case Page page:
                _index!.Read(page.Marks, page.AskedAt, page.IsComplete);
                PollAgain(page.IsComplete ? PollInterval : TimeSpan.Zero);
                break;
            case Failed failed:
                _log.Warning("The journal could not be read for unfinished conversations; trying again: {0}", failed.Cause.Message);
                PollAgain(WakeInterval);
                break;
            case Wake:
                WakeUnfinished();
                break;
            case Save when _index is { } index && index.Watermark > _saved:
                _saved = index.Watermark;
                _reader.SaveWatermarkAsync(_saved, _stop.Token).PipeTo(Self, success: () => Saved.Instance, failure: NotSaved.Because);
                break;
            // While it does not know, it does not say: a count of none would be a wrong one.
            case GetUnfinished when _index is not null:
                Sender.Tell(new UnfinishedList(_index.Count, [.. _index.Since.Take(Limits.MaxUnfinishedListed)]));
                break;
            case GetAsking when _index is not null:
                Sender.Tell(new AskingList([.. _index.Asking.Select(NameOf).OfType<string>().Take(Limits.MaxApprovalsListed)]));
                break;
            case NotSaved:
                _saved = 0;
                break;
            case ClusterEvent.MemberRemoved:
                // Wake-ups sent to the lost node are lost with it.
                _woken.Clear();
                break;
        }
    }

    private void PollAgain(TimeSpan delay)
    {
        if (delay == TimeSpan.Zero) Self.Tell(Poll.Instance);
        else Timers.StartSingleTimer(nameof(Poll), Poll.Instance, delay);
    }

    private void WakeUnfinished()
    {
        if (_index is null) return;
        var now = _time.NowInMilliseconds();
        if (ClusterMetrics.UnfinishedWanted) ClusterMetrics.Unfinished(_index.Count, now - (_index.OldestSeenAt ?? now));
        var unfinished = _index.UnfinishedSince(now - Young).ToHashSet(StringComparer.Ordinal);
        foreach (var id in _woken.Keys)
        {
            if (!unfinished.Contains(id)) _woken.Remove(id);
        }

        // Those never woken come first, then those whose last time is longest ago: with more than can be woken in one round, none is passed over.
        var due = unfinished.Where(id => _woken.GetValueOrDefault(id) + WakeAgainAfter <= now)
            .OrderBy(id => _woken.GetValueOrDefault(id)).Take(Limits.MaxWakesPerSecond).ToArray();
        foreach (var id in due)
        {
            _woken[id] = now;
            if (NameOf(id) is { } name && ConversationId.TryParse(name, out var conversation, out _))
                _region.Tell(new WakeConversation(conversation));
        }
    }

    private static string? NameOf(string persistenceId) =>
        persistenceId.StartsWith(ConversationPrefix, StringComparison.Ordinal) ? persistenceId[ConversationPrefix.Length..] : null;

    private sealed record Poll
    {
        public static Poll Instance { get; } = new();
    }

    private sealed record Wake
    {
        public static Wake Instance { get; } = new();
    }

    private sealed record Save
    {
        public static Save Instance { get; } = new();
    }

    private sealed record Saved
    {
        public static Saved Instance { get; } = new();
    }

    private sealed record Loaded(long Watermark);

    private sealed record Page(IReadOnlyList<JournalMark> Marks, DateTimeOffset AskedAt)
    {
        public bool IsComplete => Marks.Count < Limits.MaxJournalPage;
    }

    private sealed record Failed(Exception Cause)
    {
        public static Failed Because(Exception cause) => new(cause);
    }

    private sealed record NotSaved(Exception Cause)
    {
        public static NotSaved Because(Exception cause) => new(cause);
    }
}
