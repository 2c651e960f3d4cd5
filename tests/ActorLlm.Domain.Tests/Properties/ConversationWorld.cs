using ActorLlm.Domain.Conversations;

namespace ActorLlm.Domain.Tests.Properties;

/// <summary>One thing that happens to a conversation; the numbers choose among what is possible.</summary>
public sealed record Step(StepKind Kind, int Choice, int Dice);

/// <summary>What may happen.</summary>
public enum StepKind
{
    /// <summary>A client sends a turn, perhaps one that it sent before, perhaps with other content.</summary>
    Submit,

    /// <summary>A client cancels a turn.</summary>
    Cancel,

    /// <summary>A client acknowledges a turn.</summary>
    Acknowledge,

    /// <summary>A client adds or deletes items, deletes a turn, describes the conversation, or goes on from a certain turn.</summary>
    Edit,

    /// <summary>A worker that was ever given an attempt ends it with a reply, or one that never was says so.</summary>
    Succeed,

    /// <summary>A worker that was ever given an attempt ends it with a failure.</summary>
    Fail,

    /// <summary>A worker that was ever given an attempt says that it still holds it.</summary>
    Beat,

    /// <summary>A worker that was ever given an attempt begins a tool's step, perhaps once more, or says what came of one.</summary>
    Tool,

    /// <summary>A worker that was ever given an attempt begins a child or asks for an approval.</summary>
    Await,

    /// <summary>A worker that was ever given an attempt ends it to wait.</summary>
    Suspend,

    /// <summary>A child has its outcome, or an operator decides.</summary>
    Answer,

    /// <summary>A message on its way arrives; it stays on its way and may arrive again.</summary>
    Deliver,

    /// <summary>A message on its way is lost.</summary>
    Lose,

    /// <summary>Time passes.</summary>
    Wait,

    /// <summary>The conversation dies and recovers from its journal.</summary>
    Crash,
}

/// <summary>
/// A conversation between clients, workers and a network that delivers late, twice, in any order or never. It does what the actor
/// does: decide, record, evolve, then whatever <see cref="Supervision"/> says is owed.
/// </summary>
public sealed class ConversationWorld(Func<ConversationEvent, ConversationEvent>? store = null)
{
    private const int MostTurns = 12;

    private static readonly FailureKind[] Kinds =
    [
        FailureKind.Content, FailureKind.Content, FailureKind.AnswerUnusable, FailureKind.Provider, FailureKind.WorkerLost, FailureKind.WorkerLost,
        FailureKind.Interrupted, FailureKind.Module,
    ];

    private readonly Func<ConversationEvent, ConversationEvent> _store = store ?? (@event => @event);
    private readonly List<object> _onTheirWay = [];
    private readonly List<AttemptKey> _started = [];
    private readonly List<ConversationEvent> _journal = [];
    private HeadRun? _run;
    private double _jitter;

    /// <summary>Short limits, so that a short script reaches them.</summary>
    public ConversationPolicy Policy { get; } = new()
    {
        MaxPendingTurns = 5,
        MaxContentFailures = 2,
        MaxWorkerLosses = 2,
        TimeToLive = TimeSpan.FromSeconds(15),
    };

    public ConversationState Live { get; private set; } = ConversationState.Empty;

    /// <summary>The events as they were stored.</summary>
    public IReadOnlyList<ConversationEvent> Journal => _journal;

    /// <summary>Turns that a client was told are durable.</summary>
    public HashSet<TurnId> Promised { get; } = [];

    public DateTimeOffset Now { get; private set; } = Some.Start;

    public Circumstances Circumstances => new(Now, _jitter, Policy);

