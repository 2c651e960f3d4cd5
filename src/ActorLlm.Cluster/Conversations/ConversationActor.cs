using System.Collections.Immutable;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using Akka.Persistence;
using Decider = ActorLlm.Domain.Conversations.Decider;

namespace ActorLlm.Cluster.Conversations;

/// <summary>
/// One conversation: receives, lets the domain decide, persists, and does what is owed. After a recovery what is owed is derived from the
/// state in the same way, by <see cref="Advance"/>.
/// </summary>
internal sealed class ConversationActor : UntypedPersistentActor
{
    private readonly ConversationRuntime _runtime;
    private readonly ConversationId _id;
    private readonly Followers _followers = new();
    private readonly Alarm _alarm;
    private readonly ConversationTelemetry _telemetry;
    private readonly Children _children;
    private ConversationState _state = ConversationState.Empty;
    private HeadRun? _run;
    private IActorRef _holder;
    private DateTimeOffset _lastUsed;
    private long _bytesSinceSnapshot;

    public ConversationActor(ConversationId id, ConversationRuntime runtime)
    {
        _id = id;
        _runtime = runtime;
        _holder = ActorRefs.Nobody;
        _alarm = new Alarm(Context.System.Scheduler, Self);
        _telemetry = new ConversationTelemetry(id, runtime);
        _children = new Children(id, runtime, Self);
        PersistenceId = IdOf(id);
        JournalPluginId = ActorLlmConfig.JournalPlugin;
        SnapshotPluginId = ActorLlmConfig.SnapshotPlugin;
    }

    public override string PersistenceId { get; }

