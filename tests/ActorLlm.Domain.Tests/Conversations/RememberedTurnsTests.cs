using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

public class RememberedTurnsTests
{
    private static readonly double Week = Limits.RememberTurnsFor.TotalSeconds;

    [Fact]
    public void A_settled_turn_is_remembered_for_seven_days_to_the_millisecond() =>
        Given.Events([.. Settled(Limits.MaxHistoryTurns + 1), Accepted("later", at: Week)])
            .At(Week)
            .When(Submit("t1"))
            .ThenNothing();

    [Fact]
    public void After_seven_days_the_oldest_turns_are_forgotten_when_the_next_one_is_accepted()
    {
        var state = Fold([.. Settled(Limits.MaxHistoryTurns + 3), Accepted("later", at: Week + 0.001)]);

        Assert.Equal(Limits.MaxHistoryTurns, state.Settled.Count);
        Assert.False(state.Settled.ContainsKey(Turn("t3")));
        Assert.True(state.Settled.ContainsKey(Turn("t4")));
        Assert.Equal(state.Settled.Keys.OrderBy(id => id.Value), state.SettledOrder.OrderBy(id => id.Value));
    }

    [Fact]
    public void The_latest_thousand_are_remembered_however_long_ago_they_were() =>
        Given.Events([.. Settled(Limits.MaxHistoryTurns), Accepted("later", at: 100 * Week)])
            .At(100 * Week)
            .When(Submit("t1"))
            .ThenNothing();

    [Fact]
    public void A_turn_that_is_old_enough_but_not_yet_forgotten_is_still_deduplicated() =>
        Given.Events(Settled(Limits.MaxHistoryTurns + 1))
            .At(2 * Week)
            .When(Submit("t1"))
            .ThenNothing();

    [Fact]
    public void A_forgotten_turn_is_unknown_and_its_id_free() =>
        Given.Events([.. Settled(Limits.MaxHistoryTurns + 1), Accepted("later", at: 2 * Week)])
            .At(2 * Week)
            .When(Submit("t1", "Something else"))
            .Then(Accepted("t1", "Something else", at: 2 * Week));

    // The history keeps replies, the memory keeps every outcome: with enough failures between, the first outlives the second.
    [Fact]
    public void A_reused_id_gets_its_own_reply_and_not_the_forgotten_one() =>
        Given.Events(
            [
                Accepted("t0", "Old question"),
                Committed("t0", text: "Old answer"),
                .. Settled(Limits.MaxHistoryTurns, n => Cancelled($"t{n}")),
                Accepted("t0", "New question", at: 2 * Week),
                Committed("t0", text: "New answer", at: 2 * Week),
            ])
            .At(2 * Week)
            .When(Submit("t0", "New question"))
            .ThenNothing()
            .ThenToldSettled(new Outcome.Committed(ReplyOf("New answer")));

    [Fact]
    public void A_replay_forgets_the_same_turns_as_the_live_state_did_whatever_the_time_of_the_replay()
    {
        var events = Settled(Limits.MaxHistoryTurns + 5, at: n => n * 60).ToList();
        var live = Fold(events);
        foreach (var n in Enumerable.Range(1, 5))
        {
            var now = Time(Week + n * 120);
            var decision = Decider.Decide(live, Submit($"later{n}"), new Circumstances(now, 0, ConversationPolicy.Default));
            events.AddRange(decision.Events);
            live = decision.Events.Aggregate(live, ConversationEvolve.Apply);
        }

        var replayed = Fold(events);
        Assert.Equal(Limits.MaxHistoryTurns, live.Settled.Count);
        Assert.Equal(live.SettledOrder, replayed.SettledOrder);
        Assert.Equal(live.Settled.OrderBy(pair => pair.Key.Value), replayed.Settled.OrderBy(pair => pair.Key.Value));
    }

    [Fact]
    public void A_conversation_that_remembers_as_much_as_it_may_refuses_new_turns_and_answers_repeats()
    {
        var policy = new ConversationPolicy { MaxRememberedTurns = 2000 };
        var full = Given.Events([.. Settled(1999), Accepted("t2000")]).Policy(policy).At(60);

        full.When(Submit("t2001")).ThenRefused(RejectionCode.ConversationFull, "2000 turns", "7 days", "another conversation");
        full.When(Submit("t2001", overlap: OverlapPolicy.Interrupt)).ThenRefused(RejectionCode.ConversationFull);
        full.When(Submit("t1")).ThenNothing();
        full.When(Submit("t2000")).ThenNothing().ThenToldPending();
    }

    [Fact]
    public void A_full_conversation_has_room_again_when_its_turns_are_old_enough() =>
        Given.Events(Settled(2000)).Policy(new ConversationPolicy { MaxRememberedTurns = 2000 })
            .At(Week + 1)
            .When(Submit("t2001"))
            .Then(Accepted("t2001", at: Week + 1));

    private static IEnumerable<ConversationEvent> Settled(int count, Func<int, double>? at = null) =>
        Settled(count, n => Committed($"t{n}", at: at?.Invoke(n) ?? 0));

    private static IEnumerable<ConversationEvent> Settled(int count, Func<int, ConversationEvent> ending) =>
        Enumerable.Range(1, count).SelectMany(n => (ConversationEvent[])[Accepted($"t{n}"), ending(n)]);
}