    public void Do(Step step)
    {
        _jitter = step.Dice % 100 / 100.0;
        var turn = Some.Turn($"t{step.Choice % MostTurns}");
        switch (step.Kind)
        {
            case StepKind.Submit:
                Send(Some.Submit(turn.Value, $"content {step.Dice % 10 / 9}", Overlap(step.Dice), Deadline(step.Dice)));
                break;
            case StepKind.Cancel:
                Send(Some.Cancel(turn.Value) with { By = step.Dice % 3 == 0 ? CancelledBy.Parent : CancelledBy.Client });
                break;
            case StepKind.Acknowledge:
                Send(Some.Acknowledge(turn.Value));
                break;
            case StepKind.Edit:
                Send(Edit(turn, step.Dice));
                break;
            case StepKind.Succeed when step.Choice % 10 == 0:
                Send(new AttemptResult(Some.Attempt(turn.Value, 1), Some.Success("nobody asked for this")));
                break;
            case StepKind.Succeed when _started.Count > 0:
                Send(new AttemptResult(Pick(_started, step.Choice), Some.Success($"reply {step.Dice}")));
                break;
            case StepKind.Fail when _started.Count > 0:
                Send(new AttemptResult(Pick(_started, step.Choice), Failure(step.Dice)));
                break;
            case StepKind.Beat when _started.Count > 0:
                Send(new Heartbeat(Pick(_started, step.Choice), Queued: step.Dice % 4 == 0));
                break;
            case StepKind.Tool when _started.Count > 0:
                var tool = Some.Tool($"k{step.Dice % 3}", arguments: $"{step.Dice % 40 / 39}");
                Send(step.Dice % 2 == 0
                    ? Some.Begin(turn.Value, 1, tool, again: step.Dice % 4 == 0) with { Key = Pick(_started, step.Choice) }
                    : Some.End(turn.Value, 1, tool.Key, $"result {step.Dice}") with { Key = Pick(_started, step.Choice) });
                break;
            case StepKind.Await when _started.Count > 0:
                var awaited = step.Dice % 2 == 0 ? Some.Child($"c{step.Dice % 3}", step.Dice % 7 == 0 ? "" : "images") : Some.Approval($"a{step.Dice % 3}");
                Send(Some.Begin(turn.Value, 1, awaited) with { Key = Pick(_started, step.Choice) });
                break;
            case StepKind.Suspend when _started.Count > 0:
                Send(new AttemptResult(Pick(_started, step.Choice), new AttemptEnd.Suspended()));
                break;
            case StepKind.Answer when step.Dice % 2 == 0 && OwedChildren.Any(Live):
                Send(ChildSays(OwedChildren.Of(Live).First(), step.Dice));
                break;
            case StepKind.Answer:
                Send(Some.Grant(Live.Head?.Id.Value ?? turn.Value, $"a{step.Choice % 3}", granted: step.Dice % 4 == 1));
                break;
            case StepKind.Deliver when _onTheirWay.Count > 0:
                Receive(Pick(_onTheirWay, step.Choice));
                break;
            case StepKind.Lose when _onTheirWay.Count > 0:
                _onTheirWay.RemoveAt(step.Choice % _onTheirWay.Count);
                break;
            case StepKind.Wait:
                Pass(TimeSpan.FromMilliseconds(1 + step.Dice * 13));
                break;
            case StepKind.Crash:
                Crash();
                break;
            default:
                break;
        }
    }

    private static ConversationCommand Edit(TurnId turn, int dice) => (dice % 5) switch
    {
        0 => new AddItems(Some.Conversation, turn, [new Message(Role.User, $"added {dice % 3}")]),
        1 => new DeleteItem(Some.Conversation, turn, dice / 5 % 3),
        2 => new DeleteTurn(Some.Conversation, turn),
        3 => new DescribeConversation(Some.Conversation, turn, $"{{\"n\":{dice % 3}}}", MustExist: dice % 2 == 0),
        _ => Some.Submit($"t{dice % MostTurns}", "content 0") with { After = turn },
    };

    /// <summary>
    /// Everything that is still on its way arrives, and from now on the running attempt always replies: what is unfinished must end.
    /// </summary>
    public void Drain()
    {
        foreach (var message in _onTheirWay.ToArray()) Receive(message);
        for (var round = 0; !Live.Pending.IsEmpty || OwedChildren.Any(Live); round++)
        {
            Assert.True(round < 1000, $"The turn {Live.Head?.Id} or a child never ends.");
            Pass(TimeSpan.FromSeconds(1));
            foreach (var child in OwedChildren.Of(Live).ToArray()) Receive(ChildSays(child, 1));
            foreach (var open in Live.Head?.Steps.Where(step => step.IsAwaited) ?? []) Receive(Some.Grant(Live.Head!.Id.Value, open.Key));
            if (_run is { } run) Receive(new AttemptResult(new AttemptKey(Some.Conversation, run.Turn, run.Attempt), Some.Success("drained")));
        }
    }

    // Mostly the latest, so that scripts get somewhere; sometimes any, so that they meet the unexpected.
    private static T Pick<T>(List<T> items, int choice) =>
        choice % 4 > 0 ? items[^(1 + choice / 4 % Math.Min(2, items.Count))] : items[choice / 4 % items.Count];

    private static OverlapPolicy Overlap(int dice) => (dice / 10 % 12) switch
    {
        0 => OverlapPolicy.Interrupt,
        1 => OverlapPolicy.Reject,
        _ => OverlapPolicy.Enqueue,
    };

