using System.Collections.Immutable;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Simulation.Canaries;
using ActorLlm.Simulation.Checking;
using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Parties;

/// <summary>Sharding's hand-off.</summary>
internal sealed record StopConversation
{
    public static StopConversation Instance { get; } = new();
}

/// <summary>The attempt is over for its conversation: conversation to its own node's dispatcher.</summary>
internal sealed record AttemptClosed(AttemptKey Key);

/// <summary>
/// Mirrors ConversationActor: recovers, decides by the domain, persists, and does what is owed. While it recovers or writes, messages wait,
/// as Akka.Persistence stashes them.
/// </summary>
internal sealed class ConversationParty(World world, Node node, int number, int incarnation)
    : Party(world, node, $"c{number:x}#{incarnation}")
{
    private readonly ConversationId _id = world.Ids[number];
    private readonly Queue<(object Message, Party? Sender)> _stash = new();
    private readonly List<(TurnId Turn, Party Client, bool Stream)> _followers = [];
    private ConversationState _state = ConversationState.Empty;
    private WriteJobHandlers? _write;
    private bool _recovering = true;
    private long _sequence;
    private HeadRun? _run;
    private DateTimeOffset _runStartedAt;
    private Party? _holder;
    private Rang? _alarm;
    private DateTimeOffset _alarmAt;

    public int Number { get; } = number;

    private Node Home => Node!;

    public void Start()
    {
        World.Counts.Add(Happening.Recovery);
        World.Cluster.Began(Number);
        Home.Journal.Recover(this);
    }

    public override void Receive(object message, Party? sender)
    {
        switch (message)
        {
            case RecoveryJob job:
                Recover(job);
                break;
            case WriteDone done:
                Written(done);
                break;
            case Rang rang when rang != _alarm:
                return;
            default:
                if (_recovering || _write is not null) _stash.Enqueue((message, sender));
                else Handle(message, sender);
                return;
        }

        Unstash();
    }

    /// <summary>As an actor that is stopped or that failed: the rest of its mailbox is lost, its dispatcher is told.</summary>
    public void Stop()
    {
        Alive = false;
        if (_run is { } run) World.Post(Home.Dispatcher, new AttemptClosed(KeyOf(run)), this);
    }

    private void Recover(RecoveryJob job)
    {
        if (job.Failed)
        {
            Stop();
            return;
        }

        if (job.Snapshot is { } snapshot) _state = snapshot;
        foreach (var e in job.Events) _state = Defects.Apply(World, _state, e);
        _sequence = Math.Max(job.Highest, _state.Version);
        _recovering = false;
        if (World.Canary == Canary.EffectsNotRederived) return;
        _run = Supervision.AfterRecovery(_state, World.Circumstances());
        _runStartedAt = World.Now;
        Advance();
    }

    private void Unstash()
    {
        while (Alive && !_recovering && _write is null && _stash.TryDequeue(out var next)) Handle(next.Message, next.Sender);
    }

    private void Handle(object message, Party? sender)
    {
        switch (message)
        {
            case SubmitTurn submit:
                Follow(submit.Turn, submit.Follow || submit.Stream, submit.Stream, 0, Handle(submit, sender!), sender!);
                break;
            case FollowTurn follow:
                Follow(follow.Turn, true, follow.Stream, follow.FromOffset, Handle(follow, sender!), sender!);
                break;
            case ConversationCommand command:
                Handle(command, sender!);
                break;
            case AttemptResult result:
                Commit(Defects.Decide(World, _state, result), () => Tell(sender!, new ResultAck(result.Key)));
                break;
            case Heartbeat heartbeat:
                Hear(heartbeat, sender!);
                break;
            case GetConversation:
                Tell(sender!, new ConversationView(_id, _state.SettledCount, [.. _state.Pending.Select(turn => turn.Id)], [.. _state.History]));
                break;
            case Rang:
                _alarm = null;
                Advance();
                break;
            case WakeConversation when _state.Head is null:
                Doubt(null, null);
                break;
            case JournalReaches reaches when reaches.Highest > _sequence:
                World.Post(this, StopConversation.Instance, this);
                break;
            case JournalReaches { Otherwise: { } otherwise, Client: { } client }:
                Tell(client, otherwise);
                break;
            case StopConversation:
                Stop();
                World.Cluster.HandedOff(Number);
                break;
        }
    }

    private bool Handle(ConversationCommand command, Party sender)
    {
        var decision = Defects.Decide(World, _state, command);
        if (decision.Answer is DecisionAnswer.Rejected rejected)
        {
            var check = command is SubmitTurn submit ? submit.Content.Check() : 0;
            var answer = new TurnRejected(_id, command.Turn, rejected.Code, rejected.Reason) { ContentCheck = check };
            if (rejected.Code == RejectionCode.NotFound) Doubt(answer, sender);
            else Tell(sender, answer);
            return false;
        }

        if (World.Canary == Canary.AcknowledgeBeforePersist && decision.Events.Any(e => e is TurnAccepted))
        {
            var check = ((SubmitTurn)command).Content.Check();
            Tell(sender, new TurnPending(_id, command.Turn, _state.Pending.Length, 0, "") { ContentCheck = check });
        }

        Commit(decision.Events, () => AnswerStanding(command.Turn, sender));
        return true;
    }

    // Mirrors Lookup: what does not fit what this incarnation knows makes it ask how far the journal goes.
    private void Doubt(TurnRejected? otherwise, Party? client)
    {
        if (World.Canary != Canary.OvertakenIncarnationStays) World.Post(World.Database, new AskReach(Number, otherwise, client), this, 1);
        else if (otherwise is not null) Tell(client!, otherwise);
    }

    private void Hear(Heartbeat heartbeat, Party sender)
    {
        var key = heartbeat.Key;
        if (_run is null || _run.Turn != key.Turn || _run.Attempt != key.Attempt)
        {
            Tell(sender, new StopAttempt(key));
            return;
        }

        _run = Supervision.Heard(_run, key.Turn, key.Attempt, heartbeat.Queued, World.Now);
        var adopted = _holder is null;
        _holder = sender;
        if (adopted) AttachStreams(key);
    }

    private void Follow(TurnId turn, bool wanted, bool stream, int fromOffset, bool known, Party sender)
    {
        if (!wanted || !known || _state.Settled.ContainsKey(turn)) return;
        var index = _followers.FindIndex(follower => follower.Turn == turn && follower.Client == sender);
        if (index < 0) _followers.Add((turn, sender, stream));
        else _followers[index] = (turn, sender, stream || _followers[index].Stream);
        if (stream && _run is { } run && run.Turn == turn && _holder is { } holder)
            World.Network.Send(Home, holder, new AttachStream(KeyOf(run), fromOffset), sender);
    }

    private void Commit(ImmutableArray<ConversationEvent> events, Action done)
    {
        if (events.IsEmpty)
        {
            done();
            return;
        }

        _write = new WriteJobHandlers(events, done);
        Home.Journal.Write(this, _sequence + 1, events);
    }

    private void Written(WriteDone done)
    {
        if (_write is not { } write) return;
        if (done.End == WriteEnd.Stale && World.Canary == Canary.StaleWriterNotStopped)
        {
            // What Akka.Persistence does by default: the number is used up, the event is not applied, and the actor goes on.
            _sequence += write.Events.Length;
            _write = null;
            return;
        }

        if (done.End != WriteEnd.Durable)
        {
            Stop();
            return;
        }

        _write = null;
        foreach (var e in write.Events) Apply(e);
        write.Done();
        Advance();
    }

    private void Apply(ConversationEvent e)
    {
        _sequence++;
        _state = Defects.Apply(World, _state, e);
        if (_state.Settled.ContainsKey(e.Turn))
        {
            var reply = (e as ReplyCommitted)?.Reply;
            foreach (var (_, client, _) in _followers.FindAll(follower => follower.Turn == e.Turn)) AnswerStanding(e.Turn, client, reply);
            _followers.RemoveAll(follower => follower.Turn == e.Turn);
        }

        if (_sequence % World.Plan.SnapshotEvery == 0) Home.Journal.Save(this, _state);
    }

    private void AnswerStanding(TurnId turn, Party client, Reply? reply = null)
    {
        // A reply is never out of the history here: a run has far fewer turns than a history holds.
        if (Decider.Standing(_id, _state, turn, reply) is { } standing) Tell(client, standing);
    }

    private void Advance()
    {
        while (true)
        {
            var due = Defects.Outstanding(World, _state, _run, _runStartedAt);
            if (due.Stop is { } stop)
            {
                End(stop);
            }
            else if (due.Start is { } head)
            {
                Start(head);
            }
            else if (due.Events is { IsDefaultOrEmpty: false } events)
            {
                Commit(events, () => { });
                return;
            }
            else
            {
                if (_state.Head is not null && due.CheckAt is { } at) SetAlarm(at);
                return;
            }
        }
    }

    private void Start(PendingTurn head)
    {
        _run = new HeadRun(head.Id, head.NextAttempt, World.Now, Queued: false);
        _runStartedAt = World.Now;
        _holder = Home.Dispatcher;
        var key = KeyOf(_run);
        World.History.Starts.Add(new Start(World.NowMs, Number, ToString(), _state.Version, head.Id.Value, head.NextAttempt));
        Tell(_holder, new RunAttempt(key, head.Content, _state.History));
        AttachStreams(key);
    }

    private void End(HeadRun run)
    {
        var key = KeyOf(run);
        var committed = _state.Settled.TryGetValue(run.Turn, out var turn) && turn.Ending is null;
        if (!committed && _holder is { } holder) Tell(holder, new StopAttempt(key));
        Tell(Home.Dispatcher, new AttemptClosed(key));
        _run = null;
    }

    private void AttachStreams(AttemptKey key)
    {
        foreach (var (turn, client, stream) in _followers)
        {
            if (stream && turn == key.Turn && _holder is { } holder) World.Network.Send(Home, holder, new AttachStream(key, FromOffset: 0), client);
        }
    }

    private void SetAlarm(DateTimeOffset at)
    {
        if (_alarm is not null && _alarmAt <= at) return;
        _alarm = new Rang();
        _alarmAt = at;
        World.Post(this, _alarm, this, Math.Max(0, World.MsOf(at) - World.NowMs));
    }

    private void Tell(Party to, object message) => World.Network.Send(Home, to, message, this);

    private AttemptKey KeyOf(HeadRun run) => new(_id, run.Turn, run.Attempt);

    private sealed class Rang;

    private sealed record WriteJobHandlers(ImmutableArray<ConversationEvent> Events, Action Done);
}