    public static string IdOf(ConversationId id) => $"conversation/{id}";

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case ConversationEvent e:
                Evolve(e);
                break;
            case SnapshotOffer { Snapshot: ConversationState state }:
                _state = state;
                break;
            case RecoveryCompleted:
                var now = _runtime.Now();
                _lastUsed = now.Now;
                _run = Supervision.AfterRecovery(_state, now);
                _telemetry.Recovered();
                Advance();
                break;
        }
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case SubmitTurn submit:
                Follow(submit.Turn, submit.Follow || submit.Stream, submit.Stream, fromOffset: 0, Handle(submit));
                break;
            case FollowTurn follow:
                Follow(follow.Turn, wanted: true, follow.Stream, follow.FromOffset, Handle(follow));
                break;
            case ConversationCommand command:
                Handle(command);
                break;
            case AttemptResult result:
                Handle(result);
                break;
            case Heartbeat heartbeat:
                Handle(heartbeat);
                break;
            case BeginStep begin:
                Answer(begin.Key, begin.Step.Key, StepDecider.Begin(_state, begin, _runtime.Now()));
                break;
            case EndStep end:
                Answer(end.Key, end.Step, StepDecider.End(_state, end, _runtime.Now()));
                break;
            case TurnAnswer child:
                Commit(_children.Take(_state, child, _runtime.Now()), () => { });
                break;
            case GetApprovals:
                Sender.Tell(Insights.Approvals(_id, _state));
                break;
            case GetConversation get:
                Sender.Tell(Answers().View(get.WithoutHistory));
                break;
            case InspectConversation:
                Sender.Tell(Insights.Of(_id, _state, _run));
                break;
            case Alarm.Rang:
                _alarm.Clear();
                Advance();
                break;
            case WakeConversation when _state.Head is null:
                _ = Lookup().AskReachAsync(otherwise: null, Sender, Self);
                break;
            case JournalReaches reaches when reaches.Highest > LastSequenceNr:
                Context.Parent.Tell(new Passivate(StopConversation.Instance));
                break;
            case JournalReaches { Otherwise: { } otherwise }:
                Sender.Tell(otherwise);
                break;
            case StopConversation:
                Context.Stop(Self);
                break;
            case SaveSnapshotSuccess saved:
                DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1));
                break;
            case SaveSnapshotFailure failed:
                Log.Warning("{ConversationId}: the snapshot at {SequenceNr} was not saved; the journal has everything: {Reason}", _id, failed.Metadata.SequenceNr, failed.Cause.Message);
                break;
            case WakeConversation or JournalReaches or DeleteSnapshotsSuccess or DeleteSnapshotsFailure or ResultAck:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    // A rejected event was not written, yet the default goes on as if nothing had happened: the truth is in the journal.
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        _telemetry.NotWritten(cause);
        Context.Stop(Self);
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistFailure(cause, @event, sequenceNr);
        _telemetry.NotWritten(cause);
    }

    protected override void PostStop()
    {
        _alarm.Clear();
        // The worker goes on, and its result finds the conversation's next home; this node's dispatcher no longer counts it.
        if (_run is { } run) _runtime.Dispatcher.Tell(new AttemptClosed(KeyOf(run)), ActorRefs.NoSender);
        base.PostStop();
    }

    private bool Handle(ConversationCommand command)
    {
        var sender = Sender;
        _telemetry.Arrived(_state);
        var decision = Decider.Decide(_state, command, _runtime.Now());
        if (decision.Answer is DecisionAnswer.Rejected rejected)
        {
            var check = command is SubmitTurn submit ? submit.Content.Check() : 0;
            var answer = new TurnRejected(_id, command.Turn, rejected.Code, rejected.Reason) { ContentCheck = check };
            if (rejected.Code is RejectionCode.NotFound or RejectionCode.NotTheLast) _ = Lookup().AskReachAsync(answer, sender, Self);
            else sender.Tell(answer);
            return false;
        }

        if (!decision.Events.IsEmpty) _telemetry.Accepting(command);
        Commit(Supervision.Ending(decision.Events, _run), () => Answers().Tell(command, sender));
        return true;
    }

    private void Handle(AttemptResult result)
    {
        var sender = Sender;
        var events = _telemetry.Committing(_state, result, Decider.Decide(_state, result.Key, result.End, _runtime.Now()));
        Commit(events, () => sender.Tell(new ResultAck(result.Key)));
    }

    private void Answer(AttemptKey key, string step, StepDecision decision)
    {
        var sender = Sender;
        Commit(decision.Events, () => sender.Tell(StepDecider.Answer(_state, key, step, decision)));
    }

    private void Handle(Heartbeat heartbeat)
    {
        var key = heartbeat.Key;
        if (_run is null || _run.Turn != key.Turn || _run.Attempt != key.Attempt)
        {
            Sender.Tell(new StopAttempt(key));
            return;
        }

        _run = Supervision.Heard(_run, key.Turn, key.Attempt, heartbeat.Queued, _runtime.Now().Now, Sender.Equals(_runtime.Dispatcher) ? "" : Sender.PlaceOf(_runtime.Node), heartbeat.WaitsFor);
        // Nobody held it for this incarnation: after a move or a crash the attempt is adopted, and those who watch its text are attached at its worker.
        var adopted = _holder.IsNobody();
        _holder = Sender;
        if (adopted) AttachStreams(key);
    }

    private void Follow(TurnId turn, bool wanted, bool stream, int fromOffset, bool known)
    {
        if (!wanted || !known || _state.Settled.ContainsKey(turn)) return;
        _followers.Add(turn, Sender, stream);
        if (stream && _run is { } run && run.Turn == turn) _holder.Tell(new AttachStream(KeyOf(run), fromOffset), Sender);
    }

    private void Commit(ImmutableArray<ConversationEvent> events, Action done)
    {
        if (events.IsEmpty)
        {
            done();
            return;
        }

        var left = events.Length;
        PersistAll(events, e =>
        {
            Apply(e);
            if (--left > 0) return;
            _telemetry.Written();
            done();
            Advance();
        });
    }

    private void Evolve(ConversationEvent e)
    {
        _state = ConversationEvolve.Apply(_state, e);
        _bytesSinceSnapshot += SnapshotRule.Weigh(e);
    }

    private void Apply(ConversationEvent e)
    {
        _telemetry.Happened(_state, e);
        Evolve(e);
        _lastUsed = e.At;
        if (_state.Settled.ContainsKey(e.Turn))
        {
            var reply = (e as ReplyCommitted)?.Reply;
            foreach (var follower in _followers.Take(e.Turn)) Answers().TellStanding(e.Turn, follower.Client, reply);
        }

        if (!SnapshotRule.IsDue(_state, _bytesSinceSnapshot)) return;
        _bytesSinceSnapshot = 0;
        SaveSnapshot(_state);
    }

    // Made when they are needed: thousands of conversations rest in memory.
    private Lookup Lookup() => new(_id, PersistenceId, _state.Pending.Length, _runtime.Replies, Log);

    private Answers Answers() => new(_id, _state, Lookup(), Self, _run, _runtime.Node);

    /// <summary>Does what is owed, until nothing is, and sets the alarm for the time when something will be.</summary>
    private void Advance()
    {
        while (true)
        {
            var now = _runtime.Now();
            var due = Supervision.Outstanding(_state, _run, now);
            if (due.Stop is { } stop)
            {
                End(stop);
            }
            else if (due.Start is { } head)
            {
                Start(head, now.Now);
            }
            else if (due.Events is { IsDefaultOrEmpty: false } events)
            {
                Commit(_telemetry.Attributed(_state, events), () => { });
                return;
            }
            else
            {
                Rest(due.CheckAt, now.Now);
                return;
            }
        }
    }

    private void Start(PendingTurn head, DateTimeOffset now)
    {
        _run = new HeadRun(head.Id, head.NextAttempt, now, Queued: false);
        _holder = _runtime.Dispatcher;
        var key = KeyOf(_run);
        _holder.Tell(new RunAttempt(key, head.Content, _state.History) { Trace = head.Trace, FailedSpanId = head.FailedSpanId }, Self);
        AttachStreams(key);
    }

    private void End(HeadRun run)
    {
        var key = KeyOf(run);
        var settled = _state.Settled.TryGetValue(run.Turn, out var turn) && turn.Ending is null;
        // The worker of a committed reply is told by its acknowledgement; any other attempt is to stop wherever it is.
        if (!settled) _holder.Tell(new StopAttempt(key), Self);
        _runtime.Dispatcher.Tell(new AttemptClosed(key), Self);
        _run = null;
    }

    private void AttachStreams(AttemptKey key)
    {
        foreach (var follower in _followers.Of(key.Turn))
        {
            if (follower.Stream) _holder.Tell(new AttachStream(key, FromOffset: 0), follower.Client);
        }
    }

    private void Rest(DateTimeOffset? checkAt, DateTimeOffset now)
    {
        if (_children.Tend(_state, now) is { } tendAt)
        {
            if (checkAt is null || tendAt < checkAt) checkAt = tendAt;
        }
        else if (_state.Head is null)
        {
            checkAt = _lastUsed + Limits.IdleBeforePassivation;
            if (checkAt <= now)
            {
                Context.Parent.Tell(new Passivate(StopConversation.Instance));
                return;
            }
        }

        if (checkAt is { } at) _alarm.SetNoLaterThan(at, now);
    }

    private AttemptKey KeyOf(HeadRun run) => new(_id, run.Turn, run.Attempt);
}
