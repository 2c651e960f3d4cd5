using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Recovery;
using ActorLlm.Simulation.Canaries;
using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Parties;

/// <summary>Mirrors UnfinishedWatch, which lives on the oldest node: reads the journal's marks and wakes conversations with unfinished turns.</summary>
internal sealed class WatchParty(World world, Node node) : Party(world, node, "watch")
{
    private const long PollMs = 500;
    private const long WakeMs = 1000;
    private const long SaveMs = 10_000;

    // A question whose answer is lost with its connection ends with an exception; here it is asked again.
    private const long QuestionTimeoutMs = 5000;

    private static readonly TimeSpan Young = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan WakeAgainAfter = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, DateTimeOffset> _woken = new(StringComparer.Ordinal);
    private UnfinishedIndex? _index;
    private DateTimeOffset _askedAt;
    private long _saved;
    private int _question;

    public void Start()
    {
        World.Post(this, Wake.Instance, this, WakeMs);
        World.Post(this, Save.Instance, this, SaveMs);
        Ask();
    }

    public override void Receive(object message, Party? sender)
    {
        switch (message)
        {
            case Poll poll when poll.Question == _question:
                Ask();
                break;
            case Loaded loaded when _index is null:
                (_index, _saved) = (new UnfinishedIndex(loaded.Watermark), loaded.Watermark);
                Ask();
                break;
            case Marks { Found: { } found }:
                _index!.Read(found, _askedAt, complete: true);
                PollAgain(PollMs);
                break;
            case Marks:
                PollAgain(WakeMs);
                break;
            case Wake:
                WakeUnfinished();
                World.Post(this, Wake.Instance, this, WakeMs);
                break;
            case Save:
                if (_index is { } index && index.Watermark > _saved) World.Post(World.Database, new Watermark(_saved = index.Watermark), this, 2);
                World.Post(this, Save.Instance, this, SaveMs);
                break;
            case MemberRemoved:
                _woken.Clear();
                break;
        }
    }

    private void Ask()
    {
        _askedAt = World.Now;
        World.Post(World.Database, _index is null ? new Watermark(null) : new ReadMarks(_index.Head, [.. _index.Gaps]), this, 1);
        if (_index is null) PollAgain(QuestionTimeoutMs);
    }

    private void PollAgain(long delay) => World.Post(this, new Poll(++_question), this, delay);

    private void WakeUnfinished()
    {
        if (_index is null || World.Canary == Canary.UnwokenAfterFullKill) return;
        var now = World.Now;
        var unfinished = _index.UnfinishedSince(now - Young).ToHashSet(StringComparer.Ordinal);
        foreach (var id in _woken.Keys)
        {
            if (!unfinished.Contains(id)) _woken.Remove(id);
        }

        foreach (var id in unfinished.Where(id => _woken.GetValueOrDefault(id) + WakeAgainAfter <= now)
                     .OrderBy(id => _woken.GetValueOrDefault(id)).ThenBy(id => id, StringComparer.Ordinal).Take(Limits.MaxWakesPerSecond).ToArray())
        {
            _woken[id] = now;
            World.Counts.Add(Happening.ConversationWoken);
            Node!.Region.Tell(new WakeConversation(ConversationId.Parse(id)), this);
        }
    }

    private sealed record Poll(int Question);

    private sealed record Wake
    {
        public static Wake Instance { get; } = new();
    }

    private sealed record Save
    {
        public static Save Instance { get; } = new();
    }
}
