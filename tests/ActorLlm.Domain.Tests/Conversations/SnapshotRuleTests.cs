using ActorLlm.Domain.Conversations;

namespace ActorLlm.Domain.Tests.Conversations;

public sealed class SnapshotRuleTests
{
    [Fact]
    public void A_short_conversation_has_no_snapshot()
    {
        Assert.Empty(SnapshotsOf(turns: 100, characters: 200));
    }

    [Fact]
    public void Large_events_bring_a_snapshot_after_a_few_turns()
    {
        Assert.InRange(SnapshotsOf(turns: 20, characters: 100_000)[0], 1, 2);
    }

    [Fact]
    public void Snapshots_weigh_no_more_than_the_events_between_them_however_long_the_conversation_grows()
    {
        var snapshots = SnapshotsOf(turns: 10_000, characters: 20);

        Assert.NotEmpty(snapshots);
        // The state keeps a little of every turn, so the distance grows with it: doubling, not one after every so many turns.
        Assert.All(snapshots.Zip(snapshots.Skip(1)), pair => Assert.True(pair.Second - pair.First >= pair.First * 0.4, $"{pair}"));
    }

    [Fact]
    public void A_recovery_reads_no_more_events_than_about_the_size_of_the_state()
    {
        var snapshots = SnapshotsOf(turns: 5_000, characters: 200);

        Assert.All(snapshots.Prepend(0).Zip(snapshots.Append(5_000)), pair => Assert.True(pair.Second - pair.First <= 2_500, $"{pair}"));
    }

    /// <summary>After which turns a snapshot is taken.</summary>
    private static List<int> SnapshotsOf(int turns, int characters)
    {
        var text = new string('x', characters);
        var (state, since, taken) = (ConversationState.Empty, 0L, new List<int>());
        for (var turn = 1; turn <= turns; turn++)
        {
            foreach (var e in new ConversationEvent[] { Some.Accepted($"{turn}", text), Some.Committed($"{turn}", text: text) })
            {
                state = ConversationEvolve.Apply(state, e);
                since += SnapshotRule.Weigh(e);
                if (!SnapshotRule.IsDue(state, since)) continue;
                since = 0;
                taken.Add(turn);
            }
        }

        return taken;
    }
}
