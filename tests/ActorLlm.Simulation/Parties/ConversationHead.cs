using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Simulation.Canaries;
using ActorLlm.Simulation.Checking;
using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Parties;

/// <summary>An alarm's time has come: a conversation to itself. Only the latest one counts.</summary>
internal sealed class Rang;

/// <summary>Mirrors the part of ConversationActor that looks after the attempt at the head: starts it, hears from it, gives it up, and shows it to those who watch.</summary>
internal sealed class ConversationHead(World world, Node home, ConversationParty conversation)
{
    private readonly List<(TurnId Turn, Party Client, bool Stream)> _followers = [];
    private HeadRun? _run;
    private DateTimeOffset _runStartedAt;
    private Party? _holder;
    private Rang? _alarm;
    private DateTimeOffset _alarmAt;

    /// <summary>Assumes what a recovery assumes, and goes on from there.</summary>
    public void Recover(ConversationState state)
    {
        _run = Supervision.AfterRecovery(state, world.Circumstances());
        _runStartedAt = world.Now;
        Advance(state);
    }

    /// <summary>The conversation ends here; its dispatcher is told.</summary>
    public void Stop()
    {
        if (_run is { } run) world.Post(home.Dispatcher, new AttemptClosed(KeyOf(run)), conversation);
    }

    /// <summary>Whether it is the alarm that was set last.</summary>
    public bool IsDue(Rang rang) => rang == _alarm;

    /// <summary>The alarm has rung.</summary>
    public void Wake(ConversationState state)
    {
        _alarm = null;
        Advance(state);
    }

    /// <summary>A sign of life of an attempt; one that is not wanted is told to stop.</summary>
    public void Hear(Heartbeat heartbeat, Party sender)
    {
        var key = heartbeat.Key;
        if (_run is null || _run.Turn != key.Turn || _run.Attempt != key.Attempt)
        {
            Tell(sender, new StopAttempt(key));
            return;
        }

        _run = Supervision.Heard(_run, key.Turn, key.Attempt, heartbeat.Queued, world.Now);
        var adopted = _holder is null;
        _holder = sender;
        if (adopted) AttachStreams(key);
    }

    /// <summary>Notes who waits for a turn, and who wants to see its text grow.</summary>
    public void Follow(TurnId turn, Party client, bool stream, int fromOffset)
    {
        var index = _followers.FindIndex(follower => follower.Turn == turn && follower.Client == client);
        if (index < 0) _followers.Add((turn, client, stream));
        else _followers[index] = (turn, client, stream || _followers[index].Stream);
        if (stream && _run is { } run && run.Turn == turn && _holder is { } holder)
            world.Network.Send(home, holder, new AttachStream(KeyOf(run), fromOffset), client);
    }

    /// <summary>Forgets and gives those who waited for a turn.</summary>
    public List<Party> TakeFollowers(TurnId turn)
    {
        List<Party> clients = [.. _followers.FindAll(follower => follower.Turn == turn).Select(follower => follower.Client)];
        _followers.RemoveAll(follower => follower.Turn == turn);
        return clients;
    }

    /// <summary>Does what is owed, until nothing is or something is to be persisted, and sets the alarm for the time when something will be.</summary>
    public void Advance(ConversationState state)
    {
        while (true)
        {
            var due = Defects.Outstanding(world, state, _run, _runStartedAt);
            if (due.Stop is { } stop)
            {
                End(state, stop);
            }
            else if (due.Start is { } head)
            {
                Start(state, head);
            }
            else if (due.Events is { IsDefaultOrEmpty: false } events)
            {
                conversation.Commit(events, () => { });
                return;
            }
            else
            {
                if (state.Head is not null && due.CheckAt is { } at) SetAlarm(at);
                return;
            }
        }
    }

    private void Start(ConversationState state, PendingTurn head)
    {
        _run = new HeadRun(head.Id, head.NextAttempt, world.Now, Queued: false);
        _runStartedAt = world.Now;
        _holder = home.Dispatcher;
        var key = KeyOf(_run);
        world.History.Starts.Add(new Start(world.NowMs, conversation.Number, conversation.ToString(), state.Version, head.Id.Value, head.NextAttempt));
        Tell(_holder, new RunAttempt(key, head.Content, state.History));
        AttachStreams(key);
    }

    private void End(ConversationState state, HeadRun run)
    {
        var key = KeyOf(run);
        var committed = state.Settled.TryGetValue(run.Turn, out var turn) && turn.Ending is null;
        if (!committed && _holder is { } holder) Tell(holder, new StopAttempt(key));
        Tell(home.Dispatcher, new AttemptClosed(key));
        _run = null;
    }

    private void AttachStreams(AttemptKey key)
    {
        foreach (var (turn, client, stream) in _followers)
        {
            if (stream && turn == key.Turn && _holder is { } holder) world.Network.Send(home, holder, new AttachStream(key, FromOffset: 0), client);
        }
    }

    private void SetAlarm(DateTimeOffset at)
    {
        if (_alarm is not null && _alarmAt <= at) return;
        _alarm = new Rang();
        _alarmAt = at;
        world.Post(conversation, _alarm, conversation, Math.Max(0, World.MsOf(at) - world.NowMs));
    }

    private void Tell(Party to, object message) => world.Network.Send(home, to, message, conversation);

    private AttemptKey KeyOf(HeadRun run) => new(world.Ids[conversation.Number], run.Turn, run.Attempt);
}
