using System.Collections.Immutable;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Domain.Tests;

/// <summary>Given the events of a journal, when something happens, then these events follow and the sender is told this.</summary>
internal sealed class Given
{
    private readonly ConversationState _state;
    private DateTimeOffset _now = Some.Start;
    private double _jitter;
    private ConversationPolicy _policy = ConversationPolicy.Default;

    private Given(ConversationState state) => _state = state;

    private Circumstances Circumstances => new(_now, _jitter, _policy);

    public static Given Events(params IEnumerable<ConversationEvent> events) => new(Some.Fold(events));

    public Given At(double seconds) => Set(() => _now = Some.Time(seconds));

    public Given Jitter(double jitter) => Set(() => _jitter = jitter);

    public Given Policy(ConversationPolicy policy) => Set(() => _policy = policy);

    public When When(ConversationCommand command)
    {
        var decision = Decider.Decide(_state, command, Circumstances);
        return new When(_state, decision.Events, decision.Answer, command.Turn);
    }

    public When WhenResult(string turn, int attempt, AttemptEnd end) =>
        new(_state, Decider.Decide(_state, Some.Attempt(turn, attempt), end, Circumstances), null, Some.Turn(turn));

    public Stepped WhenStep(BeginStep begin) => Stepped(begin.Key, begin.Step.Key, StepDecider.Begin(_state, begin, Circumstances));

    public Stepped WhenStep(EndStep end) => Stepped(end.Key, end.Step, StepDecider.End(_state, end, Circumstances));

    public When WhenChildEnds(string turn, string key, StepOutcome outcome, string result) =>
        new(_state, StepDecider.ChildEnds(_state, Some.Turn(turn), key, outcome, result, Circumstances), null, Some.Turn(turn));

    public IEnumerable<OwedChild> Children => OwedChildren.Of(_state);

    private Stepped Stepped(AttemptKey key, string step, StepDecision decision) => new(_state, key, step, decision);

    public Supervised WhenSupervised(HeadRun? run = null) => new(_state, Supervision.Outstanding(_state, run, Circumstances));

    /// <summary>A fresh incarnation of the conversation, which knows its journal and nothing else.</summary>
    public Supervised WhenRecovered() => WhenSupervised(Recovered());

    public HeadRun? Recovered() => Supervision.AfterRecovery(_state, Circumstances);

    private Given Set(Action change)
    {
        change();
        return this;
    }
}

/// <summary>What a command or a result led to.</summary>
internal sealed class When(
    ConversationState before, ImmutableArray<ConversationEvent> events, DecisionAnswer? answer, TurnId turn)
{
    public ConversationState State { get; } = events.Aggregate(before, ConversationEvolve.Apply);

    public ImmutableArray<ConversationEvent> Events => events;

    public When Then(params ConversationEvent[] expected)
    {
        Assert.Equal(expected, events);
        return this;
    }

    public When ThenNothing() => Then();

    public When ThenRefused(RejectionCode code, params string[] said)
    {
        Assert.Empty(events);
        var rejected = Assert.IsType<DecisionAnswer.Rejected>(answer);
        Assert.Equal(code, rejected.Code);
        Assert.All(said, part => Assert.Contains(part, rejected.Reason, StringComparison.Ordinal));
        return this;
    }

    public When ThenToldPending(int ahead = 0, int failedAttempts = 0) => ThenTold<TurnPending>(pending =>
    {
        Assert.Equal(ahead, pending.Ahead);
        Assert.Equal(failedAttempts, pending.FailedAttempts);
    });

    public When ThenToldSettled(Outcome outcome) => ThenTold<TurnSettled>(settled => Assert.Equal(outcome, settled.Outcome));

    public When ThenTold<TAnswer>(Action<TAnswer> check) where TAnswer : TurnAnswer
    {
        Assert.IsNotType<DecisionAnswer.Rejected>(answer);
        check(Assert.IsType<TAnswer>(Decider.Standing(Some.Conversation, State, turn)));
        return this;
    }

    /// <summary>A settled turn whose reply is no longer in memory: the journal has it, at this sequence number.</summary>
    public When ThenToldFromJournal(long sequenceNr)
    {
        Assert.IsNotType<DecisionAnswer.Rejected>(answer);
        Assert.Null(Decider.Standing(Some.Conversation, State, turn));
        Assert.Equal(sequenceNr, State.Settled[turn].SequenceNr);
        return this;
    }
}

/// <summary>What a worker's word about a step led to.</summary>
internal sealed class Stepped(ConversationState before, AttemptKey key, string step, StepDecision decision)
{
    private AttemptMessage Answer => StepDecider.Answer(decision.Events.Aggregate(before, ConversationEvolve.Apply), key, step, decision);

    public Stepped Then(params ConversationEvent[] expected)
    {
        Assert.Equal(expected, decision.Events);
        return this;
    }

    public Stepped ThenNothing() => Then();

    public Stepped ThenStands(int begunBy, StepEnd? end = null)
    {
        Assert.Equal(new StepStanding(key, step, begunBy, end), Answer);
        return this;
    }

    public Stepped ThenRefused(params string[] said) => ThenRefused(stale: false, said);

    public Stepped ThenStale() => ThenRefused(stale: true, "no longer wanted");

    private Stepped ThenRefused(bool stale, params string[] said)
    {
        Assert.Empty(decision.Events);
        var refused = Assert.IsType<StepRefused>(Answer);
        Assert.Equal((key, step, stale), (refused.Key, refused.Step, refused.Stale));
        Assert.All(said, part => Assert.Contains(part, refused.Reason, StringComparison.Ordinal));
        return this;
    }
}

/// <summary>What is owed.</summary>
internal sealed class Supervised(ConversationState state, Due due)
{
    public Due Due => due;

    public Supervised ThenPersists(params ConversationEvent[] expected)
    {
        Assert.Equal(expected, due.Events);
        Assert.Null(due.Start);
        Assert.Null(due.Stop);
        _ = due.Events.Aggregate(state, ConversationEvolve.Apply);
        return this;
    }

    public Supervised ThenStarts(string turn, int attempt)
    {
        Assert.Empty(due.Events);
        Assert.Null(due.Stop);
        Assert.Equal((Some.Turn(turn), attempt), (due.Start!.Id, due.Start.NextAttempt));
        return this;
    }

    public Supervised ThenStops(HeadRun run)
    {
        Assert.Empty(due.Events);
        Assert.Null(due.Start);
        Assert.Equal(run, due.Stop);
        return this;
    }

    public Supervised ThenWaitsUntil(double? seconds)
    {
        Assert.Empty(due.Events);
        Assert.Null(due.Start);
        Assert.Null(due.Stop);
        Assert.Equal(seconds is { } at ? Some.Time(at) : null, due.CheckAt);
        return this;
    }
}
