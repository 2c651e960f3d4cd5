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
    public Property Each_turn_is_accepted_once_ends_once_and_only_an_acknowledgement_follows() =>
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
                Assert.All(events[1..end], @event => Assert.IsType<AttemptFailed>(@event));
                Assert.True(events.Length - end <= 2);
                Assert.All(events[(end + 1)..], @event => Assert.IsType<ReplyAcknowledged>(@event));
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
            foreach (var turn in journal.OfType<AttemptFailed>().GroupBy(@event => @event.Turn))
            {
                Assert.Equal(Enumerable.Range(1, turn.Count()), turn.Select(@event => @event.Attempt));
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
                Assert.IsType<TurnDeleted>(journal.Last(@event => @event.Turn == deleted.Turn && @event is not ConversationDescribed));
                Assert.DoesNotContain(world.Live.History, exchange => exchange.Turn == deleted.Turn);
            }
        });

    // A property over scripts that never get anywhere would hold for the wrong reason.
    [Fact]
    public void The_scripts_reach_every_event_failure_and_overlap()
    {
        var reached = Scripts.Any().Generator.Sample(500).SelectMany(script => Run(script).Journal).Select(Kind).Distinct().Order();

        Assert.Equal(
            [
                "AttemptFailed AnswerUnusable", "AttemptFailed Content", "AttemptFailed Interrupted", "AttemptFailed Module", "AttemptFailed Provider", "AttemptFailed WorkerLost",
                "ConversationDescribed", "ItemDeleted", "ItemsAdded",
                "ReplyAcknowledged", "ReplyCommitted", "TurnAccepted", "TurnCancelled Client", "TurnCancelled LaterTurn", "TurnDeleted",
                "TurnFailed AnswerUnusable", "TurnFailed Content", "TurnFailed Deadline", "TurnFailed Module", "TurnFailed Provider", "TurnFailed WorkerLost",
            ],
            reached);

        static string Kind(ConversationEvent @event) => @event switch
        {
            AttemptFailed e => $"{nameof(AttemptFailed)} {e.Kind}",
            TurnFailed e => $"{nameof(TurnFailed)} {e.Kind}",
            TurnCancelled e => $"{nameof(TurnCancelled)} {e.By}",
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
