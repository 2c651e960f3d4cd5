using System.Collections.Immutable;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Simulation.Canaries;
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
    private ConversationState _state = ConversationState.Empty;
    private WriteJobHandlers? _write;
    private bool _recovering = true;
    private long _sequence;
    private ConversationHead? _head;

    public int Number { get; } = number;

    private Node Home => Node!;

    private ConversationHead Head => _head ??= new ConversationHead(World, Home, this);

    public void Start()
    {
        World.Counts.Add(Happening.Recovery);
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
            case Rang rang when !Head.IsDue(rang):
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
        Head.Stop();
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
        Head.Recover(_state);
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
                Head.Hear(heartbeat, sender!);
                break;
            case GetConversation:
                Tell(sender!, new ConversationView(_id, _state.SettledCount, [.. _state.Pending.Select(turn => turn.Id)], [.. _state.History]));
                break;
            case Rang:
                Head.Wake(_state);
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
                World.Cluster.Homes.HandedOff(Number);
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

    private void Follow(TurnId turn, bool wanted, bool stream, int fromOffset, bool known, Party sender)
    {
        if (wanted && known && !_state.Settled.ContainsKey(turn)) Head.Follow(turn, sender, stream, fromOffset);
    }

    /// <summary>Persists events, then says so.</summary>
    public void Commit(ImmutableArray<ConversationEvent> events, Action done)
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
        Head.Advance(_state);
    }

    private void Apply(ConversationEvent e)
    {
        _sequence++;
        _state = Defects.Apply(World, _state, e);
        if (_state.Settled.ContainsKey(e.Turn))
        {
            var reply = (e as ReplyCommitted)?.Reply;
            foreach (var client in Head.TakeFollowers(e.Turn)) AnswerStanding(e.Turn, client, reply);
        }

        if (_sequence % World.Plan.SnapshotEvery == 0) Home.Journal.Save(this, _state);
    }

    private void AnswerStanding(TurnId turn, Party client, Reply? reply = null)
    {
        // A reply is never out of the history here: a run has far fewer turns than a history holds.
        if (Decider.Standing(_id, _state, turn, reply) is { } standing) Tell(client, standing);
    }

    private void Tell(Party to, object message) => World.Network.Send(Home, to, message, this);

    private sealed record WriteJobHandlers(ImmutableArray<ConversationEvent> Events, Action Done);
}