    private static TimeSpan? Deadline(int dice) => dice % 7 == 0 ? TimeSpan.FromSeconds(1 + dice % 50) : null;

    private static AttemptEnd Failure(int dice) => Some.Failure(
        Kinds[dice % Kinds.Length], $"failure {dice}", dice % 5 == 0 ? TimeSpan.FromMilliseconds(dice * 31.7) : null);

    private static ChildSaid ChildSays(OwedChild child, int dice) =>
        new(child.Turn, child.Key, (dice % 3) switch { 0 => StepOutcome.Failed, 1 => StepOutcome.Done, _ => StepOutcome.Cancelled }, $"child {dice}");

    private void Send(object message) => _onTheirWay.Add(message);

    private void Receive(object message)
    {
        switch (message)
        {
            case ConversationCommand command:
                var decision = Decider.Decide(Live, command, Circumstances);
                Record(decision.Events);
                if (command is SubmitTurn && decision.Answer is DecisionAnswer.Standing) Promised.Add(command.Turn);
                break;
            case AttemptResult result:
                Record(Decider.Decide(Live, result.Key, result.End, Circumstances));
                break;
            case BeginStep begin:
                var begun = StepDecider.Begin(Live, begin, Circumstances);
                Record(begun.Events);
                Answered(begin, StepDecider.Answer(Live, begin.Key, begin.Step.Key, begun));
                break;
            case EndStep end:
                var ended = StepDecider.End(Live, end, Circumstances);
                Record(ended.Events);
                if (ended.Refusal is null) Assert.NotNull(Assert.IsType<StepStanding>(StepDecider.Answer(Live, end.Key, end.Step, ended)).End);
                break;
            case ChildSaid said:
                Record(StepDecider.ChildEnds(Live, said.Turn, said.Key, said.Outcome, said.Result, Circumstances));
                break;
            case Heartbeat beat:
                _run = Supervision.Heard(_run, beat.Key.Turn, beat.Key.Attempt, beat.Queued, Now);
                break;
            default:
                throw new InvalidOperationException($"Unknown message {message}.");
        }

        DoWhatIsOwed();
    }

    private void Pass(TimeSpan time)
    {
        Now += time;
        DoWhatIsOwed();
    }

    private void Crash()
    {
        Live = Some.Fold(_journal);
        _run = Supervision.AfterRecovery(Live, Circumstances);
        DoWhatIsOwed();
    }

    private void DoWhatIsOwed()
    {
        for (var round = 0; ; round++)
        {
            Assert.True(round < 100, "What is owed never becomes less.");
            var due = Supervision.Outstanding(Live, _run, Circumstances);
            Assert.True(
                (due.Events.IsEmpty ? 0 : 1) + (due.Start is null ? 0 : 1) + (due.Stop is null ? 0 : 1) <= 1, "More than one thing is owed at once.");
            if (due.Stop is not null)
            {
                _run = null;
            }
            else if (due.Start is { } start)
            {
                Assert.False(start.Waits, "An attempt starts while it would wait.");
                _run = new HeadRun(start.Id, start.NextAttempt, Now, Queued: true);
                _started.Add(new AttemptKey(Some.Conversation, start.Id, start.NextAttempt));
            }
            else if (due.Events.IsEmpty)
            {
                var nothingComes = Live.Head is null or { Waits: true } && Live.Pending.All(turn => turn.Deadline is null);
                Assert.True(nothingComes == due.CheckAt is null, "An unfinished turn is never looked at again.");
                Assert.True(due.CheckAt is null || due.CheckAt > Now, "What is owed now is put off.");
                return;
            }

            Record(due.Events);
        }
    }

    /// <summary>Which tools the workers were told to call: attempt and key.</summary>
    public List<(AttemptKey Attempt, string Key)> Calls { get; } = [];

    private void Answered(BeginStep begin, AttemptMessage answer)
    {
        if (answer is StepStanding { End: null } standing && standing.BegunBy == begin.Key.Attempt && begin.Step.Key.StartsWith('k'))
            Calls.Add((begin.Key, begin.Step.Key));
    }

    private sealed record ChildSaid(TurnId Turn, string Key, StepOutcome Outcome, string Result);

    // The live state evolves by the events that were decided, the journal holds what storing made of them.
    private void Record(IEnumerable<ConversationEvent> events)
    {
        foreach (var @event in events)
        {
            Live = ConversationEvolve.Apply(Live, @event);
            _journal.Add(_store(@event));
        }
    }
}
