using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Tests;
using ActorLlm.Domain.Tests.Properties;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace ActorLlm.Serialization.Tests;

public class SnapshotProperties
{
    [Property(MaxTest = 200)]
    public Property A_replay_of_the_stored_bytes_equals_the_live_state() =>
        Prop.ForAll(Scripts.Any(), script =>
        {
            var world = new ConversationWorld(Wire.Through);
            foreach (var step in script) world.Do(step);
            Structure.Equal(world.Live, Some.Fold(world.Journal));
        });

    [Property(MaxTest = 200)]
    public Property A_snapshot_and_the_events_after_it_equal_a_full_replay() =>
        Prop.ForAll(Scripts.Any(), Gen.Choose(0, 1000).ToArbitrary(), (script, share) =>
        {
            var world = new ConversationWorld(Wire.Through);
            foreach (var step in script) world.Do(step);
            var at = world.Journal.Count * share / 1000;

            var snapshot = Wire.Through(Some.Fold(world.Journal.Take(at)));

            Assert.Equal(at, snapshot.Version);
            Structure.Equal(Some.Fold(world.Journal), world.Journal.Skip(at).Aggregate(snapshot, ConversationEvolve.Apply));
        });

    [Fact]
    public void A_snapshot_of_a_long_conversation_forgets_and_remembers_the_same_turns_as_a_full_replay()
    {
        var events = Enumerable.Range(1, 1500).SelectMany(n => (ConversationEvent[])
        [
            Some.Accepted($"t{n}", Some.Text(900), at: n * 600),
            n % 3 == 0 ? Some.Cancelled($"t{n}", at: n * 600 + 1) : Some.Committed($"t{n}", at: n * 600 + 1),
        ]).ToArray();
        var full = Some.Fold(events);
        Assert.InRange(full.Settled.Count, 1000, 1499);

        foreach (var at in (int[])[1, 2001, 2500, 2999])
        {
            var snapshot = Wire.Through(Some.Fold(events.Take(at)));
            Structure.Equal(full, events.Skip(at).Aggregate(snapshot, ConversationEvolve.Apply));
        }
    }
}
