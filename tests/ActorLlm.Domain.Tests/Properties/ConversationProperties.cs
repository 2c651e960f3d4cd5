using ActorLlm.Domain.Conversations;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace ActorLlm.Domain.Tests.Properties;

public class ConversationProperties
{
    private const int Cases = 400;

    [Property(MaxTest = Cases)]
    public Property Replay_equals_the_live_state() =>
        Prop.ForAll(Scripts.Any(), script =>
        {
            var world = new ConversationWorld();
            foreach (var step in script) world.Do(step);
            Structure.Equal(world.Live, Some.Fold(world.Journal));
        });

    [Property(MaxTest = Cases)]
    public Property Every_promised_turn_reaches_exactly_one_outcome() =>
        Prop.ForAll(Scripts.Any(), script =>
        {
            var (world, journal) = Run(script);
            foreach (var turn in world.Promised) Assert.Single(journal, @event => @event.Turn == turn && IsTerminal(@event));
        });

    [Property(MaxTest = Cases)]
    public Property Each_turn_is_accepted_once_ends_once_and_only_an_acknowledgement_and_the_ends_of_children_follow() =>
        Prop.ForAll(Scripts.Any(), script =>
        {
            // What is done to items comes at any time, and turns that only add some have no life of their own.
            var journal = Run(script).Journal.Where(@event => @event is not (ConversationDescribed or ItemDeleted or TurnDeleted));
            foreach (var turn in journal.GroupBy(@event => @event.Turn))
            {
                var events = turn.ToArray();
                if (events[0] is ItemsAdded) events = events[1..];
                if (events is [] or [ReplyAcknowledged]) continue;
                var end = Array.FindIndex(events, IsTerminal);
                Assert.IsType<TurnAccepted>(events[0]);
                Assert.All(events[1..end], @event => Assert.True(@event is AttemptFailed or AttemptSuspended or StepBegun or StepEnded or ChildEnded));
                Assert.True(events.Count(@event => @event is ReplyAcknowledged) <= 1);
                Assert.All(events[(end + 1)..], @event => Assert.True(@event is ReplyAcknowledged or ChildEnded));
            }
        });

    [Property(MaxTest = Cases)]
    public Property Replies_are_committed_in_the_order_of_acceptance() =>
        Prop.ForAll(Scripts.Any(), script =>
        {
            var journal = Run(script).Journal;
            var committed = journal.OfType<ReplyCommitted>().Select(@event => @event.Turn).ToArray();
            var accepted = journal.OfType<TurnAccepted>().Select(@event => @event.Turn).Where(committed.Contains);
            Assert.Equal(accepted, committed);
        });

    [Property(MaxTest = Cases)]
    public Property Attempts_are_counted_from_one_without_a_hole_and_stay_within_their_limits() =>
        Prop.ForAll(Scripts.Any(), script =>
        {
            var (world, journal) = Run(script);
            foreach (var turn in journal.Where(@event => @event is AttemptFailed or AttemptSuspended).GroupBy(@event => @event.Turn))
                Assert.Equal(Enumerable.Range(1, turn.Count()), turn.Select(@event => (@event as AttemptFailed)?.Attempt ?? ((AttemptSuspended)@event).Attempt));
            foreach (var turn in journal.OfType<AttemptFailed>().GroupBy(@event => @event.Turn))
            {
                Assert.True(turn.Count(@event => @event.Kind == FailureKind.Content) < world.Policy.MaxContentFailures);
                Assert.True(turn.Count(@event => @event.Kind == FailureKind.WorkerLost) < world.Policy.MaxWorkerLosses);
                Assert.All(turn, @event => Assert.True(@event.RetryAt > @event.At));
            }
        });

    [Property(MaxTest = Cases)]
    public Property A_repeat_of_what_was_accepted_is_always_answered_and_records_nothing() =>
        Prop.ForAll(Scripts.Any(), script =>
        {
            var (world, journal) = Run(script);
            foreach (var accepted in journal.OfType<TurnAccepted>())
            {
                var repeat = new SubmitTurn(Some.Conversation, accepted.Turn, accepted.Content, OverlapPolicy.Interrupt, null, true, true);
                var decision = Decider.Decide(world.Live, repeat, world.Circumstances);
                Assert.Empty(decision.Events);
                if (world.Live.Settled[accepted.Turn].Deleted) Assert.Equal(RejectionCode.NotFound, Assert.IsType<DecisionAnswer.Rejected>(decision.Answer).Code);
                else Assert.IsType<DecisionAnswer.Standing>(decision.Answer);

                var other = repeat with { Content = Some.Content("never sent") };
                Assert.IsType<DecisionAnswer.Rejected>(Decider.Decide(world.Live, other, world.Circumstances).Answer);
            }
        });

    [Property(MaxTest = Cases)]
    public Property Nothing_is_heard_of_a_turn_after_it_was_deleted_and_the_model_never_sees_it() =>
        Prop.ForAll(Scripts.Any(), script =>
        {
            var (world, journal) = Run(script);
            foreach (var deleted in journal.OfType<TurnDeleted>())
            {
                Assert.IsType<TurnDeleted>(journal.Last(@event => @event.Turn == deleted.Turn && @event is not (ConversationDescribed or ChildEnded)));
                Assert.DoesNotContain(world.Live.History, exchange => exchange.Turn == deleted.Turn);
            }
        });

