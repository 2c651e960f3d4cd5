using System.Collections.Immutable;
using ActorLlm.Cluster.Conversations;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace ActorLlm.Cluster.Tests.Conversations;

public class ConversationActorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const string Rejecting = """
        akka.persistence.journal.actorllm.class = "ActorLlm.Cluster.Tests.Conversations.ConversationActorTests+RejectingJournal, ActorLlm.Cluster.Tests"
        """;

    [Fact]
    public async Task A_rejected_event_stops_the_conversation_and_the_same_turn_sent_again_is_accepted()
    {
        var database = await Database.ReadyAsync(JournalProvider.Sqlite);
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
        var database = await Database.ReadyAsync(JournalProvider.Sqlite);
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
        var database = await Database.ReadyAsync(JournalProvider.Sqlite);
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
