using System.Collections.Immutable;
using ActorLlm.Cluster.Conversations;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace ActorLlm.Cluster.Tests.Conversations;

public class ConversationActorTests : DatabaseTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const string Rejecting = """
        akka.persistence.journal.actorllm.class = "ActorLlm.Cluster.Tests.Conversations.ConversationActorTests+RejectingJournal, ActorLlm.Cluster.Tests"
        """;

    [Fact]
    public async Task A_rejected_event_stops_the_conversation_and_the_same_turn_sent_again_is_accepted()
    {
        var database = await ReadyAsync(JournalProvider.Sqlite);
        await using var system = new TestSystem(database, Rejecting);
        var first = system.Start("talk");

        first.Tell(TestSystem.Submit("1", "one"));
        Assert.True(await first.WatchAsync().WaitAsync(Patience));

        Assert.Empty(system.Seen.OfType<RunAttempt>());
        var second = system.Start("talk");
        Assert.IsType<Outcome.Committed>((await TestSystem.CompleteAsync(second, "1", "one")).Outcome);
        Assert.Single(system.Seen.OfType<RunAttempt>());
    }

    [Fact]
    public async Task A_conversation_that_leaves_takes_its_attempt_off_its_nodes_dispatcher()
    {
        var database = await ReadyAsync(JournalProvider.Sqlite);
        await using var system = new TestSystem(database, reply: _ => null!);
        var conversation = system.Start("talk");
        Assert.IsType<TurnPending>(await conversation.Ask<TurnAnswer>(TestSystem.Submit("1", "one"), Patience));

        await TestSystem.StopAsync(conversation);

        // Else the dispatcher would count it for ever against the worker, or give it out although its conversation went on elsewhere.
        var started = TimeProvider.System.GetTimestamp();
        while (!system.Seen.OfType<AttemptClosed>().Any())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "The dispatcher was not told.");
            await Task.Delay(20);
        }

        // The dispatcher reads its mail in order: once it was told of the end it has seen the start, and not before.
        var run = Assert.Single(system.Seen.OfType<RunAttempt>());
        Assert.Equal(run.Key, Assert.Single(system.Seen.OfType<AttemptClosed>()).Key);
    }

    [Fact]
    public async Task Who_reads_a_turn_is_told_how_it_stands_and_not_how_it_ends()
    {
        var database = await ReadyAsync(JournalProvider.Sqlite);
        await using var system = new TestSystem(database, reply: _ => null!);
        var conversation = system.Start("talk");
        var (any, turn) = (ConversationId.Of("any"), TurnId.Parse("1"));
        await conversation.Ask<TurnAnswer>(TestSystem.Submit("1", "one"), Patience);
        using var reader = Inbox.Create(system.System);

        reader.Send(conversation, new GetTurn(any, turn));
        Assert.IsType<TurnPending>(await reader.ReceiveAsync(Patience));
        await conversation.Ask<TurnSettled>(new CancelTurn(any, turn), Patience);
        reader.Send(conversation, new GetTurn(any, turn));
        reader.Send(conversation, new GetConversation(any));

        Assert.IsType<TurnSettled>(await reader.ReceiveAsync(Patience));
        Assert.IsType<ConversationView>(await reader.ReceiveAsync(Patience));
    }

    [Fact]
    public async Task An_incarnation_that_another_one_has_overtaken_ends_when_it_is_woken_or_asked_for_a_turn_that_it_does_not_know()
    {
        var database = await ReadyAsync(JournalProvider.Sqlite);
        await using var system = new TestSystem(database);
        var woken = await system.StartInShardAsync("talk");
        var asked = await system.StartInShardAsync("talk");
        Assert.Empty((await TestSystem.ViewAsync(woken)).History);
        Assert.Empty((await TestSystem.ViewAsync(asked)).History);
        var other = system.Start("talk");
        await TestSystem.CompleteAsync(other, "1", "one");

        woken.Tell(new WakeConversation(ConversationId.Of("talk")));
        asked.Tell(new GetTurn(ConversationId.Of("talk"), TurnId.Parse("1")));

        Assert.True(await woken.WatchAsync().WaitAsync(Patience));
        Assert.True(await asked.WatchAsync().WaitAsync(Patience));
    }

    [Fact]
    public async Task An_incarnation_that_knows_all_stays_and_says_that_there_is_no_such_turn()
    {
        var database = await ReadyAsync(JournalProvider.Sqlite);
        await using var system = new TestSystem(database);
        var conversation = await system.StartInShardAsync("talk");
        await TestSystem.CompleteAsync(conversation, "1", "one");

        conversation.Tell(new WakeConversation(ConversationId.Of("talk")));
        var answer = await conversation.Ask<TurnAnswer>(new GetTurn(ConversationId.Of("talk"), TurnId.Parse("2")), Patience);

        Assert.Equal(RejectionCode.NotFound, Assert.IsType<TurnRejected>(answer).Code);
        Assert.Single((await TestSystem.ViewAsync(conversation)).History);
    }

    /// <summary>Refuses the first write.</summary>
    public sealed class RejectingJournal : MemoryJournal
    {
        private bool _refused;

        protected override Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
        {
            if (_refused) return base.WriteMessagesAsync(messages, cancellationToken);
            _refused = true;
            return Task.FromResult<IImmutableList<Exception>>([.. messages.Select(_ => new InvalidOperationException("refused"))]);
        }
    }
}