    [Property(MaxTest = Cases)]
    public Property Every_step_ends_at_most_once_and_every_child_exactly_once() =>
        Prop.ForAll(Scripts.Any(), script =>
        {
            var journal = Run(script).Journal;
            foreach (var step in journal.Select(Step).Where(step => step.Key.Length > 0).GroupBy(step => (step.Turn, step.Key)))
            {
                var ends = step.Count(row => row.Event is StepEnded or ChildEnded);
                Assert.True(step.First().Event is StepBegun && ends <= 1);
                if (step.First().Event is ChildBegun) Assert.Equal((2, 1), (step.Count(), ends));
            }

            static (TurnId Turn, string Key, ConversationEvent Event) Step(ConversationEvent @event) =>
                (@event.Turn, @event switch { StepBegun e => e.Key, StepEnded e => e.Key, ChildEnded e => e.Key, _ => "" }, @event);
        });

    // What an attempt is told twice its worker knows: it calls once.
    [Property(MaxTest = Cases)]
    public Property A_tool_is_called_once_unless_its_module_asks_again_and_never_after_its_outcome_is_known() =>
        Prop.ForAll(Scripts.Any(), script =>
        {
            var (world, journal) = Run(script);
            foreach (var call in world.Calls.Distinct())
            {
                var intents = journal.OfType<ToolBegun>().Where(e => (e.Turn, e.Key) == (call.Attempt.Turn, call.Key)).Select(e => e.Attempt).ToArray();
                Assert.Single(intents, attempt => attempt == call.Attempt.Attempt);
                Assert.Equal(intents.Order(), intents);
            }

            foreach (var end in journal.OfType<StepEnded>())
                Assert.DoesNotContain(journal.SkipWhile(e => e != end), e => e is ToolBegun begun && (begun.Turn, begun.Key) == (end.Turn, end.Key));
        });

    [Property(MaxTest = Cases)]
    public Property A_step_is_begun_by_the_attempt_that_is_wanted_and_none_is_wanted_while_its_turn_waits() =>
        Prop.ForAll(Scripts.Any(), script =>
        {
            var state = ConversationState.Empty;
            foreach (var @event in Run(script).Journal)
            {
                if (@event is StepBegun begun)
                    Assert.Equal((begun.Turn, begun.Attempt, false), (state.Head!.Id, state.Head.NextAttempt, state.Head.Waits));
                if (@event is AttemptFailed or ReplyCommitted && state.Head is { Waits: true }) Assert.IsType<ReplyCommitted>(@event);
                state = ConversationEvolve.Apply(state, @event);
            }
        });

    // A property over scripts that never get anywhere would hold for the wrong reason.
    [Fact]
    public void The_scripts_reach_every_event_failure_and_overlap()
    {
        var reached = Scripts.Any().Generator.Sample(500).SelectMany(script => Run(script).Journal).Select(Kind).Distinct().Order();

        Assert.Equal(
            [
                "ApprovalBegun",
                "AttemptFailed AnswerUnusable", "AttemptFailed Content", "AttemptFailed Interrupted", "AttemptFailed Module", "AttemptFailed Provider", "AttemptFailed WorkerLost",
                "AttemptSuspended", "ChildBegun", "ChildEnded Cancelled", "ChildEnded Done", "ChildEnded Failed", "ConversationDescribed", "ItemDeleted", "ItemsAdded",
                "ReplyAcknowledged", "ReplyCommitted", "StepEnded Done", "StepEnded Granted", "StepEnded Refused",
                "ToolBegun", "TurnAccepted", "TurnCancelled Client", "TurnCancelled LaterTurn", "TurnCancelled Parent", "TurnDeleted",
                "TurnFailed AnswerUnusable", "TurnFailed Content", "TurnFailed Deadline", "TurnFailed Module", "TurnFailed Provider", "TurnFailed WorkerLost",
            ],
            reached);

        static string Kind(ConversationEvent @event) => @event switch
        {
            AttemptFailed e => $"{nameof(AttemptFailed)} {e.Kind}",
            TurnFailed e => $"{nameof(TurnFailed)} {e.Kind}",
            TurnCancelled e => $"{nameof(TurnCancelled)} {e.By}",
            StepEnded e => $"{nameof(StepEnded)} {e.Outcome}",
            ChildEnded e => $"{nameof(ChildEnded)} {e.Outcome}",
            _ => @event.GetType().Name,
        };
    }

    private static (ConversationWorld World, IReadOnlyList<ConversationEvent> Journal) Run(Step[] script)
    {
        var world = new ConversationWorld();
        foreach (var step in script) world.Do(step);
        world.Drain();
        return (world, world.Journal);
    }

    private static bool IsTerminal(ConversationEvent @event) => @event is ReplyCommitted or TurnFailed or TurnCancelled;
}
