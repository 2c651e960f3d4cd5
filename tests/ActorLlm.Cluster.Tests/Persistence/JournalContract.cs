using System.Collections.Concurrent;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Recovery;
using Akka.Actor;
using Akka.Persistence;

namespace ActorLlm.Cluster.Tests.Persistence;

public class SqliteJournalTests() : JournalContract(JournalProvider.Sqlite);

public class PostgresJournalTests() : JournalContract(JournalProvider.PostgreSql);

/// <summary>What the promise needs of a journal, whichever database is beneath it.</summary>
public abstract class JournalContract(JournalProvider provider) : DatabaseTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const string Stock = """
        akka.persistence.journal.actorllm {
          class = "Akka.Persistence.Sql.Journal.SqlWriteJournal, Akka.Persistence.Sql"
          auto-initialize = on
          replay-filter.mode = repair-by-discard-old
          default.journal { use-writer-uuid-column = true, table-name = stock_journal }
        }
        """;

    [Fact]
    public async Task An_entity_that_moves_there_and_back_recovers_all_of_its_events()
    {
        var known = await MoveThereAndBackAsync(settings: "");

        Assert.Equal([1, 2, 3, 4, 5], known);
    }

    [Fact]
    public async Task The_librarys_defaults_would_lose_events_of_an_entity_that_moves_there_and_back()
    {
        var known = await MoveThereAndBackAsync(Stock);

        // If this ever fails, the trap is gone from the library, and with it the reason for our settings.
        Assert.NotEqual([1, 2, 3, 4, 5], known);
    }

    [Fact]
    public async Task A_conversation_that_moves_there_and_back_knows_every_turn()
    {
        var database = await ReadyAsync(provider);
        await using var a = new TestSystem(database);
        await using var b = new TestSystem(database);
        var turn = 0;
        foreach (var place in new[] { a, b, a, b, a })
        {
            var conversation = place.Start("talk");
            await TestSystem.CompleteAsync(conversation, $"{++turn}", $"question {turn}");
            await TestSystem.StopAsync(conversation);
        }

        var view = await TestSystem.ViewAsync(b.Start("talk"));

        Assert.Equal(5, view.TurnsSettled);
        Assert.Equal(Enumerable.Range(1, 5).Select(i => $"re: question {i}"), view.History.Select(exchange => exchange.Reply!.Text));
        Assert.Equal(10, await database.RunAsync("SELECT count(*) FROM actorllm_journal"));
    }

    [Fact]
    public async Task Stale_writers_fail_alone_while_those_who_share_their_writes_go_on()
    {
        const int Stale = 15;
        const int Innocent = 60;
        var database = await ReadyAsync(provider);
        await using var partitioned = new TestSystem(database);
        await using var healthy = new TestSystem(database);
        string[] names = [.. Enumerable.Range(0, Stale).Select(i => $"stale-{i}"), .. Enumerable.Range(0, Innocent).Select(i => $"innocent-{i}")];
        var conversations = names.ToDictionary(name => name, partitioned.Start);
        await Task.WhenAll(conversations.Values.Select(conversation => TestSystem.CompleteAsync(conversation, "1", "one")));
        // The same conversations run elsewhere meanwhile, as after a partition.
        await Task.WhenAll(names.Where(name => name.StartsWith("stale", StringComparison.Ordinal))
            .Select(name => TestSystem.CompleteAsync(healthy.Start(name), "2", "two, said elsewhere")));
        var stopped = new ConcurrentBag<string>();
        var ends = conversations.Select(pair => pair.Value.WatchAsync().ContinueWith(_ => stopped.Add(pair.Key), TaskScheduler.Default)).ToArray();

        var answers = names.ToDictionary(name => name, name => conversations[name].Ask<TurnAnswer>(TestSystem.Submit("3", "three"), Patience));
        await Task.WhenAll(names.Where(name => name.StartsWith("innocent", StringComparison.Ordinal)).Select(name => answers[name]));
        await Task.WhenAll(ends.Take(Stale)).WaitAsync(Patience);

        Assert.All(stopped, name => Assert.StartsWith("stale", name, StringComparison.Ordinal));
        Assert.Equal(Stale, stopped.Count);
        Assert.All(names.Take(Stale), name => Assert.False(answers[name].IsCompletedSuccessfully, $"{name} acknowledged what it could not write"));
        // An open circuit breaker would refuse these.
        await Task.WhenAll(names.Skip(Stale).Select(name => TestSystem.CompleteAsync(conversations[name], "4", "four"))).WaitAsync(Patience);
        var recovered = partitioned.Start("stale-0");
        Assert.Equal(2, (await TestSystem.ViewAsync(recovered)).TurnsSettled);
        Assert.IsType<Outcome.Committed>((await TestSystem.CompleteAsync(recovered, "3", "three")).Outcome);
    }

    [Fact]
    public async Task A_reply_that_has_left_memory_is_read_back_for_a_repeat_of_its_turn()
    {
        var database = await ReadyAsync(provider);
        var big = new string('x', 700_000);
        await using var system = new TestSystem(database, reply: prompt => prompt + big);
        var conversation = system.Start("talk");
        foreach (var turn in new[] { "1", "2", "3" }) await TestSystem.CompleteAsync(conversation, turn, turn);
        Assert.Equal(["3"], (await TestSystem.ViewAsync(conversation)).History.Select(exchange => exchange.Turn.Value));

        var again = await TestSystem.CompleteAsync(conversation, "1", "1");

        Assert.Equal("1" + big, Assert.IsType<Outcome.Committed>(again.Outcome).Reply.Text);
        Assert.Equal(3, system.Seen.OfType<RunAttempt>().Count());
    }

    [Fact]
    public async Task A_snapshot_and_the_events_after_it_give_the_same_conversation()
    {
        const int Turns = 7;
        var filler = new string('x', (int)Limits.MinBytesBetweenSnapshots / Turns);
        var database = await ReadyAsync(provider);
        await using var system = new TestSystem(database);
        var before = system.Start("talk");
        for (var i = 1; i <= Turns; i++) await TestSystem.CompleteAsync(before, $"{i}", $"question {i} {filler}");
        await UntilAsync(async () => await database.RunAsync("SELECT count(*) FROM actorllm_snapshot") == 1);
        var view = await TestSystem.ViewAsync(before);
        await TestSystem.StopAsync(before);
        // Only a recovery that starts from the snapshot can do without these.
        await database.RunAsync("DELETE FROM actorllm_journal WHERE sequence_number <= (SELECT sequence_number FROM actorllm_snapshot)");

        var after = system.Start("talk");
        var recovered = await TestSystem.ViewAsync(after);

        Assert.Equal(Turns, recovered.TurnsSettled);
        Assert.Equal(view.History.Select(exchange => (exchange.Turn, exchange.Reply)), recovered.History.Select(exchange => (exchange.Turn, exchange.Reply)));
        var repeated = await TestSystem.CompleteAsync(after, "1", $"question 1 {filler}");
        Assert.Equal($"re: question 1 {filler}", Assert.IsType<Outcome.Committed>(repeated.Outcome).Reply.Text);
        var reused = await after.Ask<TurnAnswer>(TestSystem.Submit("1", "something else"), Patience);
        Assert.Equal(RejectionCode.TurnIdReused, Assert.IsType<TurnRejected>(reused).Code);
        Assert.Equal(Turns, system.Seen.OfType<RunAttempt>().Count());
    }

    [Fact]
    public async Task The_reader_of_unfinished_conversations_sees_what_is_open_and_starts_where_the_last_one_said()
    {
        var database = await ReadyAsync(provider);
        await using var system = new TestSystem(database, reply: prompt => prompt == "hold" ? null! : "re: " + prompt);
        await TestSystem.CompleteAsync(system.Start("done"), "1", "one");
        Assert.IsType<TurnPending>(await system.Start("open").Ask<TurnAnswer>(TestSystem.Submit("1", "hold"), Patience));
        await using var reader = new UnfinishedReader(database);

        Assert.Equal(0, await reader.LoadWatermarkAsync(default));
        var marks = await reader.ReadAsync(0, [], default);
        Assert.Equal(
            [("conversation/default/done", RowEffect.Opens), ("conversation/default/done", RowEffect.Closes), ("conversation/default/open", RowEffect.Opens)],
            marks.Select(mark => (mark.Conversation, mark.Effect)));
        var rest = await reader.ReadAsync(marks[^1].Ordering, [(marks[0].Ordering, marks[0].Ordering)], default);
        Assert.Equal([marks[0]], rest);

        await reader.SaveWatermarkAsync(marks[1].Ordering, default);
        await reader.SaveWatermarkAsync(marks[1].Ordering, default);
        Assert.Equal(marks[1].Ordering, await reader.LoadWatermarkAsync(default));
        var index = new UnfinishedIndex(marks[1].Ordering);
        index.Read(await reader.ReadAsync(index.Head, [], default), DateTimeOffset.UnixEpoch);
        Assert.Equal(["conversation/default/open"], index.UnfinishedSince(DateTimeOffset.UnixEpoch));
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "The condition did not come about in time.");
            await Task.Delay(20);
        }
    }

    private async Task<int[]> MoveThereAndBackAsync(string settings)
    {
        var database = await ReadyAsync(provider);
        await using var a = new TestSystem(database, settings);
        await using var b = new TestSystem(database, settings);
        await TallyAsync(a, 1, 2);
        await TallyAsync(b, 3);
        await TallyAsync(a, 4, 5);
        return await TallyAsync(a);
    }

    /// <summary>Starts the entity in a system, adds to it, gives what it knows, and ends it.</summary>
    private static async Task<int[]> TallyAsync(TestSystem place, params int[] add)
    {
        var tally = place.System.ActorOf(Props.Create(() => new Tally()));
        foreach (var number in add) await tally.Ask<int>(number, Patience);
        var known = await tally.Ask<int[]>("all", Patience);
        Assert.True(await tally.GracefulStop(Patience));
        return known;
    }

    private sealed class Tally : UntypedPersistentActor
    {
        private readonly List<int> _known = [];

        public Tally() => JournalPluginId = ActorLlmConfig.JournalPlugin;

        public override string PersistenceId => "tally";

        protected override void OnRecover(object message)
        {
            if (message is TurnCancelled e) _known.Add(int.Parse(e.Turn.Value, System.Globalization.CultureInfo.InvariantCulture));
        }

        protected override void OnCommand(object message)
        {
            if (message is int number)
            {
                Persist(new TurnCancelled(TurnId.Parse($"{number}"), CancelledBy.Client, DateTimeOffset.UnixEpoch), e =>
                {
                    OnRecover(e);
                    Sender.Tell(number);
                });
            }
            else
            {
                Sender.Tell(_known.ToArray());
            }
        }
    }
}
